"""Where receipts stand on the pages of orders."""

from datetime import datetime

from flask import Flask, url_for
from sqlalchemy.orm import Session

from shop.orders.models import Order
from shop.orders.slots import DESK_PANELS
from shop.web.access import sign
from shop.web.slots import Panel
from shop.web.workspaces import ORDER_PANELS


def init_app(_app: Flask) -> None:
    """Fill the slots; again is harmless."""
    ORDER_PANELS.fill(order_panels)
    DESK_PANELS.fill(desk_panels)


def _code(db: Session, order_id: int) -> str:
    return db.get_one(Order, order_id).code


def order_panels(db: Session, order_id: int, _now: datetime) -> list[Panel]:
    """The link on the buyer's page."""
    code = _code(db, order_id)
    url = url_for("receipts.buyers_receipt", code=code, k=sign("order", code))
    return [Panel("receipts/order_panel.html", {"url": url}, is_below=True)]


def desk_panels(db: Session, order_id: int, _now: datetime) -> list[Panel]:
    """The link on the producer's page."""
    url = url_for("receipts.sellers_receipt", code=_code(db, order_id))
    return [Panel("receipts/order_panel.html", {"url": url}, is_below=True)]
