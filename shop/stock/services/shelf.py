"""Which lots may be sold, and taking those off that may not."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, not_, select
from sqlalchemy.orm import Session

from shop.core.clock import today_vn
from shop.stock import rules
from shop.stock.models import LotLevel, StockLevel, StockMovement
from shop.stock.queries import is_sellable_lot
from shop.stock.rules import (
    LotShort,
)
from shop.stock.services.parts import add_on_hand, add_to_lot, record
from shop.traceability.models import Lot


def block_unsellable(db: Session, variant_ids: Collection[int], now: datetime) -> bool:
    """Take unsellable lots' units off, as far as they are not promised; levels are locked."""
    rows = db.execute(
        select(LotLevel.variant_id, LotLevel.lot_id, LotLevel.on_hand)
        .join(Lot, Lot.id == LotLevel.lot_id)
        .where(
            LotLevel.variant_id.in_(variant_ids),
            LotLevel.on_hand > 0,
            not_(is_sellable_lot(today_vn(now))),
        )
        .order_by(LotLevel.variant_id, LotLevel.lot_id)
    ).all()
    is_changed = False
    for variant_id, lot_id, lying in rows:
        free = db.scalar(
            select(StockLevel.on_hand - StockLevel.reserved).where(
                StockLevel.variant_id == variant_id
            )
        )
        units = min(lying, free or 0)
        if units <= 0:
            continue
        add_on_hand(db, variant_id, -units)
        add_to_lot(db, lot_id, variant_id, -units)
        record(
            db,
            variant_id=variant_id,
            quantity=-units,
            reason=rules.LOT_BLOCKED,
            key=lot_key(db, lot_id, "blocked"),
            now=now,
            lot_id=lot_id,
            actor_id=None,
        )
        is_changed = True
    return is_changed


def lot_key(db: Session, lot_id: int, what: str) -> str:
    """A movement key: the lot, what happened, and the how-manieth movement of the lot it is."""
    before = select(func.count()).select_from(StockMovement).where(StockMovement.lot_id == lot_id)
    return f"lot:{lot_id}:{what}:{db.scalar(before)}"


def check_lots(db: Session, variant_id: int, lot_ids: Sequence[int], now: datetime) -> None:
    """Lock the lots, so that a hold waits; raise LotShort when one may not be sold today."""
    if not lot_ids:
        return
    good = db.scalars(
        select(Lot.id)
        .where(Lot.id.in_(lot_ids), Lot.variant_id == variant_id, is_sellable_lot(today_vn(now)))
        .order_by(Lot.id)
        .with_for_update(key_share=True)
    ).all()
    if len(good) != len(lot_ids):
        raise LotShort
