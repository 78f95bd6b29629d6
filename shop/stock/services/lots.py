"""Lots on and off the shelf."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from shop.core.errors import Invalid
from shop.stock import rules
from shop.stock.queries import blocked_units
from shop.stock.services.moving import adjust, receive
from shop.stock.services.parts import lock_levels, publish, record
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
    blocked = blocked_units(db, [lot_id]).get(lot_id, 0)
    if blocked:
        receive(
            db,
            variant_id=variant_id,
            quantity=blocked,
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


def leave_lot(
    db: Session,
    *,
    lot_id: int,
    variant_id: int,
    units: int,
    reason: str,
    key: str,
    now: datetime,
    actor_id: int | None = None,
) -> None:
    """Units of a lot are gone, not by an order: destroyed, sold at a stall. Negative: given back.

    Of a lot that is held, recalled or expired those that were taken off the shelf go first, so that
    they do not come back when it is released again. Raises NotEnoughStock.
    """
    lock_levels(db, [variant_id])
    off_shelf = min(max(units, 0), blocked_units(db, [lot_id]).get(lot_id, 0))
    if off_shelf:
        for why, change in ((rules.LOT_BACK, off_shelf), (reason, -off_shelf)):
            record(
                db,
                variant_id=variant_id,
                quantity=change,
                reason=why,
                key=f"{key}:{why}",
                now=now,
                lot_id=lot_id,
                actor_id=actor_id,
            )
    if units != off_shelf:
        adjust(
            db,
            variant_id=variant_id,
            quantity=off_shelf - units,
            reason=reason,
            key=key,
            now=now,
            lot_id=lot_id,
            actor_id=actor_id,
        )


def bring_back(
    db: Session,
    *,
    variant_id: int,
    lot_id: int | None,
    restock: int,
    write_off: int,
    reason: str,
    key: str,
    now: datetime,
    actor_id: int | None = None,
) -> bool:
    """Units that had left come back into their lot: to be sold again, or to be written off.

    Both stand in the ledger; what is written off comes and goes in one step. Units of a lot that
    may not be sold are held back at once. Once per ``key``; says whether it was new. Raises
    Invalid.
    """
    if restock < 0 or write_off < 0 or not 0 < restock + write_off <= rules.MAX_QUANTITY:
        raise Invalid(field="quantity")
    lock_levels(db, [variant_id])
    is_new = True
    if write_off:
        for why, change in ((reason, write_off), (rules.WRITTEN_OFF, -write_off)):
            is_new = record(
                db,
                variant_id=variant_id,
                quantity=change,
                reason=why,
                key=f"{key}:lost:{'in' if change > 0 else 'out'}",
                now=now,
                lot_id=lot_id,
                actor_id=actor_id,
            )
    if restock:
        is_new = receive(
            db,
            variant_id=variant_id,
            quantity=restock,
            reason=reason,
            key=f"{key}:in",
            now=now,
            lot_id=lot_id,
            actor_id=actor_id,
        )
    return is_new
