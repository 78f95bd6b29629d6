"""What clubs add to an application: their messages, the club workspace's links and to-do."""

from flask import Flask
from sqlalchemy.orm import Session

from livestream.clubs import queries
from livestream.clubs.services.erasing import erase_invited
from shop.accounts.rules import staff_scope_of
from shop.accounts.signals import erasing
from shop.core.text import N_
from shop.notifications.services import register_message
from shop.web.actor import Actor
from shop.web.i18n import gettext as _
from shop.web.slots import NavItem, Todo
from shop.web.workspaces import CLUB_NAV, CLUB_TODO, STAFF_NAV, STAFF_TODO


def init_app(_app: Flask) -> None:
    """Fill the slots and declare the messages; again is harmless."""
    declare_messages()
    erasing.connect(erase_invited, weak=False)
    CLUB_NAV.fill(_club_links)
    CLUB_TODO.fill(_club_todo)
    STAFF_NAV.fill(_staff_links)
    STAFF_TODO.fill(_staff_todo)


def declare_messages() -> None:
    """Every kind of message about clubs."""
    for kind, title, url in (
        ("club.registered", N_("%(club)s xin tham gia, chờ xác minh"), "/can-bo/cau-lac-bo"),
        ("club.verified", N_("%(club)s đã được xác minh: đặt lịch live được rồi"), "/clb"),
        ("club.rejected", N_("%(club)s chưa được nhận: %(note)s"), "/clb"),
        ("club.share_asked", N_("%(club)s xin dùng chung %(resource)s"), "/clb"),
        ("club.share_agreed", N_("Bạn được dùng chung %(resource)s"), "/clb/nguon-luc"),
        ("club.share_declined", N_("Chưa được dùng chung %(resource)s"), "/clb/nguon-luc"),
        ("club.invited", N_("%(club)s mời bạn tham gia"), "/clb/loi-moi"),
    ):
        register_message(kind, title=title, url=url)


def _club_links(actor: Actor) -> list[NavItem]:
    links = [NavItem(_(N_("Việc cần làm")), "/clb", "home", 0)]
    if actor.is_club:
        links += [
            NavItem(_(N_("Người và thiết bị")), "/clb/nguon-luc", "users", 30),
            NavItem(_(N_("Câu lạc bộ")), "/clb/ho-so", "store", 40),
        ]
    return links


def _club_todo(db: Session, actor: Actor) -> list[Todo]:
    managed = [club_id for club_id, role in actor.clubs.items() if role == "manager"]
    asked = len(queries.share_requests(db, managed))
    return [Todo(_(N_("Câu lạc bộ khác xin dùng chung")), asked, "/clb/nguon-luc", "users")]


def _staff_links(_actor: Actor) -> list[NavItem]:
    return [NavItem(_(N_("Câu lạc bộ")), "/can-bo/cau-lac-bo", "mic", 40, group="market")]


def _staff_todo(db: Session, actor: Actor) -> list[Todo]:
    waiting = queries.count_waiting(db, staff_scope_of(actor))
    return [Todo(_(N_("Câu lạc bộ chờ xác minh")), waiting, "/can-bo/cau-lac-bo", "mic")]
