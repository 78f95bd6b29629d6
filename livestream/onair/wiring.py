"""What on air adds to an application: the live piece of a session's page."""

from datetime import datetime

from flask import Flask
from sqlalchemy.orm import Session

from livestream.onair.routes.public import on_air_context
from livestream.onair.services.erasing import erase_comments, erase_order_comment
from livestream.sessions.models import LiveSession
from livestream.sessions.slots import SESSION_PANELS
from shop.accounts.signals import erasing
from shop.orders.signals import order_erased
from shop.web.slots import Panel


def init_app(_app: Flask) -> None:
    """Fill the slot, listen; again is harmless."""
    erasing.connect(erase_comments, weak=False)
    order_erased.connect(erase_order_comment, weak=False)
    SESSION_PANELS.fill(_on_air)


def _on_air(db: Session, live: LiveSession, now: datetime) -> list[Panel]:
    if live.state != "live":
        return []
    return [Panel("livestream/onair/panel.html", on_air_context(db, live, now))]
