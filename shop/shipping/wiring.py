"""How shipping joins an application: tools on the desk of orders, a place in the navigation."""

from collections.abc import Sequence
from datetime import datetime

from flask import Flask, url_for
from sqlalchemy.orm import Session

from shop.orders import signals
from shop.orders.models import Order
from shop.orders.slots import DESK_PANELS, DESK_TOOLS, PARCEL_COD
from shop.shipping.queries import sendings
from shop.shipping.queries.settlements import open_differences
from shop.shipping.rules.papers import KINDS, PAGE_SIZES
from shop.shipping.services.telling import keep_told_amount
from shop.web.access import Actor
from shop.web.i18n import gettext as _
from shop.web.slots import NavItem, Panel, Todo
from shop.web.workspaces import PRODUCER_NAV, PRODUCER_TODO, STAFF_NAV


def init_app(_app: Flask) -> None:
    """Fill the slots; doing it again changes nothing."""
    DESK_TOOLS.fill(desk_tool)
    DESK_PANELS.fill(order_panel)
    PARCEL_COD.fill(parcel_cod)
    signals.parcel_sent.connect(keep_told_amount, weak=False)
    PRODUCER_NAV.fill(producer_nav)
    PRODUCER_TODO.fill(producer_todo)
    STAFF_NAV.fill(staff_nav)


def producer_nav(actor: Actor) -> list[NavItem]:
    """What carriers collected."""
    if not actor.is_producer:
        return []
    return [
        NavItem(
            _("Gửi qua hãng"), url_for("shipping.carriers_file"), "upload", order=22, group="orders"
        ),
        NavItem(
            _("Đối soát COD"), url_for("shipping.settlements"), "wallet", order=23, group="orders"
        ),
    ]


def staff_nav(actor: Actor) -> list[NavItem]:
    """What carriers call places."""
    if not actor.is_staff:
        return []
    return [
        NavItem(_("Địa danh của hãng"), url_for("shipping.areas"), "pin", order=75, group="house")
    ]


def producer_todo(db: Session, actor: Actor) -> list[Todo]:
    """Differences that nobody explained yet."""
    waiting = open_differences(db, list(actor.producers))
    return [
        Todo(
            _("Chênh lệch COD cần xử lý"),
            waiting,
            url_for("shipping.differences"),
            "wallet",
            order=40,
        )
    ]


def desk_tool(_db: Session, tab: str, _now: datetime) -> list[Panel]:
    """Print the chosen orders, or all that wait to be packed."""
    if tab in {"to_confirm", "problems"}:
        return []
    context: dict[str, object] = {
        "kinds": KINDS,
        "sizes": PAGE_SIZES,
        "is_to_pack": tab == "to_pack",
        "is_sendable": tab in {"to_pack", "to_ship"},
    }
    return [Panel("shipping/desk_tool.html", context)]


def order_panel(db: Session, order_id: int, _now: datetime) -> list[Panel]:
    """Papers of one order, once it is confirmed."""
    order = db.get_one(Order, order_id)
    if order.state not in {"confirmed", "completed"}:
        return []
    context: dict[str, object] = {"code": order.code, "kinds": KINDS, "sizes": PAGE_SIZES}
    return [Panel("shipping/order_panel.html", context)]


def parcel_cod(db: Session, orders: Sequence[Order]) -> list[tuple[int, int]]:
    """What each parcel collects, for the desk: (parcel id, đồng)."""
    return [
        (sending.shipment.id, sending.cod_vnd)
        for sending in sendings(db, orders)
        if sending.shipment is not None
    ]
