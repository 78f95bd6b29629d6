"""Undoing an import within a day: exactly what it wrote goes back, nothing else is touched.

Each written thing is undone if it still is as the import left it, and left alone, with the reason,
when somebody changed it since. Stock goes back through the ledger by the same number of units: a
sale in between is no change of the books, but what it took is not there to be taken back.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.catalogue.models import ProductPhoto
from shop.catalogue.services import bulk
from shop.core.clock import today_vn
from shop.core.text import N_
from shop.sheets import queries
from shop.sheets.models import SheetChange, SheetImport
from shop.sheets.rules.plan import ProductNow, Shelf, SizeNow
from shop.sheets.services.writing import movement_ids
from shop.stock import rules as stock_rules
from shop.stock import services as stock
from shop.stock.models import StockMovement

CHANGED_SINCE: Final = N_("Đã được sửa sau lần nhập này.")
SOLD_SINCE: Final = N_("Không đủ hàng để trừ lại: đã bán hoặc đang giữ cho đơn.")
COUNTED_SINCE: Final = N_("Kho đã được kiểm kê hoặc sửa lại sau lần nhập này.")
LOT_STOPPED: Final = N_("Lô này không còn được bán nên không trả hàng vào lô.")
GONE: Final = N_("Không còn nữa.")
IN_USE: Final = N_(
    "Đã dùng ở nơi khác (ảnh, lô, đơn hoặc sổ kho) nên không xóa. Hãy tự cất nếu cần."
)
WAITS: Final = N_("Sản phẩm đang chờ duyệt hoặc đã cất nên không sửa được.")


def undo_changes(db: Session, *, row: SheetImport, actor_id: int, now: datetime) -> None:
    """Take back what the import wrote, as far as nobody changed it since.

    Raises NotAllowed when the person no longer belongs to the producer.
    """
    maker = bulk.take_producer(db, producer_id=row.producer_id, actor_id=actor_id)
    changes = list(
        db.scalars(
            select(SheetChange)
            .where(SheetChange.import_id == row.id, SheetChange.undo == "open")
            .order_by(SheetChange.id)
        )
    )
    moved = [change for change in changes if change.kind == "stock"]
    stock.lock_for_moves(
        db,
        variant_ids={change.subject_id for change in moved},
        lot_ids={change.after["lot_id"] for change in moved if change.after["lot_id"]},
    )
    shelf = queries.shelf(db, row.producer_id, today=today_vn(now))
    undoing = _Undoing(db, maker, shelf, now)
    by_kind: dict[str, list[SheetChange]] = {}
    for change in changes:
        by_kind.setdefault(change.kind, []).append(change)
    undoing.stock(moved)
    undoing.sizes(by_kind.get("variant", []))
    undoing.products(by_kind.get("product", []))
    undoing.new_things(by_kind.get("variant_new", []), by_kind.get("product_new", []))
    db.flush()


def _refuse(change: SheetChange, note: str) -> None:
    change.undo, change.undo_note = "refused", note


class _Undoing:
    """One import being undone, on the shelf as it is now."""

    def __init__(self, db: Session, maker: bulk.Maker, shelf: Shelf, now: datetime) -> None:
        self._db, self._maker, self._shelf, self._now = db, maker, shelf, now
        self._sizes = {size.id: size for size in shelf.sizes.values()}

    def stock(self, changes: Sequence[SheetChange]) -> None:
        """Take out what came in, put back what a stock-take took out."""
        ours = movement_ids(self._db, [change.after["key"] for change in changes])
        later = self._later_corrections([change.subject_id for change in changes])
        free = {size.id: size.on_hand - size.reserved for size in self._sizes.values()}
        moves = []
        for change in changes:
            size, key = self._sizes.get(change.subject_id), change.after["key"]
            if size is None:
                _refuse(change, GONE)
                continue
            if later.get(size.id, 0) > ours.get(key, 0):
                _refuse(change, COUNTED_SINCE)
                continue
            quantity, lot_id = change.after["quantity"], change.after["lot_id"]
            obstacle = _obstacle(size, lot_id, quantity, free[size.id])
            if obstacle:
                _refuse(change, obstacle)
                continue
            free[size.id] -= quantity
            change.undo = "done"
            moves.append(stock.Move(size.id, -quantity, "other", f"{key}:undo", lot_id))
        stock.move_many(self._db, moves=moves, actor_id=self._maker.actor_id, now=self._now)

    def _later_corrections(self, variant_ids: Sequence[int]) -> Mapping[int, int]:
        """The last stock-take or correction of each size."""
        rows = self._db.execute(
            select(StockMovement.variant_id, func.max(StockMovement.id))
            .where(
                StockMovement.variant_id.in_(variant_ids),
                StockMovement.reason.in_(stock_rules.TYPED_REASONS),
            )
            .group_by(StockMovement.variant_id)
        )
        return {variant_id: last for variant_id, last in rows}  # noqa: C416 - a Row is no plain pair

    def sizes(self, changes: Sequence[SheetChange]) -> None:
        """Old prices, weights and words of sizes."""
        edits: dict[int, dict[str, Any]] = {}
        for change in changes:
            size = self._sizes.get(change.subject_id)
            if size is None or self._is_put_away(size):
                _refuse(change, GONE if size is None else WAITS)
            elif _differs(size.values, change.after):
                _refuse(change, CHANGED_SINCE)
            else:
                edits[size.id] = dict(change.before)
                change.undo = "done"
        bulk.edit_sizes(self._db, maker=self._maker, edits=edits, now=self._now)

    def _is_put_away(self, size: SizeNow) -> bool:
        return self._shelf.products[size.product_id].state == "archived"

    def products(self, changes: Sequence[SheetChange]) -> None:
        """Old texts and facts of products; of a published one in its revision."""
        edits: dict[int, dict[str, Any]] = {}
        for change in changes:
            product = self._shelf.products.get(change.subject_id)
            if product is None:
                _refuse(change, GONE)
            elif product.state in {"submitted", "archived"}:
                _refuse(change, WAITS)
            elif _differs(product.values, change.after):
                _refuse(change, CHANGED_SINCE)
            else:
                edits.setdefault(product.id, {}).update(change.before)
                change.undo = "done"
        bulk.edit_products(self._db, maker=self._maker, edits=edits, now=self._now)

    def new_things(self, sizes: Sequence[SheetChange], products: Sequence[SheetChange]) -> None:
        """Delete the drafts and sizes the import made, where nothing else stands on them."""
        made = {change.subject_id: change for change in products}
        inside: dict[int, list[SheetChange]] = {}
        for change in sizes:
            size = self._sizes.get(change.subject_id)
            if size is None:
                _refuse(change, GONE)
            else:
                inside.setdefault(size.product_id, []).append(change)
        pictured = self._pictured(made)
        for product_id, members in inside.items():
            whole = made.get(product_id)
            product = self._shelf.products[product_id]
            if whole is not None and self._is_untouched(product, whole, members, pictured):
                self._remove([whole, *members], [product_id], members)
                continue
            if whole is not None:
                _refuse(whole, CHANGED_SINCE)
            for change in members:
                self._remove_size(change)

    def _pictured(self, product_ids: Mapping[int, Any]) -> set[int]:
        found = select(ProductPhoto.product_id).where(ProductPhoto.product_id.in_(product_ids))
        return set(self._db.scalars(found))

    def _is_untouched(
        self,
        product: ProductNow,
        whole: SheetChange,
        members: Sequence[SheetChange],
        pictured: set[int],
    ) -> bool:
        """A draft that is as the import made it, with the import's sizes and no other."""
        own = {change.subject_id for change in members}
        there = {size.id for size in self._sizes.values() if size.product_id == product.id}
        return (
            product.state == "draft"
            and product.id not in pictured
            and own == there
            and not _differs(product.values, whole.after)
            and not any(_differs(self._sizes[one.subject_id].values, one.after) for one in members)
        )

    def _remove_size(self, change: SheetChange) -> None:
        if _differs(self._sizes[change.subject_id].values, change.after):
            _refuse(change, CHANGED_SINCE)
        else:
            self._remove([change], [], [change])

    def _remove(
        self, noted: Sequence[SheetChange], products: list[int], sizes: Sequence[SheetChange]
    ) -> None:
        is_gone = bulk.remove_new(
            self._db,
            maker=self._maker,
            product_ids=products,
            variant_ids=[change.subject_id for change in sizes],
            now=self._now,
        )
        for change in noted:
            if is_gone:
                change.undo = "done"
            else:
                _refuse(change, IN_USE)


def _obstacle(size: SizeNow, lot_id: int | None, quantity: int, free: int) -> str:
    """Why ``quantity`` units cannot go back: out of the size (positive) or into its lot."""
    lots = {lot.id: lot for lot in size.lots.values()}
    lot = lots.get(lot_id) if lot_id is not None else None
    lying = lot.units if lot else size.loose
    if quantity > min(free, lying):
        return SOLD_SINCE
    if quantity < 0 and lot is not None and not lot.is_sellable:
        return LOT_STOPPED
    return ""


def _differs(now: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    return any(now.get(name) != value for name, value in after.items())
