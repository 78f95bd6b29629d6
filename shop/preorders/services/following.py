"""What the lives of orders do to their places: given back, taken again, filled."""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shop.core.clock import today_vn
from shop.orders import signals
from shop.orders.models import Order
from shop.orders.slots import PLACES_AGAIN
from shop.preorders.models import Preorder, ShipWindow
from shop.preorders.services.turning import fill_place


def connect_signals() -> None:
    """Follow the orders' lives. Connecting twice is connecting once."""
    for ended in (signals.order_cancelled, signals.order_expired):
        ended.connect(give_place_back, weak=False)
    signals.order_confirmed.connect(follow_confirmed, weak=False)
    PLACES_AGAIN.fill(take_again)


def give_place_back(
    _sender: object, *, db: Session, order: Order, now: datetime, **_more: Any
) -> None:
    """An order ended before its goods came: its places may be taken by others, once."""
    if not order.awaits_goods:
        return
    freed = db.execute(
        update(Preorder)
        .where(Preorder.order_id == order.id, Preorder.state == "held")
        .values(state="ended")
        .returning(Preorder.window_id, Preorder.quantity)
    ).one_or_none()
    if freed is not None:
        db.execute(
            update(ShipWindow)
            .where(ShipWindow.id == freed.window_id)
            .values(taken=ShipWindow.taken - freed.quantity)
        )


def take_again(db: Session, order_id: int, now: datetime) -> list[bool]:
    """Late money: whether there is still room for the order in its window; if so it has it."""
    place = db.scalar(
        select(Preorder)
        .where(Preorder.order_id == order_id)
        .execution_options(populate_existing=True)
    )
    if place is None or place.state != "ended":
        return []
    taken = db.execute(
        update(ShipWindow)
        .where(
            ShipWindow.id == place.window_id,
            ShipWindow.state == "open",
            ShipWindow.to_on >= today_vn(now),
            ShipWindow.taken + place.quantity <= ShipWindow.capacity,
        )
        .values(taken=ShipWindow.taken + place.quantity)
        .returning(ShipWindow.id)
    ).one_or_none()
    if taken is not None:
        place.state = "held"
        db.flush()
    return [taken is not None]


def follow_confirmed(
    _sender: object, *, db: Session, order: Order, now: datetime, **_more: Any
) -> None:
    """An order confirmed after its harvest came in gets its goods at once, if they are there."""
    if not order.awaits_goods:
        return
    state = db.scalar(
        select(ShipWindow.state)
        .join(Preorder, Preorder.window_id == ShipWindow.id)
        .where(Preorder.order_id == order.id)
    )
    if state == "arrived":
        fill_place(db, order=order, actor_id=None, now=now)
