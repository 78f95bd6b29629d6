"""The producer's channels: what each would show, and what stands in the way."""

import secrets
from collections import Counter
from dataclasses import replace
from urllib.parse import urlencode

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from shop.catalogue.models import Producer
from shop.core import clock
from shop.core.db import MAX_ID
from shop.core.errors import Conflict, Invalid
from shop.marketplaces import queries, registry, services
from shop.marketplaces.forms import (
    SEEN,
    BulkForm,
    ChoiceForm,
    SightingForm,
    WeeklyForm,
    photos_asked,
    products_asked,
)
from shop.marketplaces.routes.base import (
    STATUSES,
    assess_desk,
    bp,
    desks_of,
    own_producers,
    producer_asked,
    show,
    shown,
)
from shop.marketplaces.rules.facts import AttributeFacts, PhotoFacts
from shop.marketplaces.rules.listing import (
    chosen_photos,
    group_label,
    text_length,
    usable_photos,
)
from shop.marketplaces.rules.picking import CATEGORY_FIELD, Picks, answered, picked, picks_for
from shop.marketplaces.rules.profile import Limit, Profile
from shop.marketplaces.rules.readiness import NOT_CHECKED, Assessed, Desk, channel_findings
from shop.marketplaces.services.feeds import FEEDS
from shop.marketplaces.slots import LISTING_PANELS
from shop.web.access import actor, role
from shop.web.errors import status_of
from shop.web.i18n import gettext as _
from shop.web.pagination import Page, page_number
from shop.web.request import read_session, write_session

PAGE_SIZE = 30


