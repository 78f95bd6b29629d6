"""What anybody sees behind a code: verdict and journey, the journal, its check, daily roots."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from markupsafe import Markup, escape
from sqlalchemy.exc import OperationalError
from werkzeug.wrappers import Response as BaseResponse

from shop.catalogue.queries import valid_certificates
from shop.core import clock
from shop.core.errors import Conflict, Invalid, NotFound, Unavailable
from shop.traceability import labels, queries, services
from shop.traceability.forms import SuspicionForm
from shop.traceability.models import Lot
from shop.traceability.queries import batches
from shop.traceability.routes.kept import LOOKED, kept_page
from shop.traceability.routes.show import shown_events
from shop.traceability.rules import codes, journal
from shop.traceability.rules.lots import Judged, UnknownLot, is_sellable, judge
from shop.traceability.services import clones
from shop.traceability.sharing import trace_card
from shop.traceability.slots import RECALLED_PANELS
from shop.web.access import public
from shop.web.assets import localized_path
from shop.web.i18n import gettext, show_datetime
from shop.web.limits import limiter
from shop.web.request import database, house, read_session, write_session
from shop.web.share_pictures import share_answer, share_url
from shop.web.slots import Panel

bp = Blueprint("trace", __name__)

Page = str | tuple[str, int] | BaseResponse


@bp.get("/t")
@public
def find() -> Page:
    """Where people type a code; with ``?ma=`` on to its page."""
    typed = request.args.get("ma", "")[:60].strip()
    if not typed:
        return render_template("traceability/wrong.html", reason="", typed="", near=None)
    code = codes.normalise(typed)
    if code is None:
        return _wrong("shape", typed), 404
    return redirect(url_for(".show", code=code), 303)


@bp.get("/t/<code>", strict_slashes=False)
@public
def show(code: str) -> Page:
    """The page a QR leads to: verdict first, then the journey, the papers and where to buy."""
    return code_page(code)


def code_page(code: str) -> Page:
    """The page of a code as typed or scanned; a look is counted."""
    read = codes.normalise(code)
    if read is None:
        return _wrong("shape", code), 404
    if not codes.is_right(read):
        return _wrong("mistyped", code, near=_only_near(read)), 404
    now = clock.now()
    glance = _look(read, now)
    if glance is None:
        return _wrong("unknown", code), 404

    def draw() -> str:
        target = queries.target_of(read_session(), read)
        if target is None:
            raise UnknownLot
        return _trace_page(target, now)

    page = kept_page(read, glance, now, draw)
    return _no_store(page.replace(LOOKED, _looked(glance.scans, glance.first_scan_at or now)))


def _looked(scans: int, first_scan_at: datetime) -> str:
    """How often a code was looked at, as markup: the one sentence that differs at every look."""
    words = gettext("Đây là lần quét thứ %(n)s của mã này, lần đầu %(first)s.")
    return str(escape(words % {"n": scans, "first": show_datetime(first_scan_at)}))


def _trace_page(target: queries.Target, now: datetime, *, form: SuspicionForm | None = None) -> str:
    """The page with ``LOOKED`` where that sentence belongs."""
    db, today, lot = read_session(), clock.today_vn(now), target.lot
    papers = valid_certificates(db, target.product.id, today)
    inside = _inside(target)
    judged = _judged(target, today, inside)
    best = queries.best_stars(papers, target.product.id)
    card = trace_card(target, judged, stars=best.stars if best else None)
    is_on_sale = target.product.state == "published" and target.producer.state == "verified"
    return render_template(
        "traceability/trace.html",
        target=target,
        lot=lot,
        product=target.product,
        producer=target.producer,
        judged=judged,
        entries=shown_events(queries.events_of(db, lot.id)) if lot else [],
        lots_on_sale=[]
        if lot or not target.product.is_lot_tracked
        else queries.lots_on_sale(db, target.product.id, today=today),
        inside=inside,
        is_opened=request.args.get("da_mo") == "1",
        papers=papers,
        best=best,
        share_image=house().public_url
        + share_url(localized_path(f"/t/{target.code.code}/anh-chia-se.jpg"), card),
        looked=LOOKED,
        form=form or SuspicionForm(),
        is_reported=request.args.get("da_gui") == "1",
        can_buy=is_on_sale
        and (lot is None or is_sellable(lot.state, lot.best_before, today))
        and not judged.is_bad,
        grouped=codes.grouped(target.code.code),
        recalled=_drawn(RECALLED_PANELS.collect(db, lot.id, now))
        if lot and lot.state == "recalled"
        else [],
        recall_code=None if lot else queries.open_recall_code(db, target.product.id),
    )


def _drawn(panels: Sequence[Panel]) -> list[Markup]:
    return [Markup(render_template(panel.template, **panel.context)) for panel in panels]  # noqa: S704


def _inside(target: queries.Target) -> list[batches.InBox]:
    """What lies in the box of this code; nothing for other codes."""
    return batches.in_box(read_session(), target.code.code) if target.code.level == "box" else []


def _judged(target: queries.Target, today: date, inside: Sequence[batches.InBox]) -> Judged:
    lots = [one.lot for one in inside] or ([target.lot] if target.lot else [])
    return judge(
        code_state=target.code.state,
        code_level=target.code.level,
        lot_state=min((lot.state for lot in lots), key=_BADNESS.index) if lots else None,
        lot_kind=lots[0].kind if lots else "finished",
        best_before=min((lot.best_before for lot in lots if lot.best_before), default=None),
        today=today,
    )


_BADNESS = ("recalled", "on_hold", "open", "closed", "released")
"""States of lots; the one that says most against what lies in a box comes first."""


@bp.get("/t/<code>/anh-chia-se.jpg")
@public
def share_picture(code: str) -> Response:
    """The picture that a passed-on link of a code shows; looking at it counts as no scan."""
    read = codes.normalise(code)
    target = queries.target_of(read_session(), read) if read else None
    if target is None:
        raise UnknownLot
    today = clock.today_vn(clock.now())
    papers = valid_certificates(read_session(), target.product.id, today)
    best = queries.best_stars(papers, target.product.id)
    return share_answer(
        trace_card(
            target, _judged(target, today, _inside(target)), stars=best.stars if best else None
        )
    )


def _look(code: str, now: datetime) -> queries.Glance | None:
    """How a code stands. A GET is counted in the same short write; a database that stays busy skips
    the count and shows the page. No visitor data is kept."""
    if request.method == "GET":
        try:
            with database().write(patience=services.LOOK_SECONDS) as db:
                glance = queries.glance_of(db, code)
                if glance is None:
                    return None
                services.count_scan(db, code=code, now=now)
                db.commit()
                return glance._replace(scans=glance.scans + 1)
        except (Unavailable, OperationalError):
            pass  # another holds the write: this look goes uncounted
    return queries.glance_of(read_session(), code)


def _wrong(reason: str, typed: str, near: str | None = None) -> str:
    return render_template("traceability/wrong.html", reason=reason, typed=typed[:40], near=near)


def _only_near(code: str) -> str | None:
    """The one code that exists within one mistake of what was typed, if it is only one."""
    found = queries.existing(read_session(), codes.near(code))
    return found[0] if len(found) == 1 else None


def _no_store(body: str, status: int = 200) -> Response:
    """A page that changes with each look must not be kept by anyone."""
    response = Response(body, status, mimetype="text/html")
    response.headers["Cache-Control"] = "private, no-store"
    return response


@bp.post("/t/<code>/nghi-van")
@public
@limiter.limit("20 per hour")
def report(code: str) -> Page:
    """Keep a buyer's word that something about the code looks wrong."""
    read = codes.normalise(code)
    target = queries.target_of(read_session(), read) if read else None
    if read is None or target is None:
        raise UnknownLot
    form, now = SuspicionForm.read(), clock.now()
    if not form.validate():
        return _with_form(target, now, form, 422)
    db = write_session()
    try:
        services.report_code(db, code=read, words=form.words.data, now=now)
    except (Invalid, Conflict) as refusal:
        form.add_error(refusal)
        status = 409 if isinstance(refusal, Conflict) else 422
        return _with_form(target, now, form, status)
    db.commit()
    return redirect(url_for(".show", code=read, da_gui=1) + "#nghi-van", 303)


