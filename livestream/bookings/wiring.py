"""What booking adds to an application: its messages, and its part of a session's page."""

from datetime import datetime

from flask import Flask
from sqlalchemy.orm import Session

from livestream.bookings.queries.beside import beside_session
from livestream.sessions.models import LiveSession
from livestream.sessions.slots import DESK_PANELS
from shop.core.text import N_
from shop.notifications.services import register_message
from shop.web.access import actor
from shop.web.slots import Panel


def init_app(_app: Flask) -> None:
    """Fill the slots and declare the messages; again is harmless."""
    declare_messages()
    DESK_PANELS.fill(_panel)


def declare_messages() -> None:
    """Every kind of message about bookings."""
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
            {"beside": beside, "space": space, "is_manager": is_manager, "now": now},
        )
    ]
