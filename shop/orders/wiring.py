"""How orders joins an application: message kinds, navigation, what waits on the desk."""

from collections.abc import Mapping
from typing import Final

from flask import Flask, url_for
from sqlalchemy.orm import Session

from shop.accounts.signals import erasing
from shop.core import clock
from shop.core.text import N_
from shop.notifications.rules import Importance, Payload, UrlOf
from shop.notifications.services import register_message
from shop.orders import queries
from shop.orders.services.erasing import erase_buyer
from shop.web.access import Actor, signature
from shop.web.i18n import gettext as _
from shop.web.slots import NavItem, Todo
from shop.web.workspaces import ACCOUNT_NAV, PRODUCER_NAV, PRODUCER_TODO

_BUYER_URL: Final = "/don-hang/%(code)s"
_DESK_URL: Final = "/ban-hang/don-hang/%(code)s"

MESSAGES: Final[Mapping[str, tuple[str, str]]] = {
    "orders.placed": (N_("Có đơn mới %(code)s chờ xác nhận"), _DESK_URL),
    "orders.paid": (N_("Đơn %(code)s đã nhận đủ tiền, hãy đóng gói"), _DESK_URL),
    "orders.call_due": (N_("Đến giờ gọi lại cho khách của đơn %(code)s"), _DESK_URL),
    "orders.withdrawn": (N_("Người mua đã hủy đơn %(code)s"), _DESK_URL),
    "orders.received": (N_("Người mua báo đã nhận được hàng của đơn %(code)s"), _DESK_URL),
    "orders.late_money": (N_("Có tiền đến cho đơn %(code)s đã đóng, cần hoàn lại"), _DESK_URL),
    "orders.thanks": (N_("Đã nhận đơn %(code)s của bạn gửi %(producer)s"), _BUYER_URL),
    "orders.confirmed": (N_("%(producer)s đã xác nhận đơn %(code)s"), _BUYER_URL),
    "orders.money": (N_("Đơn %(code)s: đã nhận %(sum)s, còn thiếu một phần"), _BUYER_URL),
    "orders.money_full": (N_("Đơn %(code)s: đã nhận đủ tiền, %(sum)s"), _BUYER_URL),
    "orders.shipped": (N_("Đơn %(code)s đã được gửi đi qua %(carrier)s"), _BUYER_URL),
    "orders.delivered": (N_("Đơn %(code)s đã giao xong"), _BUYER_URL),
    "orders.rest_cut": (
        N_("Đơn %(code)s: phần còn lại sẽ không được gửi, bớt %(sum)s"),
        _BUYER_URL,
    ),
    "orders.back_cut": (
        N_("Đơn %(code)s: một kiện đã quay về người bán, bớt %(sum)s"),
        _BUYER_URL,
    ),
    "orders.cancelled": (N_("%(producer)s đã hủy đơn %(code)s"), _BUYER_URL),
    "orders.called_off": (N_("Bạn đã hủy đơn %(code)s gửi %(producer)s"), _BUYER_URL),
    "orders.expired": (N_("Đơn %(code)s đã hết hạn"), _BUYER_URL),
    "orders.refunded": (N_("Đơn %(code)s: đã hoàn lại %(sum)s"), _BUYER_URL),
    "orders.place_kept": (N_("Đơn đặt trước %(code)s: chỗ của bạn đã được giữ"), _BUYER_URL),
    "orders.moved": (N_("Đơn đặt trước %(code)s: đợt giao dời sang %(days)s"), _BUYER_URL),
    "orders.window_cancelled": (N_("%(producer)s đã hủy đợt giao của đơn %(code)s"), _BUYER_URL),
    "orders.goods_in": (N_("Đơn đặt trước %(code)s: hàng đã về"), _BUYER_URL),
    "orders.refund_failed": (
        N_("Khoản hoàn %(amount)s của đơn %(code)s chưa tới bạn, người bán sẽ chuyển lại"),
        _BUYER_URL,
    ),
    "orders.refund_returned": (
        N_("Khoản hoàn %(amount)s của đơn %(code)s không tới khách, cần chuyển lại"),
        _DESK_URL,
    ),
    "orders.disputed": (
        N_("Ngân hàng của khách khiếu nại tiền đơn %(code)s: dừng đóng gói"),
        _DESK_URL,
    ),
    "orders.dispute_won": (N_("Khiếu nại đơn %(code)s đã xong, tiền được giữ"), _DESK_URL),
    "orders.dispute_ended": (N_("Khiếu nại đơn %(code)s đã kết thúc"), _DESK_URL),
}

