"""Where the trackers stand in the workspaces."""

from datetime import timedelta

from flask import Flask
from sqlalchemy.orm import Session

from shop.accounts.rules import staff_scope_of
from shop.candidates import queries, rules
from shop.core import clock
from shop.core.text import N_
from shop.web.actor import Actor
from shop.web.i18n import gettext
from shop.web.slots import NavItem, Todo
from shop.web.workspaces import PRODUCER_NAV, PRODUCER_TODO, STAFF_NAV, STAFF_TODO

_PRESSING = N_("Hồ sơ OCOP, mã số sắp tới hạn")


def init_app(_app: Flask) -> None:
    """Fill the menus and to-do lists; doing it again changes nothing."""
    PRODUCER_NAV.fill(producer_link)
    PRODUCER_TODO.fill(producer_todo)
    STAFF_NAV.fill(staff_link)
    STAFF_TODO.fill(staff_todo)


def producer_link(_actor: Actor) -> list[NavItem]:
    """The producer's way to its trackers."""
    return [NavItem(gettext(N_("Tiến độ hồ sơ")), "/ban-hang/tien-do", "check", 82, group="unit")]


def staff_link(_actor: Actor) -> list[NavItem]:
    """Staff's way to the trackers of their provinces."""
    return [NavItem(gettext(N_("Tiến độ hồ sơ")), "/can-bo/tien-do", "check", 35, group="judging")]


def producer_todo(db: Session, actor: Actor) -> list[Todo]:
    """Candidates whose deadline is near or over."""
    until = clock.today_vn(clock.now()) + timedelta(days=rules.SOON_DAYS)
    counts = queries.count_open(db, until=until, producer_ids=list(actor.producers))
    return [Todo(gettext(_PRESSING), counts.pressing, "/ban-hang/tien-do", "check", order=60)]


def staff_todo(db: Session, actor: Actor) -> list[Todo]:
    """The same for the staff's provinces."""
    until = clock.today_vn(clock.now()) + timedelta(days=rules.SOON_DAYS)
    counts = queries.count_open(db, until=until, provinces=staff_scope_of(actor))
    return [Todo(gettext(_PRESSING), counts.pressing, "/can-bo/tien-do", "check", order=60)]
