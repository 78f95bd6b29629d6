"""The producer's channels: what each would show, what stands in the way, and the bundles made."""

import json
import secrets
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from shop.catalogue.models import Producer
from shop.core import clock
from shop.core.db import MAX_ID
from shop.core.errors import Conflict, Invalid, NotFound
from shop.core.text import N_
from shop.marketplaces import queries, registry, services
from shop.marketplaces.forms import ChoiceForm, submit_key
from shop.marketplaces.rules.listing import text_length
from shop.marketplaces.rules.profile import CERTAINTIES, LEVELS, LIFECYCLES, Limit, Profile
from shop.marketplaces.rules.readiness import (
    NOT_CHECKED,
    Assessed,
    Desk,
    Finding,
    assess,
    channel_findings,
)
from shop.web.access import actor, role
from shop.web.errors import status_of
from shop.web.i18n import gettext as _
from shop.web.pagination import Page, page_number
from shop.web.request import house, read_session, write_session

bp = Blueprint("marketplaces", __name__)

PAGE_SIZE = 30
STATUSES = {
    "ready": N_("Sẵn sàng"),
    "blocked": N_("Bị chặn"),
    "excluded": N_("Không đưa lên kênh"),
}
RUN_STATES = {
    "queued": N_("Đang chờ"),
    "running": N_("Đang làm"),
    "done": N_("Xong"),
    "failed": N_("Không làm được"),
}


class NoProducer(NotFound):
    message = N_("Không tìm thấy cơ sở này trong tài khoản của bạn.")


class KeyNeeded(Invalid):
    message = N_("Trang này đã mở quá lâu. Vui lòng tải lại trang rồi bấm lại.")


@dataclass(frozen=True)
class Shown:
    """A finding in the reader's language."""

    code: str
    is_refusal: bool
    why: str
    fix: str
    url: str
    certainty: str
    source: str


def _shown(finding: Finding) -> Shown:
    return Shown(
        code=finding.code,
        is_refusal=finding.severity == "refuse",
        why=_(finding.why, **finding.params),
        fix=_(finding.fix, **finding.params),
        url=f"{request.script_root}{finding.path}",
        certainty=_(CERTAINTIES[finding.certainty]),
        source=_(finding.source) if finding.source else "",
    )


def _own_producers() -> list[Producer]:
    return queries.producers_of(read_session(), list(actor().producers))


def _producer() -> Producer:
    """The producer that ``co_so`` names, or the first. Raises NoProducer for other people's."""
    wanted = request.values.get("co_so", "")
    for producer in _own_producers():
        if wanted in {"", producer.slug}:
            return producer
    raise NoProducer


def _desks(producer: Producer, channels: list[str]) -> dict[str, Desk]:
    return services.load_desks(
        read_session(),
        house().storage,
        producer=producer,
        channels=channels,
        day=clock.today_vn(clock.now()),
        public_url=house().public_url,
    )


def _assess(profile: Profile, desk: Desk) -> list[Assessed]:
    return assess(profile, desk, registry.market_words())


def _show(template: str, status: int = 200, **context: Any) -> ResponseReturnValue:
    return (
        render_template(
            f"marketplaces/{template}",
            shown=_shown,
            statuses=STATUSES,
            run_states=RUN_STATES,
            levels=LEVELS,
            lifecycles=LIFECYCLES,
            **context,
        ),
        status,
    )


@bp.get("/ban-hang/kenh-ban")
@role("producer")
def channels() -> ResponseReturnValue:
    """Every channel with its state, and how many products could go there today."""
    producer, profiles = _producer(), registry.all_profiles()
    desks = _desks(producer, list(profiles))
    counts = {slug: _count(_assess(profile, desks[slug])) for slug, profile in profiles.items()}
    return _show(
        "channels.html",
        producer=producer,
        producers=_own_producers(),
        profiles=list(profiles.values()),
        counts=counts,
        labels={profile.slug: profile.label for profile in profiles.values()},
        last=queries.last_done(read_session(), producer.id),
        runs=queries.runs_of(read_session(), producer.id),
    )


def _count(assessed: list[Assessed]) -> dict[str, int]:
    found: list[str] = [item.status for item in assessed]
    return {status: found.count(status) for status in STATUSES}


@bp.get("/ban-hang/kenh-ban/<channel>")
@role("producer")
def channel_desk(channel: str) -> ResponseReturnValue:
    """The producer's products on a channel, each with what stands in its way."""
    profile, producer = registry.profile_called(channel), _producer()
    return _desk_page(profile, producer)


def _desk_page(profile: Profile, producer: Producer, status: int = 200) -> ResponseReturnValue:
    desk = _desks(producer, [profile.slug])[profile.slug]
    assessed = _assess(profile, desk)
    asked = request.args.get("trang_thai", "")
    wanted = asked if asked in STATUSES else None
    rows = [item for item in assessed if wanted in {None, item.status}]
    page = Page(page_number(request.args.get("trang")), PAGE_SIZE, len(rows), _page_url)
    return _show(
        "channel.html",
        status,
        profile=profile,
        producer=producer,
        producers=_own_producers(),
        rows=rows[page.offset : page.offset + PAGE_SIZE],
        page=page,
        wanted=wanted,
        counts=_count(assessed),
        about=[_shown(item) for item in channel_findings(profile, desk.public_url)],
        not_checked=NOT_CHECKED,
        runs=queries.runs_of(read_session(), producer.id, profile.slug),
        key=secrets.token_urlsafe(16),
    )