BODIES: Final[Mapping[str, str]] = {
    "orders.thanks": N_(
        "Tổng cộng %(total)s. Ở trang đơn bạn xem được cách trả tiền, theo dõi từng bước, đổi cách "
        "trả tiền hoặc hủy trước khi đóng gói."
    ),
    "orders.confirmed": N_("Người bán đang chuẩn bị hàng. Bạn không cần làm gì thêm."),
    "orders.money": N_("Tổng đơn là %(total)s. Trang đơn có mã để chuyển nốt phần còn lại."),
    "orders.money_full": N_("Tổng đơn là %(total)s. Biên nhận có ở trang đơn."),
    "orders.shipped": N_(
        "Hàng đang trên đường, vui lòng để ý điện thoại. Nhận xong, hãy bấm “Tôi đã nhận được "
        "hàng” ở trang đơn."
    ),
    "orders.delivered": N_(
        "Nếu chưa nhận được hàng hoặc hàng có vấn đề, hãy báo ngay ở trang đơn. Ở đó cũng có hành "
        "trình của từng lô hàng và biên nhận."
    ),
    "orders.rest_cut": N_(
        "Lý do có ở trang đơn. Nếu bạn đã trả tiền cho phần này, người bán sẽ hoàn lại. Nếu trả "
        "khi nhận hàng, bạn không phải trả phần này."
    ),
    "orders.back_cut": N_(
        "Nếu bạn đã trả tiền cho hàng trong kiện, người bán sẽ hoàn lại. Nếu trả khi nhận hàng, "
        "bạn không phải trả phần này. Vẫn cần hàng thì hãy đặt đơn mới."
    ),
    "orders.cancelled": N_("Lý do có ở trang đơn. Nếu bạn đã trả tiền, người bán sẽ hoàn lại."),
    "orders.called_off": N_("Nếu bạn đã trả tiền, người bán sẽ hoàn lại."),
    "orders.expired": N_(
        "Hàng đã được trả lại kho. Nếu bạn đã chuyển tiền, tiền sẽ được khớp vào đơn hoặc hoàn lại."
    ),
    "orders.place_kept": N_("Người bán sẽ báo khi hàng về. Ngày giao dự kiến có ở trang đơn."),
    "orders.moved": N_(
        "Ở trang đơn bạn chọn giữ chỗ với ngày mới, hoặc hủy và nhận lại toàn bộ tiền đã trả."
    ),
    "orders.window_cancelled": N_(
        "Lý do có ở trang đơn. Bạn không cần làm gì: tiền đã trả sẽ được hoàn lại toàn bộ."
    ),
    "orders.goods_in": N_(
        "Người bán chuẩn bị gửi. Nếu còn phần tiền chưa trả, trang đơn chỉ cách trả."
    ),
    "orders.refunded": N_("Đó là tổng số tiền đã hoàn cho đơn này. Chi tiết có ở trang đơn."),
}
"""What mail and a telephone call say beyond the title."""

IMPORTANT: Final = frozenset(MESSAGES) - {"orders.thanks", "orders.called_off"}
"""What people act on or wait for: it goes out by mail too."""


def buyers_link(secret_key: str) -> UrlOf:
    """Where a buyer's message leads: the order's page, for guests by its signed link.

    The signature is made when the message goes out, so no row holds it.
    """

    def link(payload: Payload) -> str:
        code = str(payload["code"])
        key = signature(secret_key, "order", code) if payload.get("is_guest") else ""
        return f"/don-hang/{code}?k={key}" if key else f"/don-hang/{code}"

    return link


def producer_nav(actor: Actor) -> list[NavItem]:
    """The desk in the producer's navigation."""
    if not actor.is_producer:
        return []
    return [NavItem(_("Đơn hàng"), url_for("orders.desk"), "truck", order=20)]


def account_nav(_actor: Actor) -> list[NavItem]:
    """A person's own orders."""
    return [NavItem(_("Đơn của tôi"), url_for("orders.mine"), "basket", order=20)]


def producer_todo(db: Session, actor: Actor) -> list[Todo]:
    """What waits on the desk, most urgent first."""
    counts = queries.desk_counts(db, list(actor.producers), clock.now())
    lines = (
        ("to_confirm", _("Đơn chờ xác nhận hoặc chờ tiền"), "phone", False),
        ("to_pack", _("Đơn cần đóng gói"), "box", True),
        ("to_ship", _("Đơn cần gửi đi"), "truck", False),
        ("problems", _("Đơn có vấn đề"), "warning", True),
    )
    waiting = [
        Todo(label, counts[tab], url_for("orders.desk", muc=tab), icon, is_urgent, order=10)
        for tab, label, icon, is_urgent in lines
    ]
    again = queries.count_calls_again(db, list(actor.producers), clock.now())
    url = url_for("orders.desk", muc="to_confirm", goi="1")
    return [Todo(_("Đến giờ gọi lại cho khách"), again, url, "phone", True, order=5), *waiting]


def init_app(app: Flask) -> None:
    """Register messages and fill the slots; doing it again changes nothing."""
    erasing.connect(erase_buyer, weak=False)
    link = buyers_link(app.config["SECRET_KEY"])
    for kind, (title, url) in MESSAGES.items():
        importance: Importance = "important" if kind in IMPORTANT else "normal"
        register_message(
            kind,
            title=title,
            url=link if url == _BUYER_URL else url,
            body=BODIES.get(kind, ""),
            importance=importance,
        )
    PRODUCER_NAV.fill(producer_nav)
    ACCOUNT_NAV.fill(account_nav)
    PRODUCER_TODO.fill(producer_todo)
