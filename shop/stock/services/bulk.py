"""Many movements in one transaction, for sheets: the same ledger and checks in few statements.

The caller locks first (``lock_for_moves``), judges, and then moves.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.core.db import insert_into
from shop.core.errors import Conflict
from shop.stock.models import LotLevel, StockLevel, StockMovement
from shop.stock.services.parts import lock_levels, publish
from shop.traceability.models import Lot

_CHUNK = 500


@dataclass(frozen=True)
class Move:
    """Units that come (positive) or go; ``key`` names the cause, so that it counts once."""

    variant_id: int
    quantity: int
    reason: str
    key: str
    lot_id: int | None = None


def lock_for_moves(db: Session, *, variant_ids: Collection[int], lot_ids: Collection[int]) -> None:
    """Hold lots, then levels (made where there were none), in order of id."""
    db.execute(
        select(Lot.id).where(Lot.id.in_(lot_ids)).order_by(Lot.id).with_for_update(key_share=True)
    ).all()
    for start in range(0, len(variant_ids), _CHUNK):
        chunk = sorted(variant_ids)[start : start + _CHUNK]
        db.execute(
            insert_into(db, StockLevel)
            .values([{"variant_id": one, "on_hand": 0, "reserved": 0} for one in chunk])
            .on_conflict_do_nothing(index_elements=["variant_id"])
        )
    lock_levels(db, variant_ids)


def move_many(db: Session, *, moves: Sequence[Move], actor_id: int, now: datetime) -> None:
    """Record the movements and change the levels, all or none; a known key counts no second time.

    Raises Conflict when a level or a lot would not bear it: the caller judged under the same locks,
    so this is the second line of defence.
    """
    try:
        with db.begin_nested():
            written = _record(db, moves, actor_id, now)
            fresh = [move for move in moves if move.key in written]
            if not fresh:
                return
            _change_levels(db, fresh)
            _change_lots(db, [move for move in fresh if move.lot_id is not None])
            _require_lots_fit(db, {move.variant_id for move in fresh})
    except IntegrityError:
        raise Conflict from None
    publish(db, {move.variant_id for move in fresh})


def _record(db: Session, moves: Sequence[Move], actor_id: int, now: datetime) -> set[str]:
    """The keys that were not known."""
    written: set[str] = set()
    for start in range(0, len(moves), _CHUNK):
        rows = [
            {
                "variant_id": move.variant_id,
                "lot_id": move.lot_id,
                "quantity": move.quantity,
                "reason": move.reason,
                "key": move.key,
                "actor_id": actor_id,
                "at": now,
            }
            for move in moves[start : start + _CHUNK]
        ]
        written.update(
            db.scalars(
                insert_into(db, StockMovement)
                .values(rows)
                .on_conflict_do_nothing(index_elements=["key"])
                .returning(StockMovement.key)
            )
        )
    return written


def _change_levels(db: Session, moves: Sequence[Move]) -> None:
    """The CHECK of the table keeps what is held: reserved <= on_hand."""
    sums: dict[int, int] = {}
    for move in moves:
        sums[move.variant_id] = sums.get(move.variant_id, 0) + move.quantity
    db.connection().execute(
        update(StockLevel)
        .where(StockLevel.variant_id == bindparam("of"))
        .values(on_hand=StockLevel.on_hand + bindparam("more")),
        [{"of": variant_id, "more": more} for variant_id, more in sorted(sums.items())],
    )


def _change_lots(db: Session, moves: Sequence[Move]) -> None:
    if not moves:
        return
    db.connection().execute(
        update(LotLevel)
        .where(LotLevel.lot_id == bindparam("of"))
        .values(on_hand=LotLevel.on_hand + bindparam("more")),
        [{"of": move.lot_id, "more": move.quantity} for move in moves],
    )


def _require_lots_fit(db: Session, variant_ids: Collection[int]) -> None:
    """The lots of a size together hold no more than is on hand."""
    lying = (
        select(LotLevel.variant_id, func.sum(LotLevel.on_hand).label("units"))
        .where(LotLevel.variant_id.in_(variant_ids))
        .group_by(LotLevel.variant_id)
        .subquery()
    )
    wrong = db.scalars(
        select(StockLevel.variant_id)
        .join(lying, lying.c.variant_id == StockLevel.variant_id)
        .where(lying.c.units > StockLevel.on_hand)
        .limit(1)
    ).first()
    if wrong is not None:
        raise Conflict
