"""What sessions add to an application: messages, to-do, panels, ears for the shop's signals."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, Final

from flask import Flask
from sqlalchemy import Select
from sqlalchemy.orm import Session

from livestream.campaigns.slots import CAMPAIGN_PANELS
from livestream.clubs.models import Club
from livestream.clubs.signals import availability_changed, host_leaves
from livestream.clubs.slots import CLUB_PANELS, RESOURCE_PANELS
from livestream.sessions import queries, services, states
from livestream.sessions.calendars import invitation
from livestream.sessions.cards import Card, airing_cards, cards, keep_until
from livestream.sessions.models import LiveSession
from livestream.sessions.queries.on_product import airings_of_product
from livestream.sessions.queries.unfit import unfit_sessions
from livestream.sessions.sayings import problem_said
from livestream.sessions.services.departing import require_no_sessions_of
from livestream.sessions.services.flagging import flag_unfit
from livestream.sessions.states import PUBLIC_STATES
from livestream.sessions.vouchers import voucher_sessions
from shop.accounts.rules import staff_scope_of
from shop.catalogue.signals import product_withdrawn
from shop.checkout.slots import SESSIONS as VOUCHER_SESSIONS
from shop.core import clock
from shop.core.text import N_
from shop.notifications.rules import Importance, InvitationOf
from shop.notifications.services import register_message
from shop.traceability.signals import lot_held, lots_recalled
from shop.traceability.slots import RECALL_TOUCHES, Touched
from shop.web.access import actor as actor_of
from shop.web.actor import Actor
from shop.web.i18n import gettext as _
from shop.web.i18n import show_date, show_time
from shop.web.slots import NavItem, Panel, Todo
from shop.web.workspaces import (
    ACCOUNT_NAV,
    ACCOUNT_TODO,
    CLUB_NAV,
    CLUB_TODO,
    HOME_PANELS,
    PRODUCER_NAV,
    PRODUCER_PANELS,
    PRODUCER_TODO,
    PRODUCT_PANELS,
    STAFF_NAV,
    STAFF_TODO,
)


def init_app(app: Flask) -> None:
    """Fill the slots, declare the messages, listen to the shop; again is harmless."""
    app.jinja_env.globals["problem_said"] = problem_said
    declare_messages()
    connect_signals()
    CLUB_NAV.fill(_club_links)
    CLUB_TODO.fill(_club_todo)
    STAFF_NAV.fill(_staff_links)
    ACCOUNT_NAV.fill(_officer_links)
    ACCOUNT_TODO.fill(_officer_todo)
    STAFF_TODO.fill(_staff_todo)
    PRODUCER_NAV.fill(_producer_links)
    PRODUCER_TODO.fill(_producer_todo)
    PRODUCT_PANELS.fill(_product_panel)
    PRODUCER_PANELS.fill(_producer_panel)
    HOME_PANELS.fill(_home_panel)
    CLUB_PANELS.fill(_club_panel)
    RESOURCE_PANELS.fill(_resource_panel)
    CAMPAIGN_PANELS.fill(_campaign_panel)
    RECALL_TOUCHES.fill(_touched_by_recall)
    VOUCHER_SESSIONS.fill(voucher_sessions)


def connect_signals() -> None:
    """Listen to what the shop tells; connecting twice is once."""
    product_withdrawn.connect(_on_product_withdrawn, weak=False)
    lot_held.connect(_on_lot_held, weak=False)
    lots_recalled.connect(_on_lots_recalled, weak=False)
    availability_changed.connect(_on_availability_changed, weak=False)
    host_leaves.connect(_on_host_leaves, weak=False)


def _on_product_withdrawn(
    _sender: Any, *, db: Session, product_id: int, now: datetime, **_more: Any
) -> None:
    services.withdraw_product(db, product_id=product_id, now=now)


def _on_lot_held(_sender: Any, *, db: Session, lot: Any, now: datetime, **_more: Any) -> None:
    if lot.variant_id is not None:
        services.flag_held_lot(db, variant_id=lot.variant_id, lot_id=lot.id, now=now)


def _on_host_leaves(_sender: Any, *, db: Session, **about: Any) -> None:
    require_no_sessions_of(db, **about)


def _on_availability_changed(
    _sender: Any, *, db: Session, resource_id: int, actor_id: int | None, now: datetime
) -> None:
    flag_unfit(db, resource_id=resource_id, actor_id=actor_id, now=now)


IMPORTANT = frozenset(
    f"session.{kind}"
    for kind in (
        "consent_asked",
        "confirmed",
        "moved",
        "handed_over",
        "hours_unfit",
        "item_left",
        "absent",
        "cancelled",
        "stopped",
        "lot_held",
        "lot_recalled",
    )
)
"""What changes somebody's day: it goes out by mail too."""