def _with_form(target: queries.Target, now: datetime, form: SuspicionForm, status: int) -> Response:
    page = _trace_page(target, now, form=form)
    looked = _looked(target.scans, target.first_scan_at or now)
    return _no_store(page.replace(LOOKED, looked), status)


@bp.post("/t/<code>/da-mo")
@public
@limiter.limit("20 per hour")
def opened(code: str) -> BaseResponse:
    """A buyer says that they opened the jar with this code; only that is kept."""
    read = codes.normalise(code)
    if read is None:
        raise UnknownLot
    db = write_session()
    clones.confirm_opened(db, code=read, now=clock.now())
    db.commit()
    return redirect(url_for(".show", code=read, da_mo=1) + "#nghi-van", 303)


# The journal


def _lot(code: str) -> Lot:
    read = codes.normalise(code)
    if read is None:
        raise UnknownLot
    return queries.get_lot(read_session(), read)


@bp.get("/lo/<code>")
@public
def lot(code: str) -> str:
    """A lot's whole journal with its hashes."""
    db = read_session()
    found = _lot(code)
    return render_template(
        "traceability/journal.html",
        lot=found,
        target=queries.target_of(db, found.code),
        entries=shown_events(queries.events_of(db, found.id), with_sealed=True),
        genesis=journal.genesis(found.code),
        grouped=codes.grouped(found.code),
    )


