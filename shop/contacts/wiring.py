"""Where contacts stand in the workspaces."""

from flask import Flask
from sqlalchemy.orm import Session

from shop.contacts import queries
from shop.core import clock
from shop.core.text import N_
from shop.web.actor import Actor
from shop.web.i18n import gettext as _
from shop.web.slots import NavItem, Todo
from shop.web.workspaces import PRODUCER_NAV, PRODUCER_TODO, STAFF_NAV


def init_app(_app: Flask) -> None:
    """Fill the menus and the to-do list; again is harmless."""
    PRODUCER_NAV.fill(_producer_pages)
    PRODUCER_TODO.fill(_producer_todo)
    STAFF_NAV.fill(_staff_pages)


def _desk_of(actor: Actor) -> str:
    return f"/ban-hang/co-so/{min(actor.producers)}/lien-he"


def _producer_pages(actor: Actor) -> list[NavItem]:
    if not actor.is_producer:
        return []
    return [NavItem(_(N_("Liên hệ, nơi bán")), _desk_of(actor), "phone", 82, group="market")]


def _producer_todo(db: Session, actor: Actor) -> list[Todo]:
    if not actor.is_producer:
        return []
    today = clock.today_vn(clock.now())
    old = queries.count_unchecked(db, list(actor.producers), today=today)
    return [Todo(_(N_("Đường dẫn nơi bán cần xem lại")), old, _desk_of(actor), "link")]


def _staff_pages(_actor: Actor) -> list[NavItem]:
    return [NavItem(_(N_("Nơi bán khác")), "/can-bo/noi-ban", "link", 35, group="judging")]
