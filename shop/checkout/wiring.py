"""How checkout joins an application: vouchers follow the orders' lives, the header counts."""

from datetime import datetime
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from shop.checkout import routes, services
from shop.checkout.panels import delivery_panels
from shop.checkout.services.erasing import erase_voucher_user
from shop.core.text import N_
from shop.orders import signals
from shop.orders.models import Order
from shop.orders.slots import DESK_PANELS
from shop.web.actor import Actor
from shop.web.i18n import gettext
from shop.web.slots import NavItem
from shop.web.workspaces import ORDER_PANELS, PRODUCER_NAV


def give_voucher_back(
    _sender: object, *, db: Session, order: Order, now: datetime, **_more: Any
) -> None:
    """An order ended without a sale: its voucher counts as unused again."""
    services.release_voucher(db, order_id=order.id, now=now)


def init_app(app: Flask) -> None:
    """Connect the signals, tell templates about the basket; may be called for several apps."""
    signals.order_cancelled.connect(give_voucher_back, weak=False)
    signals.order_expired.connect(give_voucher_back, weak=False)
    signals.order_erased.connect(erase_voucher_user, weak=False)
    ORDER_PANELS.fill(delivery_panels)
    DESK_PANELS.fill(delivery_panels)
    PRODUCER_NAV.fill(_producer_pages)
    app.context_processor(routes.init_context)


def _producer_pages(actor: Actor) -> list[NavItem]:
    if not actor.is_producer:
        return []
    seller = min(actor.producers)
    return [
        NavItem(
            gettext(N_("Giao hàng")), f"/ban-hang/giao-hang/{seller}", "truck", 62, group="orders"
        ),
        NavItem(
            gettext(N_("Các mã giảm giá")),
            f"/ban-hang/ma-giam-gia/{seller}",
            "tag",
            63,
            group="market",
        ),
    ]