@bp.get("/lo/<code>/nhat-ky.json")
@public
def journal_json(code: str) -> Response:
    """The public part of a journal with its hashes: all that the stand-alone verifier needs."""
    db = read_session()
    found = _lot(code)
    target = queries.target_of(db, found.code)
    entries = [queries.entry_of(event, found.code) for event in queries.events_of(db, found.id)]
    return _open_json(
        {
            "format": "cho-phien-journal-1",
            "lot": found.code,
            "lot_no": found.lot_no,
            "product": target.product.name if target else "",
            "producer": target.producer.name if target else "",
            "state": found.state,
            "genesis": journal.genesis(found.code),
            "head": {"seq": found.head_seq, "hash": found.head_hash},
            "entries": [
                {"body": entry.body, "previous": entry.previous, "hash": entry.hash}
                for entry in entries
            ],
        }
    )


@bp.get("/lo/<code>/kiem-tra")
@public
def check(code: str) -> Response:
    """Check the chain now, from its first hash to its head and against the published roots."""
    found = _lot(code)
    checked = queries.check_lot(read_session(), found)
    return _no_store(
        render_template(
            "traceability/check.html",
            lot=found,
            checked=checked,
            at=clock.now(),
            grouped=codes.grouped(found.code),
        )
    )


@bp.get("/lo/<code>/qr.svg")
@public
def qr(code: str) -> Response:
    """The code's QR as a picture, for posters and packaging designers."""
    path, side = labels.qr_path(
        (house().public_url + queries.printed_path(read_session(), _lot(code).code)).upper()
    )
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" '
        f'shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{side}v{side}H0z"/>'
        f'<path d="{path}"/></svg>'
    )
    return Response(svg, mimetype="image/svg+xml")


@bp.get("/moc/<day>.json")
@public
def anchor(day: str) -> Response:
    """The root over all journals of a day; keep a copy, and no journal can be rewritten unseen."""
    try:
        wanted = date.fromisoformat(day)
    except ValueError:
        raise NotFound from None
    found = queries.anchors_on(read_session(), {wanted})
    if not found:
        raise NotFound
    return _open_json(
        {
            "format": "cho-phien-anchor-1",
            "day": found[0].day.isoformat(),
            "merkle_root": found[0].merkle_root,
            "count": found[0].count,
            "leaves": found[0].leaves,
            "published_at": journal.stamp(found[0].published_at),
        }
    )


def _open_json(content: dict[str, Any]) -> Response:
    """JSON that pages and programs anywhere may read."""
    body = json.dumps(content, ensure_ascii=False, indent=1)
    response = Response(body, mimetype="application/json")
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
