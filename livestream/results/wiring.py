"""What results add to an application: buttons, links, to-do, messages."""

from datetime import datetime

from flask import Flask
from sqlalchemy.orm import Session

from livestream.results.queries.settlements import count_unsigned, count_waiting, terms_waiting
from livestream.results.queries.sharing import named
from livestream.sessions.models import LiveSession
from livestream.sessions.slots import DESK_PANELS, SESSION_LINKS
from shop.checkout.slots import ORIGINS
from shop.core.text import N_
from shop.notifications.services import register_message
from shop.web.actor import Actor
from shop.web.i18n import gettext as _
from shop.web.slots import NavItem, Panel, Todo
from shop.web.workspaces import (
    CLUB_NAV,
    CLUB_TODO,
    PRODUCER_NAV,
    PRODUCER_TODO,
    STAFF_NAV,
)


def init_app(_app: Flask) -> None:
    """Fill the slots and declare the messages; again is harmless."""
    declare_messages()
    SESSION_LINKS.fill(_session_links)
    DESK_PANELS.fill(_terms_panel)
    ORIGINS.fill(_origin)
    CLUB_NAV.fill(_club_links)
    CLUB_TODO.fill(_club_todo)
    STAFF_NAV.fill(_staff_links)
    PRODUCER_NAV.fill(_producer_links)
    PRODUCER_TODO.fill(_producer_todo)


def declare_messages() -> None:
    """Every kind of message about results."""
    for kind, title in (
        ("results.issued", N_("Bảng quyết toán %(code)s của “%(title)s” chờ bạn xem")),
        ("results.agreed", N_("Người sản xuất đồng ý bảng quyết toán %(code)s")),
        ("results.disputed", N_("Bảng quyết toán %(code)s có điểm chưa thống nhất")),
        ("results.paid", N_("Có khoản tiền của %(code)s chờ bạn xác nhận")),
        ("results.payment_received", N_("Khoản tiền của %(code)s đã được xác nhận")),
        ("results.payment_refused", N_("Bên nhận chưa thấy tiền của %(code)s")),
        ("results.note_waits", N_("Có phiếu giao nhận hàng của “%(title)s” chờ bạn ký")),
        ("results.note_signed", N_("Phiếu giao nhận hàng của “%(title)s” đã được ký")),
        ("results.note_refused", N_("Phiếu giao nhận hàng của “%(title)s” bị từ chối")),
        ("results.terms_asked", N_("Điều khoản của %(code)s trong “%(title)s” chờ bạn đồng ý")),
    ):
        register_message(kind, title=title, url="%(page)s", importance="important")


def _origin(db: Session, code: str) -> list[str]:
    found = named(db, code)
    return [f"{found[0]} – {found[1]}"] if found else []


def _terms_panel(db: Session, live: LiveSession, space: str, _now: datetime) -> list[Panel]:
    if live.state in {"draft", "expired", "cancelled", "reconciled"}:
        return []
    waiting = terms_waiting(db, live.id)
    context: dict[str, object] = {"waiting": waiting, "space": space}
    return [Panel("livestream/results/terms_panel.html", context)] if waiting else []


def _session_links(live: LiveSession, space: str) -> list[NavItem]:
    if space != "club":
        return []
    base = f"/clb/phien/{live.public_id}"
    links = []
    if live.state in {"confirmed", "live", "stopped", "ended", "reconciled"}:
        links.append(NavItem(_(N_("Giao hàng, điều khoản")), f"{base}/giao-hang", "box", 60))
        links.append(NavItem(_(N_("Địa chỉ chia sẻ")), f"{base}/chia-se", "share", 70))
    if live.state in {"ended", "reconciled"}:
        links.append(NavItem(_(N_("Kết quả")), f"{base}/ket-qua", "chart", 50))
    return links


def _club_links(actor: Actor) -> list[NavItem]:
    if not actor.is_club:
        return []
    return [
        NavItem(_(N_("Kết quả live")), "/clb/ket-qua", "chart", 40),
        NavItem(_(N_("Quyết toán")), "/clb/quyet-toan", "wallet", 50),
    ]


def _club_todo(db: Session, actor: Actor) -> list[Todo]:
    counts = count_waiting(db, club_ids=actor.clubs.keys())
    page = "/clb/quyet-toan"
    return [
        Todo(
            _(N_("Quyết toán cần sửa")), counts.get("disputed", 0), page, "wallet", is_urgent=True
        ),
        Todo(_(N_("Quyết toán chờ trả tiền")), counts.get("agreed", 0), page, "wallet"),
    ]


def _staff_links(_actor: Actor) -> list[NavItem]:
    return [NavItem(_(N_("Kết quả live")), "/can-bo/ket-qua-live", "chart", 35, group="market")]


def _producer_links(_actor: Actor) -> list[NavItem]:
    page = "/ban-hang/quyet-toan"
    return [NavItem(_(N_("Quyết toán live")), page, "wallet", 65, group="market")]


def _producer_todo(db: Session, actor: Actor) -> list[Todo]:
    mine = actor.producers.keys()
    page = "/ban-hang/quyet-toan"
    issued = count_waiting(db, producer_ids=mine).get("issued", 0)
    return [
        Todo(_(N_("Quyết toán live chờ xem")), issued, page, "wallet"),
        Todo(_(N_("Phiếu giao nhận chờ ký")), count_unsigned(db, mine), page, "box"),
    ]
