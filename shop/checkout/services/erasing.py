"""Who used a voucher is forgotten; that it was used stays."""

from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from shop.checkout.models import VoucherRedemption
from shop.orders.models import Order


def erase_voucher_user(_sender: object, *, db: Session, order: Order, **_more: Any) -> None:
    """Take the digest of the phone number off the order's redemptions."""
    db.execute(
        update(VoucherRedemption)
        .where(VoucherRedemption.order_id == order.id)
        .values(person_key=f"erased:{order.id}")
    )
