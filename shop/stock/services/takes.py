"""Stock-take: a sheet of piles, counted by several people, written to the ledger once.

What a count corrects is the difference at the moment of counting, so what is sold between counting
and writing stays right. A pile that somebody else corrected meanwhile is refused, so that two
counts of one loss never take it off twice.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from shop.accounts.services import record_audit
from shop.core.clock import today_vn
from shop.core.errors import Invalid, NotFound
from shop.stock import rules
from shop.stock.models import LotLevel, StockLevel, StockMovement, StockTake, StockTakeLine
from shop.stock.queries import piles_of
from shop.stock.rules import Count, NothingCounted, NothingToCount, TakeClosed, TakeFaults
from shop.stock.services.bulk import Move, lock_for_moves, move_many
from shop.stock.services.parts import lock_levels
from shop.stock.signals import stock_came_in

Pile = tuple[int, int | None]
"""A variant and a lot of it (None: units in no lot)."""


def open_take(
    db: Session,
    *,
    producer_id: int,
    product_id: int | None,
    submit_key: str,
    actor_id: int,
    now: datetime,
) -> StockTake:
    """A sheet with every pile of the producer (or of one product); once per ``submit_key``.

    Lots that may not be sold are not on it: what lies in them is not in the book.
    Raises NothingToCount, TakeTooLong.
    """
    known = db.scalar(select(StockTake).where(StockTake.submit_key == submit_key))
    if known is not None:
        if known.producer_id != producer_id:
            raise NotFound
        return known
    piles = piles_of(db, producer_id, product_id, today_vn(now))
    if not piles:
        raise NothingToCount
    if len(piles) > rules.MAX_TAKE_LINES:
        raise rules.TakeTooLong(most=rules.MAX_TAKE_LINES)
    take = StockTake(
        producer_id=producer_id, submit_key=submit_key, opened_by=actor_id, opened_at=now
    )
    db.add(take)
    db.flush()
    db.add_all(
        StockTakeLine(take_id=take.id, variant_id=variant_id, lot_id=lot_id)
        for variant_id, lot_id in piles
    )
    db.flush()
    return take


def save_counts(
    db: Session, *, take_id: int, counts: Collection[Count], actor_id: int, now: datetime
) -> int:
    """Write figures on the sheet, each beside what the book says right now; how many were written.

    Raises TakeClosed, NotFound for a line of another sheet, Invalid.
    """
    _lock_open(db, take_id)
    lines = {
        line.id: line
        for line in db.scalars(
            select(StockTakeLine)
            .where(StockTakeLine.take_id == take_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    }
    for count in counts:
        if count.line_id not in lines:
            raise NotFound
        if count.counted is not None and not 0 <= count.counted <= rules.MAX_QUANTITY:
            raise Invalid(field=f"dem_{count.line_id}")
        if count.reason not in rules.TYPED_REASONS:
            raise Invalid(field=f"ly_do_{count.line_id}")
    touched = [lines[count.line_id] for count in counts]
    lock_levels(db, [line.variant_id for line in touched])
    booked, seen = _book(db, touched), _newest(db, touched)
    for count in counts:
        line = lines[count.line_id]
        pile = (line.variant_id, line.lot_id)
        is_counted = count.counted is not None
        line.counted = count.counted
        line.booked = booked[pile] if is_counted else None
        line.seen_movement_id = seen.get(pile, 0)
        line.reason = count.reason
        line.counted_by = actor_id if is_counted else None
        line.counted_at = now if is_counted else None
    db.flush()
    return len(touched)


def confirm_take(db: Session, *, take_id: int, actor_id: int, now: datetime) -> int:
    """Write the differences to the ledger, all or none, once; how many piles were corrected.

    Raises TakeClosed, NothingCounted, TakeFaults with the lines that cannot be written.
    """
    take = _lock_open(db, take_id)
    lines = db.scalars(
        select(StockTakeLine)
        .where(StockTakeLine.take_id == take.id, StockTakeLine.counted.is_not(None))
        .order_by(StockTakeLine.variant_id, StockTakeLine.id)
        .execution_options(populate_existing=True)
    ).all()
    if not lines:
        raise NothingCounted
    changed = [line for line in lines if line.counted != line.booked]
    lock_for_moves(
        db,
        variant_ids=sorted({line.variant_id for line in changed}),
        lot_ids=sorted({line.lot_id for line in changed if line.lot_id is not None}),
    )
    faults = _corrected_since(db, changed) | _below_promised(db, changed)
    if faults:
        raise TakeFaults(faults)
    moves = [
        Move(
            variant_id=line.variant_id,
            quantity=difference(line),
            reason=line.reason,
            key=f"stock_take_line:{line.id}",
            lot_id=line.lot_id,
        )
        for line in changed
    ]
    move_many(db, moves=moves, actor_id=actor_id, now=now)
    _close(db, take, "done", actor_id, now)
    grown = sorted({move.variant_id for move in moves if move.quantity > 0})
    if grown:
        stock_came_in.send(None, db=db, variant_ids=grown, now=now)
    return len(moves)


def drop_take(db: Session, *, take_id: int, actor_id: int, now: datetime) -> None:
    """Throw the sheet away; the ledger stays as it is. Raises TakeClosed."""
    _close(db, _lock_open(db, take_id), "dropped", actor_id, now)


def difference(line: StockTakeLine) -> int:
    """What the book lacked (positive) or had too many of when the pile was counted."""
    return (line.counted or 0) - (line.booked or 0)


def _lock_open(db: Session, take_id: int) -> StockTake:
    take = db.scalar(
        select(StockTake)
        .where(StockTake.id == take_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if take is None:
        raise NotFound
    if take.state != "open":
        raise TakeClosed
    return take


def _close(db: Session, take: StockTake, state: str, actor_id: int, now: datetime) -> None:
    """One statement decides who closes it."""
    closed = db.execute(
        update(StockTake)
        .where(StockTake.id == take.id, StockTake.state == "open")
        .values(state=state, closed_by=actor_id, closed_at=now)
        .returning(StockTake.id)
    )
    if closed.one_or_none() is None:
        raise TakeClosed
    record_audit(
        db,
        actor_id=actor_id,
        action=f"stock.take_{state}",
        subject_kind="producer",
        subject_id=take.producer_id,
        now=now,
        detail={"take": take.id},
    )


def _book(db: Session, lines: Sequence[StockTakeLine]) -> Mapping[Pile, int]:
    """What the book says of each pile (the levels are locked)."""
    variants = {line.variant_id for line in lines}
    book: dict[Pile, int] = {}
    in_lots: dict[int, int] = {}
    for level in db.execute(
        select(LotLevel.variant_id, LotLevel.lot_id, LotLevel.on_hand).where(
            LotLevel.variant_id.in_(variants)
        )
    ):
        book[level.variant_id, level.lot_id] = level.on_hand
        in_lots[level.variant_id] = in_lots.get(level.variant_id, 0) + level.on_hand
    on_hand = {
        row.variant_id: row.on_hand
        for row in db.execute(
            select(StockLevel.variant_id, StockLevel.on_hand).where(
                StockLevel.variant_id.in_(variants)
            )
        )
    }
    for variant_id in variants:
        book[variant_id, None] = on_hand.get(variant_id, 0) - in_lots.get(variant_id, 0)
    return {pile: book.get(pile, 0) for pile in {(line.variant_id, line.lot_id) for line in lines}}


def _newest(
    db: Session, lines: Sequence[StockTakeLine], *, corrections_only: bool = False
) -> dict[Pile, int]:
    """Each pile's newest movement; of corrections by people only, if asked."""
    newest = (
        select(StockMovement.variant_id, StockMovement.lot_id, func.max(StockMovement.id))
        .where(StockMovement.variant_id.in_({line.variant_id for line in lines}))
        .group_by(StockMovement.variant_id, StockMovement.lot_id)
    )
    if corrections_only:
        newest = newest.where(StockMovement.reason.in_(rules.TYPED_REASONS))
    return {(variant_id, lot_id): found for variant_id, lot_id, found in db.execute(newest)}


def _corrected_since(db: Session, lines: Sequence[StockTakeLine]) -> dict[int, str]:
    newest = _newest(db, lines, corrections_only=True)
    return {
        line.id: rules.CORRECTED_SINCE
        for line in lines
        if newest.get((line.variant_id, line.lot_id), 0) > line.seen_movement_id
    }


def _below_promised(db: Session, lines: Sequence[StockTakeLine]) -> dict[int, str]:
    """Lines whose pile, or whose variant, would not bear what they take away."""
    book = _book(db, lines)
    change: dict[int, int] = {}
    for line in lines:
        change[line.variant_id] = change.get(line.variant_id, 0) + difference(line)
    short = {
        row.variant_id
        for row in db.execute(
            select(StockLevel.variant_id, StockLevel.on_hand, StockLevel.reserved).where(
                StockLevel.variant_id.in_(change)
            )
        )
        if row.on_hand + change[row.variant_id] < row.reserved
    }
    return {
        line.id: rules.BELOW_PROMISED
        for line in lines
        if difference(line) < 0
        and (line.variant_id in short or book[line.variant_id, line.lot_id] + difference(line) < 0)
    }
