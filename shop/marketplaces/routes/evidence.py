"""Where products stand on channels, typed by people; and exports that come again every week."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from shop.core import clock
from shop.core.errors import Invalid
from shop.marketplaces import queries, registry
from shop.marketplaces.forms import SEEN, SightingForm, WeeklyForm
from shop.marketplaces.routes.base import bp, own_producers, producer_asked, show
from shop.marketplaces.routes.desk import desk_page, listing_page, own_product
from shop.marketplaces.services.sightings import record_sighting
from shop.marketplaces.services.weekly import set_weekly
from shop.web.access import actor, role
from shop.web.errors import status_of
from shop.web.i18n import gettext as _
from shop.web.pagination import Page, page_number
from shop.web.request import read_session, write_session

PAGE_SIZE = 30


@bp.post("/ban-hang/kenh-ban/<channel>/<int:product_id>/bang-chung")
@role("producer")
def record_seen(channel: str, product_id: int) -> ResponseReturnValue:
    """Keep the address of a listing, that it was seen again, or that it is gone."""
    profile, producer, desk, found = own_product(channel, product_id)
    form = SightingForm.read()
    if not form.validate():
        return listing_page(profile, producer, found, desk, status=422, sighting=form)
    db = write_session()
    try:
        record_sighting(
            db,
            product_id=product_id,
            producer_ids=list(actor().producers),
            channel=profile.slug,
            what=form.what.data,
            address=form.address.data or "",
            on_day=form.on_day.data,
            helped_by=form.helped_by.data or "",
            actor_id=actor().id(),
            now=clock.now(),
        )
    except Invalid as error:
        db.rollback()
        form.add_error(error)
        return listing_page(profile, producer, found, desk, status=status_of(error), sighting=form)
    db.commit()
    flash(_("Đã ghi tình trạng bài đăng."), "ok")
    where = url_for(".listing", channel=profile.slug, product_id=product_id)
    return redirect(f"{where}#bang-chung", 303)


@bp.get("/ban-hang/kenh-ban/bang-chung")
@role("producer")
def links() -> ResponseReturnValue:
    """Links that somebody should open again, and every one that was recorded."""
    db, producer = read_session(), producer_asked()
    today = clock.today_vn(clock.now())
    page = Page(
        page_number(request.args.get("trang")),
        PAGE_SIZE,
        queries.count_links(db, producer.id),
        lambda number: url_for(".links", co_so=producer.slug, trang=number),
    )
    return show(
        "links.html",
        producer=producer,
        producers=own_producers(),
        due=queries.links_due(db, [producer.id], today),
        known=queries.links_of(db, producer.id, offset=page.offset, limit=PAGE_SIZE),
        page=page,
        today=today,
        seen_words=dict(SEEN),
        labels={slug: one.label for slug, one in registry.all_profiles().items()},
    )


@bp.post("/ban-hang/kenh-ban/<channel>/hang-tuan")
@role("producer")
def weekly(channel: str) -> ResponseReturnValue:
    """Export the channel every week on a day, or no longer."""
    profile, producer = registry.profile_called(channel), producer_asked()
    form = WeeklyForm.read()
    if not form.validate():
        return desk_page(profile, producer, 422, weekly=form)
    db = write_session()
    set_weekly(
        db,
        producer_id=producer.id,
        channel=profile.slug,
        weekday=int(form.weekday.data) if form.weekday.data else None,
        actor_id=actor().id(),
        now=clock.now(),
    )
    db.commit()
    flash(_("Đã lưu lịch xuất của %(channel)s.", channel=_(profile.label)), "ok")
    return redirect(url_for(".channel_desk", channel=profile.slug, co_so=producer.slug), 303)
