"""Where enquiries stand in the workspaces, and what people are told."""

from flask import Flask
from sqlalchemy.orm import Session

from shop.accounts.signals import erasing
from shop.core.text import N_
from shop.enquiries import queries, services
from shop.enquiries.erasing import erase_enquirer
from shop.notifications.services import register_message
from shop.web.actor import Actor
from shop.web.i18n import gettext as _
from shop.web.slots import NavItem, Todo
from shop.web.workspaces import ACCOUNT_NAV, PRODUCER_NAV, PRODUCER_TODO


def init_app(_app: Flask) -> None:
    """Declare the messages, fill the slots, listen; again is harmless."""
    erasing.connect(erase_enquirer, weak=False)
    register_message(
        services.ASKED,
        title=N_("Có người hỏi đặt “%(product)s”"),
        url="/ban-hang/hoi-dat/%(code)s",
        importance="important",
    )
    register_message(
        services.ANSWERED,
        title=N_("%(producer)s đã trả lời câu hỏi về “%(product)s”"),
        url="/hoi-dat/%(code)s",
        importance="important",
    )
    PRODUCER_NAV.fill(_producer_pages)
    PRODUCER_TODO.fill(_producer_todo)
    ACCOUNT_NAV.fill(_account_pages)


def _producer_pages(actor: Actor) -> list[NavItem]:
    if not actor.is_producer:
        return []
    return [NavItem(_(N_("Hỏi đặt")), "/ban-hang/hoi-dat", "comment", 25, group="words")]


def _producer_todo(db: Session, actor: Actor) -> list[Todo]:
    new = queries.counts_by_state(db, list(actor.producers)).get("new", 0)
    return [Todo(_(N_("Câu hỏi đặt chờ trả lời")), new, "/ban-hang/hoi-dat", "comment", True)]


def _account_pages(_actor: Actor) -> list[NavItem]:
    return [NavItem(_(N_("Hỏi đặt và mua sỉ")), "/tai-khoan/hoi-dat", "comment", 30)]
