"""Reading a carrier's file about money collected on delivery: its columns, and what a row says.

Carriers name their columns as they like, so the guess is shown and a person confirms it. Amounts
are read as people type them; a minus is a fee taken off. What cannot be read is told, not guessed.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from shop.core.errors import Conflict, Invalid
from shop.core.money import MAX_VND
from shop.core.text import N_, fold
from shop.orders.rules import read_code
from shop.sheets.rules.cells import Cell, words_of
from shop.sheets.rules.mapping import Layout, guess
from shop.sheets.rules.numbers import MONEY, Unreadable, parse_whole

FIELDS: Final = {
    "tracking": N_("Mã vận đơn"),
    "code": N_("Mã đơn của mình"),
    "cod": N_("Tiền thu hộ"),
    "fee": N_("Phí"),
    "remitted": N_("Tiền trả cho cơ sở"),
}
"""What a settlement's columns may be."""

_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "tracking": (
        *("ma van don", "van don", "ma don hang ghtk", "ma don ghn", "ma phieu gui", "phieu gui"),
        *("tracking", "tracking number", "tracking no", "order code", "ma dh", "bill", "label"),
        *("label id", "ma buu gui"),
    ),
    "code": (
        *("ma don hang shop", "ma dh shop", "ma don khach hang", "ma don hang rieng", "client id"),
        *("client order code", "partner id", "ma tham chieu", "ma don cua minh", "order number"),
        *("ma don khach",),
    ),
    "cod": (
        *("tien thu ho", "cod", "tien cod", "thu ho", "so tien thu ho", "tong tien thu ho"),
        *("pick money", "cod amount", "money collection", "da thu", "tien da thu"),
    ),
    "fee": (
        *("phi", "tong phi", "phi dich vu", "phi van chuyen", "phi giao hang", "cuoc", "tong cuoc"),
        *("cuoc phi", "phi ship", "fee", "ship money", "total fee", "tong phi dich vu"),
    ),
    "remitted": (
        *("thuc nhan", "con nhan", "tien tra", "tong tra", "tra shop", "tien tra shop", "doi soat"),
        *("so tien doi soat", "tong doi soat", "remitted", "chuyen khoan", "thuc tra", "tien nhan"),
        *("con lai", "so tien tra", "tien tra cho co so", "tong thanh toan", "so tien thanh toan"),
    ),
}

Problem = Literal["", "no_number", "bad_amount", "no_amount", "twice"]
PROBLEMS: Final = {
    "no_number": N_("Không có mã vận đơn."),
    "bad_amount": N_("Số tiền không đọc được."),
    "no_amount": N_("Không có số tiền nào."),
    "twice": N_("Mã vận đơn lặp lại trong tệp."),
}


class BadMapping(Invalid):
    message = N_("Cần cột mã vận đơn hoặc mã đơn, và cột tiền thu hộ hoặc tiền trả. Hãy chọn lại.")


class BookedBefore(Conflict):
    message = N_("Tệp này đã được ghi sổ trước đây. Không có gì được ghi thêm.")


class NotDraft(Conflict):
    message = N_("Tệp này đã được ghi hoặc đã bỏ. Vui lòng tải lại trang.")


class NothingToBook(Invalid):
    message = N_("Không có dòng nào để ghi. Hãy xem lại các cột đã chọn.")


class LineMoved(Conflict):
    message = N_("Dòng này vừa được xử lý. Vui lòng tải lại trang.")


class TooMuch(Invalid):
    message = N_("Số tiền phải từ 1 đ đến đúng phần chênh lệch còn lại.")


class StillUnmatched(Conflict):
    message = N_(
        "Chưa có kiện nào của bạn mang mã vận đơn này. Hãy ghi mã vận đơn vào đơn rồi khớp lại."
    )


def is_usable(layout: Layout) -> bool:
    """Whether rows can be read: what names a parcel, and what money."""
    return any(map(layout.has, ("tracking", "code"))) and any(map(layout.has, ("cod", "remitted")))


def require_columns(layout: Layout, width: int) -> None:
    """Raises BadMapping unless rows can be read by columns of a table of this width."""
    places = list(layout.columns.values())
    if not is_usable(layout) or len(set(places)) != len(places):
        raise BadMapping
    if any(not 0 <= place < width for place in places):
        raise BadMapping


def as_json(layout: Layout) -> dict[str, Any]:
    """For the store; ``mapping_of`` reads it back."""
    return {"header": layout.header, **layout.columns}


def mapping_of(stored: Mapping[str, Any]) -> Layout:
    """The mapping that ``as_json`` gave."""
    columns = {name: int(stored[name]) for name in FIELDS if stored.get(name) is not None}
    return Layout(int(stored.get("header", 0)), columns)


def guess_columns(rows: Sequence[Sequence[Cell]]) -> Layout:
    """The row that names most fields, and its columns; the first row when none names any."""
    return guess(rows, _columns)


