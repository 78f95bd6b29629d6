"""Units that come and go: receipts, corrections, stock-takes."""

from datetime import datetime

from sqlalchemy.orm import Session

from shop.core.errors import Invalid
from shop.stock import rules
from shop.stock.services.parts import (
    add_on_hand,
    add_to_lot,
    is_recorded,
    lock_levels,
    lots_fit,
    not_enough,
    publish,
    record,
    units_lying,
)
from shop.stock.services.shelf import block_unsellable
from shop.stock.signals import stock_came_in


def receive(
    db: Session,
    *,
    variant_id: int,
    quantity: int,
    reason: str,
    key: str,
    now: datetime,
    lot_id: int | None = None,
    actor_id: int | None = None,
) -> bool:
    """Add units to what is on hand; says whether they were added.

    ``key`` names the cause: receiving twice with one key adds once. Raises Invalid when the
    quantity is not between 1 and ``rules.MAX_QUANTITY``.
    """
    if not 0 < quantity <= rules.MAX_QUANTITY:
        raise Invalid(field="quantity")
    return move(
        db,
        variant_id=variant_id,
        quantity=quantity,
        reason=reason,
        key=key,
        now=now,
        lot_id=lot_id,
        actor_id=actor_id,
    )


def adjust(
    db: Session,
    *,
    variant_id: int,
    quantity: int,
    reason: str,
    key: str,
    now: datetime,
    lot_id: int | None = None,
    actor_id: int | None = None,
) -> bool:
    """Correct what is on hand by ``quantity`` (negative takes out); once per ``key``.

    Raises NotEnoughStock when units held for orders, or units of lots, would be touched; Invalid
    when the quantity is zero or absurd.
    """
    if quantity == 0 or abs(quantity) > rules.MAX_QUANTITY:
        raise Invalid(field="quantity")
    return move(
        db,
        variant_id=variant_id,
        quantity=quantity,
        reason=reason,
        key=key,
        now=now,
        lot_id=lot_id,
        actor_id=actor_id,
    )


def count_stock(
    db: Session,
    *,
    variant_id: int,
    counted: int,
    reason: str,
    key: str,
    now: datetime,
    lot_id: int | None = None,
    actor_id: int | None = None,
) -> int:
    """Record a stock-take: ``counted`` units lie there (of the lot, or loose); returns the change.

    Raises NotEnoughStock when fewer were counted than are held for orders.
    """
    lock_levels(db, [variant_id])
    if is_recorded(db, key):
        return 0
    change = counted - units_lying(db, variant_id, lot_id)
    if change:
        adjust(
            db,
            variant_id=variant_id,
            quantity=change,
            reason=reason,
            key=key,
            now=now,
            lot_id=lot_id,
            actor_id=actor_id,
        )
    return change


def move(
    db: Session,
    *,
    variant_id: int,
    quantity: int,
    reason: str,
    key: str,
    now: datetime,
    lot_id: int | None,
    actor_id: int | None,
) -> bool:
    with db.begin_nested():
        lock_levels(db, [variant_id])
        is_new = record(
            db,
            variant_id=variant_id,
            quantity=quantity,
            reason=reason,
            key=key,
            now=now,
            lot_id=lot_id,
            actor_id=actor_id,
        )
        if not is_new:
            return False
        add_on_hand(db, variant_id, quantity)
        if lot_id is not None:
            add_to_lot(db, lot_id, variant_id, quantity)
        if quantity < 0 and not lots_fit(db, variant_id):
            raise not_enough(db, variant_id)
        if quantity > 0:
            block_unsellable(db, [variant_id], now)
        publish(db, [variant_id])
        if quantity > 0:
            stock_came_in.send(None, db=db, variant_ids=[variant_id], now=now)
    return True
