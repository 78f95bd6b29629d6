"""The grid of price and stock: what one row asks for, and what stands in its way."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from shop.core.errors import Conflict, Invalid
from shop.core.text import N_
from shop.sheets.rules import numbers
from shop.sheets.rules.columns import BY_KEY
from shop.sheets.rules.fields import read_cell
from shop.sheets.rules.plan import ProductNow, SizeNow, StockMove
from shop.sheets.rules.stocking import WrongLot, stock_move

FIELDS: Final = ("price", "low", "add", "count", "lot")

CHANGED: Final = N_("Người khác vừa đổi thành %(now)s. Bấm lưu lần nữa để ghi số của bạn.")
BOTH: Final = N_("Chỉ ghi một trong hai: nhập thêm hoặc kiểm kê.")
GONE: Final = N_("Quy cách này không còn ở cơ sở. Vui lòng tải lại trang.")

Fault = tuple[str, Mapping[str, object]]
"""A Vietnamese sentence and its parameters."""


@dataclass(frozen=True)
class Was:
    """What the page showed when it was opened."""

    price_vnd: int
    low_stock_at: int
    on_hand: int


@dataclass(frozen=True)
class RowEdit:
    """One row as typed. ``lot``: a lot number, ``-`` for units of no lot, empty for not chosen."""

    variant_id: int
    was: Was
    price: str = ""
    low: str = ""
    add: str = ""
    count: str = ""
    lot: str = ""


@dataclass(frozen=True)
class RowPlan:
    """What saving the row will write."""

    values: Mapping[str, int]
    stock: StockMove | None


class GridRefused(Invalid):
    """Nothing was saved; ``faults``: (variant id, field) -> what is wrong."""

    message = N_("Chưa lưu ô nào. Hãy sửa các ô được đánh dấu rồi lưu lại.")

    def __init__(self, faults: Mapping[tuple[int, str], Fault]) -> None:
        super().__init__()
        self.faults = faults


class GridChanged(Conflict):
    """Somebody else changed what the page showed; ``faults`` as in GridRefused."""

    message = N_("Có người vừa sửa cùng lúc. Chưa lưu ô nào; xem các ô được đánh dấu.")

    def __init__(self, faults: Mapping[tuple[int, str], Fault]) -> None:
        super().__init__()
        self.faults = faults


class RowRefused(Exception):
    """``faults``: field -> what is wrong; ``is_conflict`` when somebody else changed it."""

    def __init__(self, faults: Mapping[str, Fault], *, is_conflict: bool) -> None:
        super().__init__()
        self.faults = faults
        self.is_conflict = is_conflict


def plan_row(edit: RowEdit, size: SizeNow, product: ProductNow) -> RowPlan:
    """What a row writes on what there is now. Raises RowRefused."""
    faults: dict[str, Fault] = {}
    conflicts: dict[str, Fault] = {}
    values = {}
    for field, key, typed, was in (
        ("price", "price_vnd", edit.price, edit.was.price_vnd),
        ("low", "low_stock_at", edit.low, edit.was.low_stock_at),
    ):
        now = int(size.values[key])
        try:
            wanted = _wanted(key, typed, was)
        except numbers.Unreadable as fault:
            faults[field] = (fault.text, fault.params)
            continue
        if wanted in {None, now}:
            continue
        if now != was:
            conflicts[field] = (CHANGED, {"now": numbers.grouped(now)})
        else:
            values[key] = int(wanted or 0)
    stock = _stock(edit, size, product, faults, conflicts)
    if faults or conflicts:
        raise RowRefused(faults | conflicts, is_conflict=not faults)
    return RowPlan(values, stock)


def _wanted(key: str, typed: str, was: int) -> int | None:
    """The number typed; None when the cell was left as it was shown, or empty."""
    if not typed or typed in {str(was), numbers.grouped(was)}:
        return None
    found = read_cell(BY_KEY[key], typed)
    return None if found is None else int(found)


def _stock(
    edit: RowEdit,
    size: SizeNow,
    product: ProductNow,
    faults: dict[str, Fault],
    conflicts: dict[str, Fault],
) -> StockMove | None:
    if edit.add and edit.count:
        faults["count"] = (BOTH, {})
        return None
    field, typed = ("add", edit.add) if edit.add else ("count", edit.count)
    if not typed:
        return None
    if field == "count" and size.on_hand != edit.was.on_hand:
        conflicts[field] = (CHANGED, {"now": numbers.grouped(size.on_hand)})
        return None
    try:
        return stock_move(
            typed,
            edit.lot,
            mode=field,
            size=size,
            product=product,
            subgroup=None,
            is_lot_tracked=None,
        )
    except WrongLot as fault:
        faults["lot"] = (fault.text, fault.params)
    except numbers.Unreadable as fault:
        faults[field] = (fault.text, fault.params)
    return None