INVITATIONS: Final[dict[str, InvitationOf]] = {
    "session.confirmed": partial(invitation, "REQUEST"),
    "session.moved": partial(invitation, "REQUEST"),
    "session.cancelled": partial(invitation, "CANCEL"),
}
"""Messages whose mail puts the session into the reader's calendar, moves it or takes it out."""


BODIES: Final[dict[str, str]] = {
    "session.consent_asked": N_(
        "Giờ phát: %(when)s. Vào mục Phiên live của gian hàng để đồng ý hay từ chối."
    ),
    "session.confirmed": N_("Giờ phát: %(when)s."),
    "session.moved": N_("Giờ phát mới: %(when)s."),
    "session.cancelled": N_("Giờ đã hẹn: %(when)s. Phiên không diễn ra nữa."),
    "session.stopped": N_("Giờ phát: %(when)s. Đừng chờ phiên này nữa."),
}
"""What a mail, and who telephones, says beyond the title."""


def _on_lots_recalled(
    _sender: Any, *, db: Session, lots: Sequence[Any], now: datetime, **_more: Any
) -> None:
    variant_ids = {lot.variant_id for lot in lots if lot.variant_id is not None}
    if variant_ids:
        lot_ids = [lot.id for lot in lots]
        services.take_off_recalled(db, variant_ids=variant_ids, lot_ids=lot_ids, now=now)


def _touched_by_recall(db: Session, variant_ids: Collection[int], _now: datetime) -> list[Touched]:
    rows = queries.items_showing(db, variant_ids)
    if not rows:
        return []
    shown = tuple(
        (
            live.title,
            f"{item.short_code} · {show_time(live.starts_at)} {show_date(live.starts_at)}",
            f"/phien-live/{live.slug}" if live.state in PUBLIC_STATES else "",
        )
        for item, live in rows
    )
    return [Touched(_(N_("Phiên live sắp tới")), "live", shown)]


def declare_messages() -> None:
    """Every kind of message about sessions."""
    club = "/clb/phien/%(public_id)s"
    public = "/phien-live/%(slug)s"
    everyone = "/mo-phien/%(public_id)s"
    for kind, title, url in (
        (
            "session.proposed",
            N_("Đề xuất phiên live “%(title)s” chờ duyệt"),
            everyone,
        ),
        (
            "session.proposed_in_commune",
            N_("Phiên live “%(title)s” trong xã chờ chốt"),
            "/can-bo-xa/phien/%(public_id)s",
        ),
        ("session.consent_asked", N_("Phiên “%(title)s” muốn bán hàng của bạn"), "/ban-hang/phien"),
        ("session.item_agreed", N_("Người sản xuất đồng ý %(code)s trong “%(title)s”"), club),
        ("session.item_declined", N_("Người sản xuất từ chối %(code)s trong “%(title)s”"), club),
        ("session.item_left", N_("Người sản xuất rút %(code)s khỏi “%(title)s”"), everyone),
        ("session.item_withdrawn", N_("%(code)s đã ngừng bán, rút khỏi “%(title)s”"), club),
        ("session.lot_held", N_("Một lô của %(code)s trong “%(title)s” đang bị giữ lại"), club),
        ("session.lot_recalled", N_("Một lô của %(code)s trong “%(title)s” bị thu hồi"), club),
        ("session.confirmed", N_("Phiên “%(title)s” đã chốt"), public),
        ("session.moved", N_("Phiên “%(title)s” đã đổi giờ"), everyone),
        ("session.handed_over", N_("Phiên “%(title)s” đổi người dẫn"), club),
        ("session.hours_unfit", N_("%(resource)s đổi lịch, không rảnh cho “%(title)s”"), club),
        ("session.cancelled", N_("Phiên “%(title)s” đã hủy"), everyone),
        ("session.expired", N_("Đề xuất “%(title)s” hết hạn giữ chỗ"), club),
        ("session.stopped", N_("Phiên “%(title)s” đã bị dừng"), everyone),
        ("session.absent", N_("%(name)s vắng mặt ở phiên “%(title)s”"), everyone),
        ("session.no_show", N_("Phiên “%(title)s” không lên sóng"), everyone),
    ):
        importance: Importance = "important" if kind in IMPORTANT else "normal"
        register_message(
            kind,
            title=title,
            url=url,
            body=BODIES.get(kind, ""),
            importance=importance,
            invitation=INVITATIONS.get(kind),
        )


