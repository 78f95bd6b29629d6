"""The buyer says that the goods have come."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.core import outbox
from shop.orders.models import Order, Shipment
from shop.orders.rules import WrongState
from shop.orders.services.parcels import deliver
from shop.orders.services.parts import buyer_ref, lock_order, notify_producer, tell

ON_THE_WAY = ("shipped", "failed")
"""Parcels that a buyer may hold although nobody has written so: carriers err too."""


def confirm_arrival(db: Session, *, order_id: int, actor_id: int | None, now: datetime) -> Order:
    """The buyer has every parcel that was sent: each is delivered now, paid or not.

    Money is another matter: cash is recorded by whoever took it. The order closes when both are
    there. Saying it again changes nothing. Raises WrongState when nothing was sent.
    """
    order = lock_order(db, order_id)
    if order.fulfilment_state == "delivered":
        return order
    sent = select(Shipment.id).where(Shipment.order_id == order.id, Shipment.state.in_(ON_THE_WAY))
    waiting = db.scalars(sent.order_by(Shipment.id)).all()
    if not waiting or order.state != "confirmed":
        raise WrongState
    tell(db, order, "received", actor_id=actor_id, now=now)
    for shipment_id in waiting:
        deliver(db, order_id=order.id, shipment_id=shipment_id, actor_id=actor_id, now=now)
    outbox.withdraw(db, ref=buyer_ref(order.id), kinds=("orders.delivered",))
    notify_producer(db, order, "received", now=now)
    db.flush()
    return order
