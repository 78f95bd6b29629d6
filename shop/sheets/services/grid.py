"""Saving the grid of price and stock: all cells or none, nobody's newer value overwritten."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalogue.services import bulk
from shop.core.clock import today_vn
from shop.core.errors import Invalid
from shop.sheets import queries
from shop.sheets.rules import grid
from shop.sheets.rules.grid import GridChanged, GridRefused, RowEdit, RowPlan, RowRefused
from shop.sheets.rules.plan import Shelf
from shop.stock import rules as stock_rules
from shop.stock import services as stock
from shop.stock.models import StockMovement


def save_grid(
    db: Session,
    *,
    producer_id: int,
    edits: Sequence[RowEdit],
    count_reason: str,
    submit_key: str,
    actor_id: int,
    now: datetime,
) -> int:
    """Write every changed cell in one go; how many rows changed.

    Raises GridRefused (nothing saved, faults by cell), GridChanged when somebody else changed a
    value meanwhile, Invalid for a reason that is none, NotFound, NotAllowed.
    """
    if count_reason not in stock_rules.TYPED_REASONS:
        raise Invalid(field="reason")
    maker = bulk.take_producer(db, producer_id=producer_id, actor_id=actor_id)
    shelf = queries.shelf(db, producer_id, today=today_vn(now))
    moving = _known(shelf, [edit.variant_id for edit in edits if edit.add or edit.count])
    if _is_saved(db, producer_id, submit_key, moving):
        return 0
    if moving:
        lots = [
            lot.id
            for size in shelf.sizes.values()
            if size.id in moving
            for lot in size.lots.values()
        ]
        stock.lock_for_moves(db, variant_ids=moving, lot_ids=lots)
        shelf = queries.shelf(db, producer_id, today=today_vn(now))
    plans = _plans(shelf, edits)
    values = {variant_id: plan.values for variant_id, plan in plans.items() if plan.values}
    bulk.edit_sizes(db, maker=maker, edits=values, now=now)
    stock.move_many(
        db,
        moves=_moves(plans, producer_id, submit_key, count_reason),
        actor_id=actor_id,
        now=now,
    )
    return sum(1 for plan in plans.values() if plan.values or plan.stock)


def _known(shelf: Shelf, variant_ids: Sequence[int]) -> set[int]:
    own = {size.id for size in shelf.sizes.values()}
    return own & set(variant_ids)


def _key(producer_id: int, submit_key: str, variant_id: int) -> str:
    return f"grid:{producer_id}:{submit_key}:{variant_id}"


def _is_saved(db: Session, producer_id: int, submit_key: str, moving: set[int]) -> bool:
    """A second click: the ledger knows the first one."""
    keys = [_key(producer_id, submit_key, variant_id) for variant_id in moving]
    found = select(StockMovement.id).where(StockMovement.key.in_(keys)).limit(1)
    return db.scalars(found).first() is not None


def _plans(shelf: Shelf, edits: Sequence[RowEdit]) -> dict[int, RowPlan]:
    sizes = {size.id: size for size in shelf.sizes.values()}
    faults: dict[tuple[int, str], grid.Fault] = {}
    is_conflict = True
    plans = {}
    for edit in edits:
        size = sizes.get(edit.variant_id)
        if size is None:
            faults[edit.variant_id, "price"] = (grid.GONE, {})
            continue
        try:
            plans[edit.variant_id] = grid.plan_row(edit, size, shelf.products[size.product_id])
        except RowRefused as refused:
            is_conflict = is_conflict and refused.is_conflict
            faults |= {(edit.variant_id, field): why for field, why in refused.faults.items()}
    if faults:
        raise GridChanged(faults) if is_conflict else GridRefused(faults)
    return plans


def _moves(
    plans: dict[int, RowPlan], producer_id: int, submit_key: str, count_reason: str
) -> list[Any]:
    return [
        stock.Move(
            variant_id=variant_id,
            quantity=plan.stock.units - (plan.stock.old or 0),
            reason=stock_rules.RECEIPT if plan.stock.mode == "add" else count_reason,
            key=_key(producer_id, submit_key, variant_id),
            lot_id=plan.stock.lot_id,
        )
        for variant_id, plan in plans.items()
        if plan.stock is not None
    ]
