"""Reading a platform's list of what sold: which column means what, what each row says.

Platforms agree on no layout (TikTok's, Shopee's and a club's own notebook differ), so the header is
guessed by its words and the person confirms or corrects it, as with bank statements.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shop.core.errors import Invalid
from shop.core.money import MAX_VND
from shop.core.text import N_, fold
from shop.sheets.rules import mapping
from shop.sheets.rules.cells import Cell, words_of
from shop.sheets.rules.mapping import Layout
from shop.sheets.rules.numbers import MONEY, PLAIN, Unreadable, parse_whole

MOST_ROWS: Final = 2_000
MOST_UNITS: Final = 1_000_000

FIELDS: Final = {
    "product": N_("Sản phẩm (tên, SKU hoặc mã A1)"),
    "reference": N_("Mã đơn hoặc mã dòng"),
    "clicks": N_("Lượt bấm xem sản phẩm"),
    "orders": N_("Số đơn"),
    "units": N_("Số lượng bán"),
    "returned": N_("Số lượng bị hoàn"),
    "gross": N_("Doanh thu (₫)"),
    "platform": N_("Phí sàn (₫)"),
}
_WORDS: Final = {
    "product": (
        *("san pham", "ten san pham", "ten hang", "sku", "ma hang", "ma sku", "ma san pham"),
        *("product", "product name", "item", "item name", "ma"),
    ),
    "reference": ("ma don", "ma don hang", "order id", "order no", "reference", "ma dong"),
    "clicks": ("luot bam", "luot nhap", "luot click", "clicks", "product clicks", "luot xem"),
    "orders": ("so don", "don hang", "orders", "so don hang", "don"),
    "units": (
        *("so luong", "so luong ban", "da ban", "units", "units sold", "items sold", "quantity"),
        *("sl", "so san pham ban"),
    ),
    "returned": ("bi hoan", "so luong hoan", "hoan tra", "tra hang", "returned", "refunded items"),
    "gross": (
        *("doanh thu", "gmv", "thanh tien", "gross", "revenue", "sales", "tong tien", "doanh so"),
        *("so tien",),
    ),
    "platform": ("phi san", "phi", "platform fee", "fee", "fees", "commission", "phi nen tang"),
}
_SHORT: Final = 3
_TOTALS: Final = frozenset(
    ("tong", "tong cong", "tong so", "tong ket", "cong", "total", "totals", "grand total")
)
_NUMBERS: Final = ("clicks", "orders", "units", "returned", "gross", "platform")
_TOTAL_ROW: Final = N_("Dòng tổng: không tính.")
_NAMELESS: Final = N_("Dòng có số nhưng thiếu tên sản phẩm: không tính.")


class NoColumns(Invalid):
    message = N_("Hãy chọn cột sản phẩm và ít nhất một cột số lượng hoặc doanh thu.")


class NoChannel(Invalid):
    message = N_("Phiên này lên nhiều kênh. Hãy chọn kênh của tệp.")


class NoRows(Invalid):
    message = N_("Không thấy dòng sản phẩm nào trong tệp này.")


class TooLong(Invalid):
    message = N_("Tệp dài quá 2.000 dòng. Hãy tách theo phiên rồi tải lên.")


@dataclass(frozen=True)
class Row:
    """One row: ``number`` counts from 1 as spreadsheet programs do; unknown figures are None."""

    number: int
    product: str
    name: str
    """The row's own name: the same row of a later file replaces it."""
    figures: Mapping[str, int | None]
    fault: str = ""


def guess(rows: Sequence[Sequence[Cell]]) -> Layout:
    """The row among the first that names the most fields, and its columns."""
    return mapping.guess(rows, mapping.holding(_WORDS))


def is_whole(layout: Layout) -> bool:
    """Whether rows can be read by it."""
    return layout.has("product") and (layout.has("units") or layout.has("gross"))


def read_rows(rows: Sequence[Sequence[Cell]], layout: Layout, channel: str) -> list[Row]:
    """Every row below the header that says anything; one that cannot count carries its fault, so
    that no row is left out unseen. ``channel`` keeps files of two channels apart.

    Raises NoColumns, TooLong, NoRows.
    """
    if not is_whole(layout):
        raise NoColumns
    found: list[Row] = []
    seen: dict[str, int] = {}
    for number, row in enumerate(rows[layout.header + 1 :], start=layout.header + 2):
        cells = layout.cells(row)
        product = words_of(cells["product"])[:200]
        if not product and not any(words_of(cells[field]).strip() for field in _NUMBERS):
            continue
        found.append(_row(number, product, cells, seen, channel))
        if len(found) > MOST_ROWS:
            raise TooLong
    if not any(one.product for one in found):
        raise NoRows
    return found


def _row(
    number: int, product: str, cells: Mapping[str, Cell], seen: dict[str, int], channel: str
) -> Row:
    figures: dict[str, int | None] = {}
    fault = _unnamed(product)
    for field in _NUMBERS:
        try:
            figures[field] = _number(cells[field], is_money=field in {"gross", "platform"})
        except Unreadable as trouble:
            figures[field], fault = None, fault or trouble.text
    units, returned = figures["units"] or 0, figures["returned"] or 0
    if returned > units and not fault:
        fault = N_("Số bị hoàn lớn hơn số đã bán.")
    plain = f"{channel}|{fold(product)}|{fold(words_of(cells['reference'])[:80])}"
    nth = seen[plain] = seen.get(plain, 0) + 1
    name = hashlib.sha256(f"{plain}|{nth}".encode()).hexdigest()[:40]
    return Row(number, product, name, figures, fault)


def _unnamed(product: str) -> str:
    """Why a row means no product at all, else an empty text. "Tổng hợp các loại hạt" is a product:
    only a name that is nothing but a word for a total is one.
    """
    if not product:
        return _NAMELESS
    return _TOTAL_ROW if fold(product).rstrip(" :.") in _TOTALS else ""


def _number(cell: Cell, *, is_money: bool) -> int | None:
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        typed: str | float = cell
    else:
        typed = words_of(cell).strip()
        if not typed or typed in {"-", "–", "--"}:
            return None
    units, most = (MONEY, MAX_VND) if is_money else (PLAIN, MOST_UNITS)
    return parse_whole(typed, units=units, minimum=0, maximum=most)


@dataclass(frozen=True)
class Known:
    """An item of the line-up, as rows may call it."""

    item_id: int
    names: tuple[str, ...]
    """Folded: short code, SKU, product name, product name with label."""


def match(product: str, items: Sequence[Known]) -> int | None:
    """The one item a row means: by an equal name, else by the only one whose name it holds."""
    plain = fold(product)
    equal = [item.item_id for item in items if plain in item.names]
    if len(equal) == 1:
        return equal[0]
    padded = f" {plain} "
    holding = {
        item.item_id
        for item in items
        if any(len(name) > _SHORT and f" {name} " in padded for name in item.names)
    }
    return next(iter(holding)) if len(holding) == 1 else None
