"""Everyone's schedule, and one session's page."""

from datetime import date, datetime
from typing import Any, Final
from urllib.parse import urlencode

from flask import render_template, request, url_for
from markupsafe import Markup

from livestream.clubs.queries import get_club
from livestream.clubs.rules import PLATFORM_NAMES, is_address
from livestream.sessions import queries
from livestream.sessions.cards import cards, keep_until, platform_names
from livestream.sessions.models import LiveSession
from livestream.sessions.queries import ItemRow
from livestream.sessions.routes.frame import Page, bp
from livestream.sessions.slots import SESSION_PANELS
from livestream.sessions.timing import VN
from shop.core import clock
from shop.core.text import N_
from shop.places.queries import get_province, list_provinces
from shop.web.access import public
from shop.web.assets import localized_path, media_url, public_url
from shop.web.i18n import gettext, pick, show_date, show_time
from shop.web.page_cache import page_ends_at
from shop.web.pagination import Page as ListPage
from shop.web.pagination import page_number
from shop.web.request import house, read_session
from shop.web.share_pictures import ShareCard, share_answer, share_url

PAGE_SIZE = 24


def _day(raw: str) -> date | None:
    try:
        day = date.fromisoformat(raw)
    except ValueError:
        return None
    return day if 2020 <= day.year <= 2100 else None


def _slug(raw: str) -> str:
    """``raw`` if it could name something; else what nothing is named."""
    return raw if not raw or is_address(raw) else "-"


@bp.get("/phien-live")
@public
def schedule() -> Page:
    """Coming sessions; filters ``tinh`` (province code), ``clb`` and ``hang`` (slugs of a club and
    a product), ``kenh`` (platform), ``ngay``.
    """
    db = read_session()
    now = clock.now()
    provinces = list_provinces(db)
    tinh = request.args.get("tinh", "")
    kenh = request.args.get("kenh", "")
    filters: dict[str, Any] = {
        "province_code": tinh if tinh in {row.code for row in provinces} else "",
        "platform": kenh if kenh in PLATFORM_NAMES else "",
        "day": _day(request.args.get("ngay", "")),
        "club_slug": _slug(request.args.get("clb", "")),
        "product_slug": _slug(request.args.get("hang", "")),
    }
    given = {name: value for name, value in request.args.items() if value and name != "trang"}
    statement = queries.public_sessions(now=now, **filters)
    total = queries.count_rows(db, statement)
    page = ListPage(
        page_number(request.args.get("trang")),
        PAGE_SIZE,
        total,
        lambda n: f"{url_for('sessions.schedule')}?{urlencode({**given, 'trang': n})}",
    )
    rows = queries.session_rows(db, statement.limit(PAGE_SIZE).offset(page.offset))
    keep_until([row.live for row in rows], now)
    clubs, products = queries.schedule_choices(db, now=now)
    return render_template(
        "livestream/sessions/schedule.html",
        clubs=clubs,
        products=products,
        sessions=cards(rows, now=now),
        page=page,
        provinces=provinces,
        platforms=PLATFORM_NAMES,
        filters=filters,
        nav="sessions",
    )


@bp.get("/phien-live/<slug>")
@public
def show_public(slug: str) -> Page:
    """One session: when, who, with what, at which price, where to watch."""
    db = read_session()
    now = clock.now()
    live = queries.public_session(db, slug)
    club = get_club(db, live.club_id)
    resources = queries.resource_names(db, live.id)
    is_over = live.state not in {"confirmed", "live"}
    rows = queries.item_rows(db, live.id, now=now)
    keep_until([live], now)
    page_ends_at(*(edge for row in rows for edge in _price_turns(row) if edge > now))
    platforms = sorted({r.platform for r in resources if r.platform})
    card = share_card(live, club.name, rows)
    return render_template(
        "livestream/sessions/public.html",
        live=live,
        club=club,
        title=pick(live.title, live.title_en),
        name=pick(live.title, live.title_en),
        share_image=house().public_url
        + share_url(localized_path(f"/phien-live/{live.slug}/anh-chia-se.jpg"), card),
        hosts=[resource.name for resource in resources if resource.kind == "host"],
        channels=[resource for resource in resources if resource.kind == "channel"],
        platform=platform_names(platforms),
        platforms=PLATFORM_NAMES,
        province=get_province(db, club.province_code),
        rows=[row for row in rows if row.sale.is_for_sale],
        now=now,
        is_over=is_over,
        countdown=live.starts_at.isoformat() if live.starts_at > now and not is_over else None,
        data=_event(live, club.name, rows, now=now, is_over=is_over),
        panels=[
            Markup(render_template(p.template, **p.context))  # noqa: S704 - our own template
            for p in SESSION_PANELS.collect(db, live, now)
        ],
        nav="sessions",
    )


