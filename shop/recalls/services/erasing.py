"""What was noted about a buyer on the telephone goes; that they were told stays."""

from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from shop.orders.models import Order
from shop.recalls.models import RecallBuyer


def erase_notes(_sender: object, *, db: Session, order: Order, **_more: Any) -> None:
    """Empty the notes on the buyer of this order."""
    db.execute(update(RecallBuyer).where(RecallBuyer.order_id == order.id).values(note=""))
