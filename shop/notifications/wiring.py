"""How messages reach pages: channels of this environment, the unread count, the account's menu."""

from typing import cast

from flask import Flask, url_for
from sqlalchemy.orm import Session

from config import Settings
from shop.accounts.signals import erasing
from shop.core.text import N_
from shop.notifications import push, queries, services
from shop.notifications.rules import Post
from shop.notifications.services.erasing import erase_recipient
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
    settings = cast(Settings, app.extensions["settings"])
    erasing.connect(erase_recipient, weak=False)
    if settings.vapid_private_key:
        push.load_key(settings.vapid_private_key)  # a wrong key stops the start, not a sending
    services.use_channels(
        is_development=app.extensions["house"].is_development,
        post=Post(
            settings.smtp_url,
            settings.mail_sender,
            settings.public_url,
            push_key=settings.vapid_private_key,
            push_services=tuple(
                part.strip() for part in settings.push_services.split(",") if part.strip()
            ),
            zalo_api=settings.zalo_api_base,
            zalo_token_file=settings.zalo_token_file,
            zalo_templates=settings.zalo_templates,
        ),
    )
    app.jinja_env.globals["unread_messages"] = unread_messages
    ACCOUNT_NAV.fill(_navigation)
    for todo_list in (ACCOUNT_TODO, PRODUCER_TODO, STAFF_TODO, CLUB_TODO):
        todo_list.fill(_todo)
    PRODUCER_TODO.fill(_producer_calls)
    STAFF_TODO.fill(_staff_calls)
    CLUB_TODO.fill(_club_calls)


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


def _producer_calls(db: Session, actor: Actor) -> list[Todo]:
    return _calls(db, actor, "producer")


def _staff_calls(db: Session, actor: Actor) -> list[Todo]:
    return _calls(db, actor, "province")


def _club_calls(db: Session, actor: Actor) -> list[Todo]:
    return _calls(db, actor, "club")


def _calls(db: Session, actor: Actor, desk_kind: str) -> list[Todo]:
    waiting = queries.open_call_count(db, actor, desk_kind)
    url = url_for(f"notifications.{desk_kind}_calls")
    return [Todo(gettext(N_("Cần gọi hoặc nhắn Zalo")), waiting, url, "phone", is_urgent=True)]
