"""How messages reach pages: channels of this environment, the unread count, the account's menu."""

from flask import Flask
from sqlalchemy.orm import Session

from shop.core.text import N_
from shop.notifications import queries, services
from shop.web.actor import Actor
from shop.web.i18n import gettext
from shop.web.request import read_session
from shop.web.slots import NavItem, Todo
from shop.web.workspaces import (
    ACCOUNT_NAV,
    ACCOUNT_TODO,
    CLUB_TODO,
    PRODUCER_TODO,
    STAFF_TODO,
)


def init_app(app: Flask) -> None:
    """Choose the channels and teach the templates ``unread_messages(actor)``."""
    services.use_channels(is_development=app.extensions["house"].is_development)
    app.jinja_env.globals["unread_messages"] = unread_messages
    ACCOUNT_NAV.fill(_navigation)
    for todo_list in (ACCOUNT_TODO, PRODUCER_TODO, STAFF_TODO, CLUB_TODO):
        todo_list.fill(_todo)


def unread_messages(actor: Actor) -> int:
    """How many messages wait for the person; nothing is asked for visitors."""
    return queries.unread_count(read_session(), actor.person_id) if actor.person_id else 0


def _navigation(_actor: Actor) -> list[NavItem]:
    return [NavItem(gettext(N_("Tin nhắn")), "/tai-khoan/tin-nhan", "bell", 20)]


def _todo(db: Session, actor: Actor) -> list[Todo]:
    if actor.person_id is None:
        return []
    unread = queries.unread_count(db, actor.person_id)
    return [Todo(gettext(N_("Tin chưa đọc")), unread, "/tai-khoan/tin-nhan", "bell")]
