"""Entries that make a lot smaller: destroyed, sold elsewhere. Judged here, taken from stock."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from shop.core.clock import today_vn
from shop.traceability import queries, signals
from shop.traceability.models import Lot
from shop.traceability.rules import balance, lots
from shop.traceability.rules.events import EventKind, Facts


def take(
    db: Session,
    lot: Lot,
    plug: EventKind,
    *,
    before: Mapping[str, Any],
    after: Facts,
    now: datetime,
    actor_id: int,
) -> None:
    """Take what ``after`` says from a locked lot, less what ``before`` had taken already.

    Nothing happens for kinds that take nothing. What is destroyed stands in ``lot.lost`` too, so
    that it can neither be used up nor released. Raises NotSellable, MoreThanMade, OverConsumed, and
    stock's NotEnoughStock.
    """
    if not plug.takes:
        return
    told = {**after.public, **after.inner}
    amount = int(told[plug.takes]) - int(before.get(plug.takes, 0))
    if amount == 0:
        return
    if plug.slug == "destruction":
        _lose(db, lot, amount)
    elif not lots.is_sellable(lot.state, lot.best_before, today_vn(now)):
        raise lots.NotSellable
    if lot.released_at is not None:
        signals.lot_reduced.send(
            "traceability",
            db=db,
            lot=lot,
            units=amount,
            reason=plug.slug,
            key=f"lot:{lot.id}:entry:{lot.head_seq + 1}",
            now=now,
            actor_id=actor_id,
        )


def _lose(db: Session, lot: Lot, amount: int) -> None:
    """One conditional statement; the lot's row is locked, so what was used up stands still."""
    used = queries.used_of(db, lot.id)
    balance.require_enough(
        quantity=lot.quantity,
        used_elsewhere=used + lot.lost,
        asked=amount,
        lot_no=lot.lot_no,
        uom=lot.uom,
    )
    taken = db.execute(
        update(Lot)
        .where(Lot.id == lot.id, Lot.lost + amount <= Lot.quantity, Lot.lost + amount >= 0)
        .values(lost=Lot.lost + amount)
        .returning(Lot.lost)
    ).one_or_none()
    if taken is None:
        raise lots.MoreThanMade(field="quantity", left=lot.quantity - lot.lost, asked=amount)