def _page_url(number: int) -> str:
    kept = {name: value for name, value in request.args.items() if name != "trang"}
    return f"{request.script_root}{request.path}?{urlencode(kept | {'trang': number})}"


def _own_product(channel: str, product_id: int) -> tuple[Profile, Producer, Desk, Assessed]:
    """A product of one of the actor's producers on a channel. Raises UnknownProduct."""
    profile = registry.profile_called(channel)
    owner = queries.owner_of(read_session(), product_id) if product_id <= MAX_ID else None
    if owner is None or owner not in actor().producers:
        raise queries.UnknownProduct
    producer = queries.producers_of(read_session(), [owner])[0]
    desk = _desks(producer, [profile.slug])[profile.slug]
    found = next(item for item in _assess(profile, desk) if item.product.id == product_id)
    return profile, producer, desk, found


@bp.get("/ban-hang/kenh-ban/<channel>/<int:product_id>")
@role("producer")
def listing(channel: str, product_id: int) -> ResponseReturnValue:
    """One product on one channel: its text, price and everything found."""
    profile, producer, _desk, found = _own_product(channel, product_id)
    form = ChoiceForm(data=dict(vars(found.choice)))
    return _listing_page(profile, producer, found, form)


def _listing_page(
    profile: Profile, producer: Producer, found: Assessed, form: ChoiceForm, status: int = 200
) -> ResponseReturnValue:
    longest = profile.limits.title_max or profile.limits.title_advised
    return _show(
        "listing.html",
        status,
        profile=profile,
        producer=producer,
        item=found,
        form=form,
        counter=_counter(form.title.data or _title_of(found), longest),
        longest=longest.value if longest else 0,
    )


def _title_of(found: Assessed) -> str:
    return found.listing.built_title if found.listing else found.product.name


def _counter(title: str, longest: Limit | None) -> str:
    count = text_length(title)
    return f"{count}/{longest.value}" if longest else str(count)


@bp.post("/ban-hang/kenh-ban/<channel>/<int:product_id>")
@role("producer")
def save_listing(channel: str, product_id: int) -> ResponseReturnValue:
    """Save what differs from the catalogue on this channel."""
    profile, producer, _desk, found = _own_product(channel, product_id)
    form = ChoiceForm.read()
    if not form.validate():
        return _listing_page(profile, producer, found, form, 422)
    db = write_session()
    try:
        services.save_choice(
            db,
            product_id=product_id,
            producer_ids=list(actor().producers),
            channel=profile.slug,
            choice=form.choice(),
            now=clock.now(),
        )
    except (Invalid, Conflict) as error:
        form.add_error(error)
        return _listing_page(profile, producer, found, form, status_of(error))
    db.commit()
    flash(_("Đã lưu cho %(channel)s.", channel=profile.label), "ok")
    return redirect(url_for(".listing", channel=profile.slug, product_id=product_id), 303)


@bp.post("/ban-hang/kenh-ban/<channel>/<int:product_id>/dua-len")
@role("producer")
def include_product(channel: str, product_id: int) -> ResponseReturnValue:
    """Take a product onto a channel (``is_included=1``) or off it."""
    profile, producer, _desk, found = _own_product(channel, product_id)
    db = write_session()
    services.save_choice(
        db,
        product_id=product_id,
        producer_ids=list(actor().producers),
        channel=profile.slug,
        choice=replace(found.choice, is_included=request.form.get("is_included") == "1"),
        now=clock.now(),
    )
    db.commit()
    return redirect(url_for(".channel_desk", channel=profile.slug, co_so=producer.slug), 303)


@bp.post("/ban-hang/kenh-ban/<channel>/xuat")
@role("producer")
def export(channel: str) -> ResponseReturnValue:
    """Ask for a bundle; a second click, or one while another waits, leads to the same export."""
    profile, producer, key = registry.profile_called(channel), _producer(), submit_key()
    if not key:
        flash(_(KeyNeeded.message), "bad")
        return _desk_page(profile, producer, 422)
    db = write_session()
    run = services.request_export(
        db,
        producer_id=producer.id,
        channel=profile.slug,
        submit_key=key,
        actor_id=actor().id(),
        now=clock.now(),
    )
    db.commit()
    return redirect(url_for(".run_page", public_id=run.public_id), 303)


@bp.get("/ban-hang/kenh-ban/xuat/<public_id>")
@role("producer")
def run_page(public_id: str) -> ResponseReturnValue:
    """How far an export is; then its report and the bundle."""
    view = queries.run_of(read_session(), public_id, list(actor().producers))
    return _show(
        "run.html",
        view=view,
        profile=registry.all_profiles().get(view.run.channel),
        report=view.run.report,
    )


@bp.get("/ban-hang/kenh-ban/xuat/<public_id>/tai-ve")
@role("producer")
def download(public_id: str) -> ResponseReturnValue:
    """The bundle, for members of its producer only."""
    view = queries.run_of(read_session(), public_id, list(actor().producers))
    name = view.run.bundle_name
    if name is None or not house().storage.has(name):
        raise queries.UnknownRun
    return send_file(
        house().storage.path(name),
        mimetype="application/zip",
        as_attachment=True,
        download_name=view.file_name,
        etag=False,
    )


@bp.get("/ban-hang/kenh-ban/xuat/<public_id>/bao-cao.json")
@role("producer")
def report_data(public_id: str) -> ResponseReturnValue:
    """The frozen readiness report, for programs."""
    view = queries.run_of(read_session(), public_id, list(actor().producers))
    if view.run.report is None:
        raise queries.UnknownRun
    body = json.dumps(view.run.report, ensure_ascii=False, indent=2)
    return Response(body, mimetype="application/json")