def _club_links(actor: Actor) -> list[NavItem]:
    return [NavItem(_(N_("Phiên live")), "/clb/phien", "live", 20)] if actor.is_club else []


def _club_todo(db: Session, actor: Actor) -> list[Todo]:
    now = clock.now()
    counts = queries.count_of_clubs(db, actor.clubs.keys(), now=now)
    unfit = len(unfit_sessions(db, now=now, club_ids=actor.clubs.keys()))
    return [
        Todo(_(N_("Phiên lệch lịch rảnh")), unfit, "/clb/phien/lech-lich", "clock", is_urgent=True),
        Todo(_(N_("Phiên chờ chốt")), counts.get("proposed", 0), "/clb/phien", "clock"),
        Todo(_(N_("Phiên sắp lên sóng")), counts.get("confirmed", 0), "/clb/phien", "live"),
        Todo(_(N_("Bản nháp")), counts.get("draft", 0), "/clb/phien", "edit"),
    ]


def _staff_links(_actor: Actor) -> list[NavItem]:
    return [NavItem(_(N_("Phiên live")), "/can-bo/phien", "live", 30, group="market")]


def _staff_todo(db: Session, actor: Actor) -> list[Todo]:
    waiting = queries.count_queue(db, staff_scope_of(actor), now=clock.now())
    return [Todo(_(N_("Phiên live chờ chốt")), waiting, "/can-bo/phien", "live")]


def _officer_links(actor: Actor) -> list[NavItem]:
    if not actor.is_officer:
        return []
    return [NavItem(_(N_("Phiên live trong xã")), "/can-bo-xa/phien", "live", 30)]


def _officer_todo(db: Session, actor: Actor) -> list[Todo]:
    if not actor.is_officer:
        return []
    rows = queries.queue(None, now=clock.now()).where(Club.commune_code.in_(actor.communes))
    waiting = queries.count_rows(db, rows)
    return [Todo(_(N_("Phiên live trong xã chờ chốt")), waiting, "/can-bo-xa/phien", "live")]


def _producer_links(_actor: Actor) -> list[NavItem]:
    return [NavItem(_(N_("Phiên live")), "/ban-hang/phien", "live", 60, group="market")]


def _producer_todo(db: Session, actor: Actor) -> list[Todo]:
    asked = queries.count_consents(db, actor.producers.keys(), now=clock.now())
    return [
        Todo(
            _(N_("Lời mời lên live chờ trả lời")), asked, "/ban-hang/phien", "live", is_urgent=True
        )
    ]


def _cards(db: Session, statement: Select[LiveSession, Club], now: datetime) -> list[Card]:
    rows = queries.session_rows(db, statement)
    keep_until([row.live for row in rows], now)
    return cards(rows, now=now)


def _product_panel(db: Session, product_id: int, now: datetime) -> list[Panel]:
    airings = airings_of_product(db, product_id, now=now)
    if not airings:
        return []
    keep_until(airings, now)
    return [Panel("livestream/panels/product.html", {"sessions": airing_cards(airings, now=now)})]


def _producer_panel(db: Session, producer_id: int, now: datetime) -> list[Panel]:
    coming = queries.sessions_of_producer(producer_id, now=now).limit(4)
    found = _cards(db, coming, now)
    return [Panel("livestream/panels/producer.html", {"sessions": found})] if found else []


def _home_panel(db: Session, now: datetime) -> list[Panel]:
    found = _cards(db, queries.public_sessions(now=now).limit(4), now)
    if not found:
        return []
    coming = next((card for card in found if card.starts_at > now), None)
    shown = [
        replace(card, countdown=card.starts_at.isoformat()) if card is coming else card
        for card in found
    ]
    return [Panel("livestream/panels/home.html", {"sessions": shown})]


def _club_panel(db: Session, club_id: int, now: datetime) -> list[Panel]:
    found = _cards(db, queries.public_sessions(now=now, club_id=club_id).limit(12), now)
    return [Panel("livestream/panels/club.html", {"sessions": found})]


def _resource_panel(db: Session, resource_id: int, now: datetime) -> list[Panel]:
    rows = unfit_sessions(db, now=now, resource_id=resource_id)
    context = {"rows": rows, "states": states, "mine": actor_of().clubs}
    return [Panel("livestream/panels/resource.html", context)] if rows else []


def _campaign_panel(db: Session, campaign_id: int, now: datetime) -> list[Panel]:
    found = _cards(db, queries.public_sessions(now=now, campaign_id=campaign_id).limit(24), now)
    return [Panel("livestream/panels/club.html", {"sessions": found})]