def _columns(row: Sequence[Cell]) -> dict[str, int]:
    """Exact names first, then names that begin so; the first column of a field counts."""
    headers = [
        fold(words_of(cell)[:100].split("(")[0]) if isinstance(cell, str) else "" for cell in row
    ]
    found: dict[str, int] = {}
    for is_exact in (True, False):
        for place, header in enumerate(headers):
            if not header or place in found.values():
                continue
            field = _field_of(header, is_exact=is_exact)
            if field and field not in found:
                found[field] = place
    return found


def _field_of(header: str, *, is_exact: bool) -> str:
    for field, words in _WORDS.items():
        if header in words if is_exact else any(header.startswith(f"{word} ") for word in words):
            return field
    return ""


@dataclass(frozen=True)
class Row:
    """One line of the file as read. Amounts in đồng; ``number`` counts from 1 as programs do."""

    number: int
    tracking_no: str
    code: str
    remitted_vnd: int
    fee_vnd: int
    problem: Problem = ""

    @property
    def collected_vnd(self) -> int:
        """What the carrier took from the buyer: what it passed on and what it kept."""
        return self.remitted_vnd + self.fee_vnd


def plain_number(text: str) -> str:
    """A tracking number as compared: upper case, no blanks."""
    return "".join(text.split()).upper()[:60]


def read_rows(rows: Sequence[Sequence[Cell]], layout: Layout) -> list[Row]:
    """The file's rows below the header; lines without a number and without money are left out."""
    found: list[Row] = []
    seen: set[str] = set()
    for number, cells in enumerate(rows[layout.header + 1 :], start=layout.header + 2):
        row = _read(number, cells, layout)
        if row is None:
            continue
        key = row.tracking_no or row.code
        if key and not row.problem and key in seen:
            row = Row(number, row.tracking_no, row.code, 0, 0, "twice")
        seen.add(key)
        found.append(row)
    return found


def _read(number: int, row: Sequence[Cell], layout: Layout) -> Row | None:
    cells = layout.cells(row)
    tracking = plain_number(words_of(cells.get("tracking")))
    code = _own_code(words_of(cells.get("code")))
    try:
        cod, fee, remitted = (amount_of(cells.get(field)) for field in ("cod", "fee", "remitted"))
    except Unreadable:
        return Row(number, tracking, code, 0, 0, "bad_amount")
    if not tracking and not code:
        # totals below the table name no parcel
        return None
    if cod is None and remitted is None:
        return Row(number, tracking, code, 0, 0, "no_amount")
    return Row(number, tracking, code, *_split(cod, fee, remitted, has_fees=layout.has("fee")))


def _own_code(text: str) -> str:
    """Our order's code, with the parcel's number behind it where our file gave one; empty: none."""
    code, _dash, parcel = text.partition("-")
    read = read_code(code)
    if read is None:
        return ""
    number = parcel.strip()
    return parcel_code(read, int(number)) if re.fullmatch("[0-9]{1,2}", number) else read


def parcel_code(code: str, number: int) -> str:
    """What one of several parcels of an order is called towards carriers."""
    return f"{code}-{number}"


def _split(
    cod: int | None, fee: int | None, remitted: int | None, *, has_fees: bool
) -> tuple[int, int]:
    """What was passed on, and the fee. Only a file that tells no fees at all lets them follow from
    the other two: where it does, an empty cell is no fee, and what is missing stays a difference.
    """
    kept = abs(fee) if fee is not None else None
    if remitted is None:
        return (cod or 0) - (kept or 0), kept or 0
    if kept is None and cod is not None and not has_fees:
        return remitted, max(0, cod - remitted)
    return remitted, kept or 0


def amount_of(cell: Cell) -> int | None:
    """An amount in đồng, negative when marked so; None for an empty cell. Raises Unreadable."""
    if cell is None or isinstance(cell, bool):
        return None
    if isinstance(cell, int | float):
        size = parse_whole(abs(cell), units=MONEY, minimum=0, maximum=MAX_VND)
        return -size if cell < 0 else size
    text = words_of(cell)
    if text in {"", "-", "–"}:
        return None
    is_minus = text[0] in "-−–" or (text[0] == "(" and text[-1] == ")")
    bare = text.strip("-−–() ")
    size = parse_whole(bare, units=MONEY, minimum=0, maximum=MAX_VND)
    return -size if is_minus else size


def to_ledger(lines: Sequence[tuple[int, int]], *, in_ledger_vnd: int) -> int:
    """How much of an order's settled money is not in the payment ledger yet.

    ``lines``: (expected, collected) of each settled parcel. A carrier that passed on more than a
    parcel was to collect brings an open difference, not the buyer's money. ``in_ledger_vnd``: what
    came on delivery before, by hand or by an earlier settlement: it never counts twice.
    """
    settled = sum(min(expected, max(0, collected)) for expected, collected in lines)
    return max(0, settled - in_ledger_vnd)
