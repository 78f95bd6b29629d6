"""Lots on and off the shelf."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.stock import rules
from shop.stock.models import StockMovement
from shop.stock.services.moving import receive
from shop.stock.services.parts import lock_levels, publish
from shop.stock.services.shelf import block_unsellable, lot_key


def put_lot_on_sale(
    db: Session,
    *,
    lot_id: int,
    variant_id: int,
    quantity: int,
    now: datetime,
    actor_id: int | None = None,
) -> None:
    """A lot was released: its units come in; or, after a hold, those taken out come back."""
    lock_levels(db, [variant_id])
    is_new = receive(
        db,
        variant_id=variant_id,
        quantity=quantity,
        reason=rules.LOT_RELEASED,
        key=f"lot:{lot_id}",
        now=now,
        lot_id=lot_id,
        actor_id=actor_id,
    )
    if is_new:
        return
    taken_out = db.scalar(
        select(func.coalesce(func.sum(StockMovement.quantity), 0)).where(
            StockMovement.lot_id == lot_id,
            StockMovement.reason.in_((rules.LOT_BLOCKED, rules.LOT_BACK)),
        )
    )
    if taken_out:
        receive(
            db,
            variant_id=variant_id,
            quantity=-int(taken_out),
            reason=rules.LOT_BACK,
            key=lot_key(db, lot_id, "back"),
            now=now,
            lot_id=lot_id,
            actor_id=actor_id,
        )


def block_lots(db: Session, *, variant_ids: Collection[int], now: datetime) -> None:
    """Take units of held, recalled, closed and expired lots out of what can be sold.

    Units already held for orders stay until the order is packed from another lot or gives them
    back; packing refuses the blocked lot.
    """
    lock_levels(db, variant_ids)
    if block_unsellable(db, variant_ids, now):
        publish(db, variant_ids)
