"""What a buyer says to new dates. Calling off is the order's own verb: all money goes back."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from shop.orders.models import Order
from shop.orders.services.parts import tell
from shop.preorders.models import Preorder
from shop.preorders.rules import NothingToAnswer


def keep_place(db: Session, *, order: Order, actor_id: int | None, now: datetime) -> None:
    """The buyer agrees to the new dates; agreeing twice changes nothing.

    Raises NothingToAnswer when the window ended or its goods are in.
    """
    kept = db.execute(
        update(Preorder)
        .where(Preorder.order_id == order.id, Preorder.state == "held", Preorder.answer == "asked")
        .values(answer="kept")
        .returning(Preorder.order_id)
    ).one_or_none()
    if kept is not None:
        tell(db, order, "kept", now=now, actor_id=actor_id)
        db.flush()
        return
    place = db.get(Preorder, order.id)
    if place is None or place.state != "held" or place.answer != "kept":
        raise NothingToAnswer
