"""What a carrier was told when it took a parcel."""

from typing import Any

from sqlalchemy.orm import Session

from shop.orders.models import Order, Shipment
from shop.shipping.queries.cod import cod_left


def keep_told_amount(
    _sender: object, *, db: Session, order: Order, parcel: Shipment, **_kw: Any
) -> None:
    """Write down what the parcel that leaves now has to collect; later changes leave it alone."""
    parcel.cod_vnd = cod_left(db, [order.id])[parcel.id]
    db.flush()
