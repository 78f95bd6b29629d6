"""What booking adds to an application: its messages, and its part of a session's page."""

from datetime import datetime

from flask import Flask
from sqlalchemy.orm import Session

from livestream.bookings.queries.beside import beside_session
from livestream.bookings.queries.requests import requests_to
from livestream.sessions.models import LiveSession
from livestream.sessions.services.absences import TOLD_WITHIN
from livestream.sessions.services.airing import EARLY, UNDONE_WITHIN
from livestream.sessions.slots import DESK_PANELS
from shop.core.text import N_
from shop.notifications.services import register_message
from shop.web.access import actor
from shop.web.actor import Actor
from shop.web.i18n import gettext as _
from shop.web.slots import NavItem, Panel, Todo
from shop.web.workspaces import CLUB_NAV, CLUB_TODO, PRODUCER_NAV, STAFF_NAV


def init_app(_app: Flask) -> None:
    """Fill the slots and declare the messages; again is harmless."""
    declare_messages()
    DESK_PANELS.fill(_panel)
    CLUB_NAV.fill(_club_links)
    CLUB_TODO.fill(_club_todo)
    PRODUCER_NAV.fill(_producer_links)
    STAFF_NAV.fill(_staff_links)


def declare_messages() -> None:
    """Every kind of message about bookings."""
    for kind, title, url in (
        ("booking.asked", N_("Có lời xin giờ live gửi tới %(club)s"), "/clb/loi-xin"),
        (
            "booking.request_taken",
            N_("%(club)s đã nhận và giữ chỗ giờ live bạn xin"),
            "/ban-hang/phien",
        ),
        (
            "booking.request_declined",
            N_("%(club)s chưa nhận được giờ live bạn xin"),
            "/ban-hang/phien/xin-gio",
        ),
    ):
        register_message(kind, title=title, url=url)
    register_message(
        "booking.offered",
        title=N_("Có chỗ cho phiên “%(title)s”: hãy nhận trước khi hết hạn"),
        url="/clb/phien/%(public_id)s",
        importance="important",
    )


def _panel(db: Session, live: LiveSession, space: str, now: datetime) -> list[Panel]:
    is_manager = actor().clubs.get(live.club_id) == "manager"
    if not is_manager and space != "staff":
        return []
    beside = beside_session(db, live, now=now)
    return [
        Panel(
            "livestream/bookings/panel.html",
            {
                "beside": beside,
                "space": space,
                "is_manager": is_manager,
                "now": now,
                "can_tell_absence": live.state in ("confirmed", "live", "ended", "no_show")
                and live.starts_at - EARLY <= now <= live.starts_at + TOLD_WITHIN,
                "can_be_put_right": live.state == "no_show"
                and now <= live.starts_at + UNDONE_WITHIN,
            },
        )
    ]


def _club_links(actor: Actor) -> list[NavItem]:
    return [NavItem(_(N_("Lời xin giờ")), "/clb/loi-xin", "calendar", 25)] if actor.is_club else []


def _club_todo(db: Session, actor: Actor) -> list[Todo]:
    managed = [club for club, role in actor.clubs.items() if role == "manager"]
    asked = sum(row.request.state == "asked" for row in requests_to(db, managed))
    return [Todo(_(N_("Lời xin giờ live chờ trả lời")), asked, "/clb/loi-xin", "live")]


def _producer_links(_actor: Actor) -> list[NavItem]:
    label = _(N_("Xin giờ lên live"))
    return [NavItem(label, "/ban-hang/phien/xin-gio", "calendar", 61, group="market")]


def _staff_links(_actor: Actor) -> list[NavItem]:
    label = _(N_("Mời câu lạc bộ tổ chức phiên"))
    return [NavItem(label, "/can-bo/phien/moi-clb", "calendar", 31, group="market")]