@bp.get("/ban-hang/kenh-ban")
@role("producer")
def channels() -> ResponseReturnValue:
    """Every channel with its state, and how many products could go there today."""
    producer, profiles = producer_asked(), registry.all_profiles()
    desks = desks_of(producer, list(profiles))
    counts = {slug: _count(assess_desk(profile, desks[slug])) for slug, profile in profiles.items()}
    return show(
        "channels.html",
        producer=producer,
        producers=own_producers(),
        profiles=list(profiles.values()),
        counts=counts,
        labels={profile.slug: _(profile.label) for profile in profiles.values()},
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
    profile, producer = registry.profile_called(channel), producer_asked()
    return desk_page(profile, producer)


def desk_page(
    profile: Profile,
    producer: Producer,
    status: int = 200,
    bulk: BulkForm | None = None,
    *,
    weekly: WeeklyForm | None = None,
) -> ResponseReturnValue:
    """The products of a channel with the form that changes many of them."""
    desk = desks_of(producer, [profile.slug])[profile.slug]
    assessed = assess_desk(profile, desk)
    asked = request.args.get("trang_thai", "")
    wanted = asked if asked in STATUSES else None
    rows = [item for item in assessed if wanted in {None, item.status}]
    page = Page(page_number(request.args.get("trang")), PAGE_SIZE, len(rows), _page_url)
    return show(
        "channel.html",
        status,
        profile=profile,
        producer=producer,
        producers=own_producers(),
        rows=rows[page.offset : page.offset + PAGE_SIZE],
        page=page,
        wanted=wanted,
        counts=_count(assessed),
        about=[
            shown(item)
            for item in channel_findings(profile, desk.public_url, desk.template, desk.day)
        ],
        not_checked=NOT_CHECKED,
        own=desk.template,
        feed=next((name for name, one in FEEDS.items() if one[0] == profile.slug), ""),
        public_url=desk.public_url,
        runs=queries.runs_of(read_session(), producer.id, profile.slug),
        key=secrets.token_urlsafe(16),
        bulk=bulk or BulkForm(),
        weekly=weekly or _weekly_form(producer, profile),
        ticked=set(products_asked()),
    )


def _weekly_form(producer: Producer, profile: Profile) -> WeeklyForm:
    weekday = queries.weekday_of(read_session(), producer.id, profile.slug)
    return WeeklyForm(data={"weekday": "" if weekday is None else str(weekday)})


def _page_url(number: int) -> str:
    kept = {name: value for name, value in request.args.items() if name != "trang"}
    return f"{request.script_root}{request.path}?{urlencode(kept | {'trang': number})}"


def own_product(channel: str, product_id: int) -> tuple[Profile, Producer, Desk, Assessed]:
    """A product of one of the actor's producers on a channel. Raises UnknownProduct."""
    profile = registry.profile_called(channel)
    owner = queries.owner_of(read_session(), product_id) if product_id <= MAX_ID else None
    if owner is None or owner not in actor().producers:
        raise queries.UnknownProduct
    producer = queries.producers_of(read_session(), [owner])[0]
    desk = desks_of(producer, [profile.slug])[profile.slug]
    found = next(item for item in assess_desk(profile, desk) if item.product.id == product_id)
    return profile, producer, desk, found


@bp.get("/ban-hang/kenh-ban/<channel>/<int:product_id>")
@role("producer")
def listing(channel: str, product_id: int) -> ResponseReturnValue:
    """One product on one channel: its text, price and everything found."""
    profile, producer, desk, found = own_product(channel, product_id)
    return listing_page(profile, producer, found, desk)


def listing_page(
    profile: Profile,
    producer: Producer,
    found: Assessed,
    desk: Desk,
    choice: ChoiceForm | None = None,
    *,
    status: int = 200,
    sighting: SightingForm | None = None,
) -> ResponseReturnValue:
    """The product on the channel, with what was typed into either form."""
    form = choice or ChoiceForm.showing(found.choice, _asked(profile, desk))
    today = clock.today_vn(clock.now())
    seen = queries.sightings_of(read_session(), found.product.id, profile.slug)
    limits = profile.limits
    longest = limits.title_max or limits.title_advised
    listing = found.listing
    return show(
        "listing.html",
        status,
        profile=profile,
        producer=producer,
        item=found,
        form=form,
        counter=_counter(form.title.data or _title_of(found), longest),
        longest=longest.value if longest else 0,
        description_counter=_counter(
            form.description.data or (listing.built_description if listing else ""),
            limits.description_max,
        ),
        description_longest=limits.description_max.value if limits.description_max else 0,
        places=_places(found),
        picks=_picks(found, desk),
        asks=_asks(profile, found),
        sighting=sighting or SightingForm(data={"on_day": today}),
        seen=seen,
        is_link_due=bool(seen) and queries.is_due(seen[0], today),
        seen_words=dict(SEEN),
        panels=LISTING_PANELS.collect(read_session(), found.product.id, profile.slug),
    )


def _places(found: Assessed) -> list[tuple[PhotoFacts, int | None]]:
    """Usable photos with the place of each: those that go out first, then the others."""
    chosen = list(chosen_photos(found.product, found.choice.photos))
    rest = [photo for photo in usable_photos(found.product) if photo not in chosen]
    return [(photo, n) for n, photo in enumerate(chosen, start=1)] + [(p, None) for p in rest]


def _picks(found: Assessed, desk: Desk) -> Picks | None:
    """The pick-lists of the seller's own template, with what was just posted."""
    template = desk.template
    if template is None:
        return None
    choice = found.choice
    if CATEGORY_FIELD in request.form:
        choice = picked(choice, template, request.form.to_dict(flat=False))
    alike = (
        desk.choice(product.id).category_id
        for product in desk.products
        if product.subgroup == found.product.subgroup and product.id != found.product.id
    )
    return picks_for(
        template,
        choice,
        name=found.product.name,
        group=group_label(found.product.subgroup),
        before=Counter(filter(None, alike)),
    )


def _asked(profile: Profile, desk: Desk) -> list[AttributeFacts]:
    """Attributes that have a field of their own on the page."""
    return [*profile.asks, *(desk.template.attributes if desk.template else ())]


def _asks(profile: Profile, found: Assessed) -> list[tuple[AttributeFacts, str]]:
    """What the channel's sheet asks for, with what was answered or just posted."""
    answers = answered(found.choice, profile.asks, request.form.to_dict(flat=False)).attributes
    return [(one, answers.get(one.key, "")) for one in profile.asks]


def _title_of(found: Assessed) -> str:
    return found.listing.built_title if found.listing else found.product.name


def _counter(title: str, longest: Limit | None) -> str:
    count = text_length(title)
    return f"{count}/{longest.value}" if longest else str(count)


@bp.post("/ban-hang/kenh-ban/<channel>/<int:product_id>")
@role("producer")
def save_listing(channel: str, product_id: int) -> ResponseReturnValue:
    """Save what differs from the catalogue on this channel."""
    profile, producer, desk, found = own_product(channel, product_id)
    form = ChoiceForm.read()
    if not form.validate():
        return listing_page(profile, producer, found, desk, form, status=422)
    choice = form.choice(photos_asked(tuple(one.sha for one in found.product.photos)))
    posted = request.form.to_dict(flat=False)
    choice = answered(choice, profile.asks, posted)
    if desk.template is not None:
        choice = picked(choice, desk.template, posted)
    db = write_session()
    try:
        services.save_choice(
            db,
            product_id=product_id,
            producer_ids=list(actor().producers),
            channel=profile.slug,
            choice=choice,
            now=clock.now(),
        )
    except (Invalid, Conflict) as error:
        db.rollback()
        form.add_error(error)
        return listing_page(profile, producer, found, desk, form, status=status_of(error))
    db.commit()
    flash(_("Đã lưu cho %(channel)s.", channel=_(profile.label)), "ok")
    return redirect(url_for(".listing", channel=profile.slug, product_id=product_id), 303)


@bp.post("/ban-hang/kenh-ban/<channel>/<int:product_id>/dua-len")
@role("producer")
def include_product(channel: str, product_id: int) -> ResponseReturnValue:
    """Take a product onto a channel (``is_included=1``) or off it."""
    profile, producer, _desk, found = own_product(channel, product_id)
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


@bp.post("/ban-hang/kenh-ban/<channel>/sua-nhieu")
@role("producer")
def change_many(channel: str) -> ResponseReturnValue:
    """Change the same things for all ticked products of one producer."""
    profile, producer = registry.profile_called(channel), producer_asked()
    form = BulkForm.read()
    if not form.validate():
        return desk_page(profile, producer, 422, form)
    db = write_session()
    try:
        count = services.change_choices(
            db,
            producer_id=producer.id,
            product_ids=products_asked(),
            channel=profile.slug,
            changes=form.changes(),
            now=clock.now(),
        )
    except Invalid as error:
        db.rollback()
        form.add_error(error)
        return desk_page(profile, producer, status_of(error), form)
    db.commit()
    done = _("Đã đổi %(count)s sản phẩm trên %(channel)s.", count=count, channel=_(profile.label))
    flash(done, "ok")
    return redirect(url_for(".channel_desk", channel=profile.slug, co_so=producer.slug), 303)


@bp.get("/ban-hang/kenh-ban/bang")
@role("producer")
def grid() -> ResponseReturnValue:
    """Every product on every channel: what is ready, blocked, left out, and what nobody chose."""
    producer, profiles = producer_asked(), list(registry.all_profiles().values())
    desks = desks_of(producer, [profile.slug for profile in profiles])
    verdicts = {
        profile.slug: {item.product.id: item for item in assess_desk(profile, desks[profile.slug])}
        for profile in profiles
    }
    products = next(iter(desks.values())).products
    page = Page(page_number(request.args.get("trang")), PAGE_SIZE, len(products), _page_url)
    return show(
        "grid.html",
        producer=producer,
        producers=own_producers(),
        profiles=profiles,
        products=products[page.offset : page.offset + PAGE_SIZE],
        verdicts=verdicts,
        page=page,
    )
