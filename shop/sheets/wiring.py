"""The sheets stand in the producer's workspace."""

from flask import Flask, url_for
from sqlalchemy.orm import Session

from shop.sheets import queries
from shop.web.access import Actor
from shop.web.i18n import gettext as _
from shop.web.slots import NavItem, Todo
from shop.web.workspaces import PRODUCER_NAV, PRODUCER_TODO


def nav(actor: Actor) -> list[NavItem]:
    """The grid, and files in and out."""
    if not actor.is_producer:
        return []
    return [
        NavItem(_("Giá và kho"), url_for("sheets.grid"), "edit", order=31, group="goods"),
        NavItem(_("Nhập, xuất tệp"), url_for("sheets.exchange"), "upload", order=32, group="goods"),
    ]


def todo(db: Session, actor: Actor) -> list[Todo]:
    """Dry runs that wait for somebody to confirm them."""
    waiting = queries.unconfirmed_imports(db, list(actor.producers))
    return [Todo(_("Tệp nhập chờ xác nhận"), waiting, url_for("sheets.exchange"), "upload")]


def init_app(_app: Flask) -> None:
    """Fill the slots; doing it again changes nothing."""
    PRODUCER_NAV.fill(nav)
    PRODUCER_TODO.fill(todo)
