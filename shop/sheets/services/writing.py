"""Writing a plan: the one transaction in which a sheet's rows become products, sizes and stock.

The producer, the lots and the levels are held first; then the sheet is judged again on what there
is now. Only when that gives the very plan that people saw (same digest) is anything written, so
the dry run and the commit cannot differ.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from shop.catalogue.services import bulk
from shop.core.clock import today_vn
from shop.sheets import queries
from shop.sheets.models import SheetChange, SheetImport
from shop.sheets.rules.judging import judge, product_changes, size_changes
from shop.sheets.rules.plan import Change, Plan, Row, Table
from shop.stock import rules as stock_rules
from shop.stock import services as stock
from shop.stock.models import StockMovement

_REASONS = {"add": stock_rules.RECEIPT, "count": stock_rules.COUNT}


@dataclass(frozen=True)
class Outcome:
    """``plan`` is set when the sheet was judged otherwise than people saw: nothing was written."""

    is_written: bool
    plan: Plan | None = None


def write_plan(
    db: Session,
    *,
    row: SheetImport,
    table: Table,
    seen: Plan,
    actor_id: int,
    translated: Callable[[str], str],
    now: datetime,
) -> Outcome:
    """Judge the sheet again under lock, and write it if it gives the plan that was ``seen``.

    Raises NotAllowed when the person no longer belongs to the producer.
    """
    maker = bulk.take_producer(db, producer_id=row.producer_id, actor_id=actor_id)
    moved = [one for one in seen.rows if one.stock]
    stock.lock_for_moves(
        db,
        variant_ids={one.size_id for one in moved if one.size_id},
        lot_ids={one.stock.lot_id for one in moved if one.stock and one.stock.lot_id},
    )
    shelf = queries.shelf(db, row.producer_id, today=today_vn(now))
    plan = judge(table, shelf, stock_mode=row.stock_mode, translated=translated)
    if plan.digest != row.plan_digest:
        return Outcome(is_written=False, plan=plan)
    _Writing(db, row, maker, now).write(plan)
    return Outcome(is_written=True)


class _Writing:
    """One import being written."""

    def __init__(self, db: Session, row: SheetImport, maker: bulk.Maker, now: datetime) -> None:
        self._db, self._import, self._maker, self._now = db, row, maker, now
        self._changes: list[dict[str, Any]] = []

    def write(self, plan: Plan) -> None:
        """New products, new sizes, edits of both, stock; and what undoing them needs."""
        rows = [row for row in plan.rows if row.status in {"new", "changed"}]
        products = self._create_products(rows)
        self._edit_products(rows)
        sizes = self._add_sizes(rows, products)
        self._edit_sizes(rows)
        self._move_stock(rows, sizes)
        if self._changes:
            self._db.execute(insert(SheetChange), self._changes)

    def _note(
        self, row: Row, kind: str, subject_id: int, before: dict[str, Any], after: dict[str, Any]
    ) -> None:
        self._changes.append(
            {
                "import_id": self._import.id,
                "row_number": row.number,
                "kind": kind,
                "subject_id": subject_id,
                "name": f"{row.sku} {row.name}"[:200],
                "before": before,
                "after": after,
            }
        )

    def _create_products(self, rows: Sequence[Row]) -> dict[str, int]:
        """Drafts, by the plan's key of a new product."""
        values: dict[str, dict[str, Any]] = {}
        first: dict[str, Row] = {}
        for row in rows:
            if row.product.startswith("new:"):
                first.setdefault(row.product, row)
                values.setdefault(row.product, {}).update(_news(product_changes(row)))
        ids = bulk.create_products(
            self._db,
            maker=self._maker,
            products=[
                bulk.NewProduct(
                    name=given["name"],
                    subgroup=given["subgroup"],
                    facts={k: v for k, v in given.items() if k not in {"name", "subgroup"}},
                )
                for given in values.values()
            ],
            now=self._now,
        )
        made = dict(zip(values, ids, strict=True))
        for key, product_id in made.items():
            self._note(first[key], "product_new", product_id, {}, values[key])
        return made

    def _edit_products(self, rows: Sequence[Row]) -> None:
        edits: dict[int, dict[str, Any]] = {}
        for row in rows:
            changes = product_changes(row) if row.product.startswith("id:") else ()
            product_id = int(row.product[3:]) if changes else 0
            fresh = [one for one in changes if one.field not in edits.get(product_id, {})]
            if fresh:
                edits.setdefault(product_id, {}).update(_news(fresh))
                self._note(row, "product", product_id, _olds(fresh), _news(fresh))
        bulk.edit_products(self._db, maker=self._maker, edits=edits, now=self._now)

    def _add_sizes(self, rows: Sequence[Row], products: dict[str, int]) -> dict[str, int]:
        """New sizes, by SKU."""
        new = [row for row in rows if row.status == "new"]
        ids = bulk.add_sizes(
            self._db,
            maker=self._maker,
            sizes=[
                bulk.NewSize(
                    product_id=products.get(row.product) or int(row.product[3:]),
                    values={"sku": row.sku, **_news(size_changes(row))},
                )
                for row in new
            ],
            now=self._now,
        )
        for row, variant_id in zip(new, ids, strict=True):
            self._note(row, "variant_new", variant_id, {}, _news(size_changes(row)))
        return {row.sku: variant_id for row, variant_id in zip(new, ids, strict=True)}

    def _edit_sizes(self, rows: Sequence[Row]) -> None:
        edits: dict[int, dict[str, Any]] = {}
        for row in rows:
            changes = size_changes(row)
            if row.size_id is not None and changes:
                edits[row.size_id] = _news(changes)
                self._note(row, "variant", row.size_id, _olds(changes), _news(changes))
        bulk.edit_sizes(self._db, maker=self._maker, edits=edits, now=self._now)

    def _move_stock(self, rows: Sequence[Row], sizes: dict[str, int]) -> None:
        fresh = {sizes[row.sku] for row in rows if row.stock and row.sku in sizes}
        stock.lock_for_moves(self._db, variant_ids=fresh, lot_ids=())
        moves = []
        for row in rows:
            if row.stock is None:
                continue
            variant_id = row.size_id or sizes[row.sku]
            quantity = row.stock.units - (row.stock.old or 0)
            move = stock.Move(
                variant_id=variant_id,
                quantity=quantity,
                reason=_REASONS[row.stock.mode],
                key=movement_key(self._import.id, row.number),
                lot_id=row.stock.lot_id,
            )
            moves.append(move)
            after = {"quantity": quantity, "lot_id": row.stock.lot_id, "key": move.key}
            self._note(row, "stock", variant_id, {}, after)
        stock.move_many(self._db, moves=moves, actor_id=self._maker.actor_id, now=self._now)


def movement_key(import_id: int, row_number: int) -> str:
    """The ledger's name for the stock of one row of an import."""
    return f"sheet:{import_id}:{row_number}"


def movement_ids(db: Session, keys: Sequence[str]) -> dict[str, int]:
    """Ledger entries by key."""
    rows = db.execute(
        select(StockMovement.key, StockMovement.id).where(StockMovement.key.in_(keys))
    )
    return {key: movement_id for key, movement_id in rows}  # noqa: C416 - a Row is no plain pair


def _news(changes: Sequence[Change]) -> dict[str, Any]:
    return {change.field: change.new for change in changes}


def _olds(changes: Sequence[Change]) -> dict[str, Any]:
    return {change.field: change.old for change in changes}