def _price_turns(row: ItemRow) -> tuple[datetime, ...]:
    """When the live price of a product begins and ends."""
    return (row.window.starts_at, row.window.ends_at) if row.window else ()


_STATE_LABELS: Final = {
    "live": N_("Đang live"),
    "cancelled": N_("Đã hủy"),
    "no_show": N_("Không lên sóng"),
}


def share_card(live: LiveSession, club_name: str, rows: list[ItemRow]) -> ShareCard:
    """What the session's share picture says: when, what, who; the first product's picture."""
    shown = [row for row in rows if row.sale.is_for_sale and row.sale.photo_sha]
    is_over = live.state not in {"confirmed", "live"}
    label = _STATE_LABELS.get(live.state, N_("Đã kết thúc") if is_over else N_("Phiên live"))
    return ShareCard(
        title=pick(live.title, live.title_en),
        by=club_name,
        figure="" if is_over else f"{show_time(live.starts_at)} {show_date(live.starts_at)}",
        label=gettext(label),
        is_urgent=live.state != "confirmed" and label != N_("Đã kết thúc"),
        photo_sha=shown[0].sale.photo_sha if shown else None,
        photo_note=gettext("Hình minh họa") if shown and shown[0].sale.is_demo else "",
    )


@bp.get("/phien-live/<slug>/anh-chia-se.jpg")
@public
def share_picture(slug: str) -> Page:
    """The picture that a shared link of the session shows."""
    db, now = read_session(), clock.now()
    live = queries.public_session(db, slug)
    rows = queries.item_rows(db, live.id, now=now)
    return share_answer(share_card(live, get_club(db, live.club_id).name, rows))


def _event(
    live: LiveSession, club_name: str, rows: list[ItemRow], *, now: datetime, is_over: bool
) -> dict[str, Any]:
    """schema.org Event (https://schema.org/Event); status words are schema.org's own."""
    here = public_url("sessions.show_public", slug=live.slug)
    status = "EventCancelled" if live.state in {"cancelled", "no_show"} else "EventScheduled"
    offers = [
        {
            "@type": "Offer",
            "name": row.sale.product_name,
            "price": row.price_vnd(now),
            "priceCurrency": "VND",
            "availability": f"https://schema.org/{'InStock' if row.left > 0 else 'SoldOut'}",
            "validFrom": live.starts_at.astimezone(VN).isoformat(),
            "url": house().public_url + f"/san-pham/{row.sale.product_slug}",
        }
        for row in rows
        if row.sale.is_for_sale and not is_over
    ]
    photos = [row.sale.photo_sha for row in rows if row.sale.photo_sha]
    return {
        "@context": "https://schema.org",
        "@type": "Event",
        "name": live.title,
        "description": live.about or live.title,
        "url": here,
        "startDate": live.starts_at.astimezone(VN).isoformat(),
        "endDate": live.ends_at.astimezone(VN).isoformat(),
        "eventStatus": f"https://schema.org/{status}",
        "eventAttendanceMode": "https://schema.org/OnlineEventAttendanceMode",
        "location": {"@type": "VirtualLocation", "url": live.watch_url or here},
        "organizer": {"@type": "Organization", "name": club_name},
        "image": [house().public_url + media_url(f"{sha}-640.jpg") for sha in photos[:3]],
        "offers": offers,
    }
