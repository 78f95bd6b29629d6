"""Where returns stand on other pages, and what people are told."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, cast

from flask import Flask, current_app, url_for
from sqlalchemy.orm import Session

from config import Settings
from shop.accounts.rules import staff_scope_of
from shop.core.text import N_
from shop.notifications.services import register_message
from shop.orders.models import Order
from shop.orders.signals import order_erased
from shop.orders.slots import DESK_PANELS
from shop.orders.wiring import buyers_link
from shop.returns import queries, rules
from shop.returns.services.erasing import erase_returns
from shop.web.access import Actor, sign
from shop.web.i18n import gettext as _
from shop.web.slots import NavItem, Panel, Todo
from shop.web.workspaces import (
    ORDER_PANELS,
    PRODUCER_NAV,
    PRODUCER_TODO,
    STAFF_NAV,
    STAFF_TODO,
)

FOR_BUYER: Final[Mapping[str, str]] = {
    "returns.more_needed": N_("%(producer)s hỏi thêm về hàng bạn muốn trả, đơn %(code)s"),
    "returns.agreed": N_("%(producer)s đồng ý nhận lại hàng của đơn %(code)s"),
    "returns.refused": N_("%(producer)s không nhận trả hàng của đơn %(code)s"),
    "returns.settled": N_("Việc trả hàng của đơn %(code)s đã giải quyết, tiền sẽ được hoàn"),
    "returns.closed": N_("Cán bộ Đoàn đã khép lại yêu cầu trả hàng của đơn %(code)s"),
    "returns.noted": N_("Cán bộ Đoàn có ý kiến về việc trả hàng của đơn %(code)s"),
}
FOR_PRODUCER: Final[Mapping[str, str]] = {
    "returns.asked": N_("Người mua muốn trả hàng của đơn %(code)s"),
    "returns.answered": N_("Người mua đã trả lời về hàng muốn trả của đơn %(code)s"),
    "returns.withdrawn": N_("Người mua đã rút yêu cầu trả hàng của đơn %(code)s"),
    "returns.appealed": N_("Người mua nhờ cán bộ Đoàn xem việc trả hàng của đơn %(code)s"),
    "returns.closed_desk": N_("Cán bộ Đoàn đã khép lại việc trả hàng của đơn %(code)s"),
    "returns.noted_desk": N_("Cán bộ Đoàn có ý kiến về hàng trả của đơn %(code)s"),
    "returns.settled_desk": N_("Cán bộ Đoàn quyết định hoàn tiền đơn %(code)s"),
}
FOR_STAFF: Final = {
    "returns.appealed_staff": N_("Người mua nhờ xem việc trả hàng của %(producer)s, đơn %(code)s")
}


def declare_messages(secret_key: str) -> None:
    """Tell notifications what returns say; again is harmless."""
    for kind, title in FOR_BUYER.items():
        register_message(
            kind,
            title=title,
            url=buyers_link(secret_key),
            body=N_("Lời nhắn và bước tiếp theo có ở trang đơn."),
            importance="important",
        )
    for titles, url in (
        (FOR_PRODUCER, "/ban-hang/tra-hang/%(ask)s"),
        (FOR_STAFF, "/can-bo/tra-hang/%(ask)s"),
    ):
        for kind, title in titles.items():
            register_message(kind, title=title, url=url, importance="important")


def init_app(app: Flask) -> None:
    """Declare the messages and fill the slots; again is harmless."""
    order_erased.connect(erase_returns, weak=False)
    app.config["RETURN_DAYS"] = cast(Settings, app.extensions["settings"]).return_days
    declare_messages(app.config["SECRET_KEY"])
    ORDER_PANELS.fill(order_panels)
    DESK_PANELS.fill(desk_panels)
    PRODUCER_NAV.fill(_producer_nav)
    PRODUCER_TODO.fill(_producer_todo)
    STAFF_NAV.fill(_staff_nav)
    STAFF_TODO.fill(_staff_todo)


def order_panels(db: Session, order_id: int, now: datetime) -> list[Panel]:
    """The buyer's requests, and the way to make one while it may be made."""
    order = db.get_one(Order, order_id)
    if order.fulfilment_state == "none":
        return []  # nothing has left the house yet
    bought, latest = queries.bought_lines(db, order_id)
    if latest is None:
        return []
    asked = queries.of_order(db, order_id)
    days = current_app.config["RETURN_DAYS"]
    may_ask = (
        rules.is_in_time(latest, now, days)
        and any(line.left for line in bought)
        and not any(one.state in rules.OPEN for one in asked)
    )
    if not asked and not may_ask:
        return []
    code = order.code
    key = sign("order", code)
    context = {
        "rows": [(one, url_for("returns.follow", code=code, ask=one.code, k=key)) for one in asked],
        "ask_url": url_for("returns.ask_form", code=code, k=key) if may_ask else "",
        "states": rules.STATES,
        "days": days,
    }
    return [Panel("returns/order_panel.html", context, is_below=True)]


def desk_panels(db: Session, order_id: int, _now: datetime) -> list[Panel]:
    """The order's return requests on the producer's page."""
    asked = queries.of_order(db, order_id)
    if not asked:
        return []
    context = {
        "rows": [(one, url_for("returns.desk_case", ask=one.code)) for one in asked],
        "ask_url": "",
        "states": rules.STATES,
        "days": 0,
    }
    return [Panel("returns/order_panel.html", context)]


def _producer_nav(actor: Actor) -> list[NavItem]:
    if not actor.is_producer:
        return []
    return [NavItem(_("Trả hàng"), url_for("returns.desk"), "refresh", 22, group="orders")]


def _producer_todo(db: Session, actor: Actor) -> list[Todo]:
    waiting = queries.count_to_answer(db, list(actor.producers))
    url = url_for("returns.desk")
    return [Todo(_("Yêu cầu trả hàng chờ bạn"), waiting, url, "refresh", is_urgent=True)]


def _staff_nav(_actor: Actor) -> list[NavItem]:
    return [NavItem(_("Trả hàng"), url_for("returns.staff_desk"), "refresh", 62, group="orders")]


def _staff_todo(db: Session, actor: Actor) -> list[Todo]:
    waiting = queries.count_appealed(db, staff_scope_of(actor))
    url = url_for("returns.staff_desk")
    return [Todo(_("Trả hàng nhờ cán bộ xem"), waiting, url, "refresh", is_urgent=True)]
