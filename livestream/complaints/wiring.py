"""What complaints add to an application: a message, staff's to-do and link."""

from flask import Flask
from sqlalchemy.orm import Session

from livestream.complaints import queries
from livestream.complaints.configuration import configure
from livestream.complaints.erasing import erase_complainant
from shop.accounts.rules import staff_scope_of
from shop.accounts.signals import erasing
from shop.core.text import N_
from shop.notifications.services import register_message
from shop.web.actor import Actor
from shop.web.i18n import gettext as _
from shop.web.slots import NavItem, Todo
from shop.web.workspaces import STAFF_NAV, STAFF_TODO


def init_app(app: Flask) -> None:
    """Fill the slots, declare the message, remember the setting; again is harmless."""
    declare_messages()
    erasing.connect(erase_complainant, weak=False)
    house = app.extensions["house"]
    configure(house.database, app.extensions["session_evidence_months"])
    STAFF_NAV.fill(_staff_links)
    STAFF_TODO.fill(_staff_todo)


def declare_messages() -> None:
    """A viewer complained."""
    title = N_("Người xem khiếu nại phiên “%(title)s”")
    register_message(
        "session.complained", title=title, url="/can-bo/khieu-nai-phien", importance="important"
    )


def _staff_links(_actor: Actor) -> list[NavItem]:
    label = _(N_("Khiếu nại phiên live"))
    return [NavItem(label, "/can-bo/khieu-nai-phien", "warning", 35, group="market")]


def _staff_todo(db: Session, actor: Actor) -> list[Todo]:
    waiting = queries.count_open(db, staff_scope_of(actor))
    label = _(N_("Khiếu nại phiên live chờ trả lời"))
    return [Todo(label, waiting, "/can-bo/khieu-nai-phien", "warning", is_urgent=True)]
