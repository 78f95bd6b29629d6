"""Reading a bank's list: which column means what, and what each row says.

Banks agree on no layout. The header is guessed by its words, the person confirms or corrects it;
money in and out stand in two columns, in one with a sign, or in one with a word beside it.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from shop.core.errors import Conflict, Invalid
from shop.core.money import MAX_VND
from shop.core.text import N_, fold
from shop.sheets.rules.cells import Cell, words_of
from shop.sheets.rules.headers import HEADER_ROWS
from shop.sheets.rules.numbers import MONEY, Unreadable, parse_whole

MOST_LINES: Final = 1_000
NONE: Final = -1
"""The column of a field that the list does not have."""

FIELDS: Final = {
    "date": N_("Ngày giao dịch"),
    "credit": N_("Tiền vào (ghi có)"),
    "debit": N_("Tiền ra (ghi nợ)"),
    "amount": N_("Số tiền (một cột, âm là tiền ra)"),
    "text": N_("Nội dung"),
    "reference": N_("Mã giao dịch của ngân hàng"),
    "payer": N_("Người chuyển"),
}
_WORDS: Final = {
    "date": (
        *("ngay giao dich", "ngay gd", "thoi gian", "thoi gian giao dich", "ngay hach toan"),
        *("ngay hieu luc", "ngay", "transaction date", "date", "ngay gio"),
    ),
    "credit": (
        *("ghi co", "so tien ghi co", "phat sinh co", "ps co", "co", "credit", "credit amount"),
        *("tien vao", "so tien vao"),
    ),
    "debit": (
        *("ghi no", "so tien ghi no", "phat sinh no", "ps no", "no", "debit", "debit amount"),
        *("tien ra", "so tien ra"),
    ),
    "amount": ("so tien", "so tien giao dich", "amount", "gia tri giao dich"),
    "text": (
        *("noi dung", "noi dung giao dich", "noi dung chuyen khoan", "dien giai", "mo ta"),
        *("description", "remark", "remarks", "noi dung chi tiet", "transaction detail"),
    ),
    "reference": (
        *("so tham chieu", "ma tham chieu", "ma giao dich", "so giao dich", "ma gd", "so gd"),
        *("so but toan", "so chung tu", "so ct", "reference", "ref", "ref no", "transaction no"),
    ),
    "payer": (
        *("ten nguoi chuyen", "nguoi chuyen", "doi tac", "ten doi ung", "tai khoan doi ung"),
        *("ten tai khoan doi ung", "counterparty", "don vi thu huong don vi chuyen"),
    ),
}
_SHORT: Final = 3
"""Words up to this length must be the whole heading: "no" stands in many others."""
_VN: Final = timezone(timedelta(hours=7))
_DAY_FIRST: Final = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:[ T]+(\d{1,2}):(\d{2}))?")
_YEAR_FIRST: Final = re.compile(r"(\d{4})[/.-](\d{1,2})[/.-](\d{1,2})(?:[ T]+(\d{1,2}):(\d{2}))?")


class NoColumns(Invalid):
    message = N_("Hãy chọn cột ngày, cột nội dung và cột số tiền.")


class TooLong(Invalid):
    message = N_("Sao kê dài quá 1.000 dòng. Hãy tải từng khoảng ngày ngắn hơn.")


class NoLines(Invalid):
    message = N_("Không thấy dòng giao dịch nào trong tệp này.")


class PreviewChanged(Conflict):
    message = N_("Bảng xem trước vừa thay đổi hoặc đã được ghi. Vui lòng xem lại trang này.")


@dataclass(frozen=True)
class Layout:
    """Where the header stands (row, from 0) and the column (from 0, or NONE) of each field."""

    header: int
    columns: Mapping[str, int]

    @property
    def is_whole(self) -> bool:
        """Whether rows can be read by it."""
        has = {field for field, place in self.columns.items() if place != NONE}
        return {"date", "text"} <= has and bool(has & {"credit", "amount"})


@dataclass(frozen=True)
class Line:
    """One row that moves money. ``number`` counts from 1 as spreadsheet programs do."""

    number: int
    at: datetime | None
    amount_vnd: int
    is_out: bool
    text: str
    reference: str
    payer: str
    name: str
    """The row's own name, the same in every file that holds it."""
    fault: str = ""
    """Why it cannot be taken: a Vietnamese sentence."""


# Columns


def guess(rows: Sequence[Sequence[Cell]]) -> Layout:
    """The row among the first that names the most fields, and its columns."""
    best = Layout(0, dict.fromkeys(FIELDS, NONE))
    for number, row in enumerate(rows[:HEADER_ROWS]):
        columns = dict.fromkeys(FIELDS, NONE)
        for place, cell in enumerate(row):
            field = _field_of(words_of(cell)) if isinstance(cell, str) else None
            if field is not None and columns[field] == NONE:
                columns[field] = place
        if _named(columns) > _named(best.columns):
            best = Layout(number, columns)
    return best


def _named(columns: Mapping[str, int]) -> int:
    return sum(place != NONE for place in columns.values())


def _field_of(heading: str) -> str | None:
    plain = f" {fold(heading[:120])} "
    found: tuple[int, str] | None = None
    for field, words in _WORDS.items():
        for word in words:
            fits = plain.strip() == word if len(word) <= _SHORT else f" {word} " in plain
            if fits and (found is None or len(word) > found[0]):
                found = (len(word), field)
    return found[1] if found else None


# Rows


def read_lines(rows: Sequence[Sequence[Cell]], mapping: Layout) -> list[Line]:
    """Every row below the header that moves money. Raises NoColumns, TooLong, NoLines."""
    if not mapping.is_whole:
        raise NoColumns
    lines: list[Line] = []
    seen: dict[str, int] = {}
    for number, row in enumerate(rows[mapping.header + 1 :], start=mapping.header + 2):
        cells = {
            field: row[place] if 0 <= place < len(row) else None
            for field, place in mapping.columns.items()
        }
        line = _line(number, cells, seen)
        if line is not None:
            lines.append(line)
        if len(lines) > MOST_LINES:
            raise TooLong
    if not lines:
        raise NoLines
    return lines


def _line(number: int, cells: Mapping[str, Cell], seen: dict[str, int]) -> Line | None:
    """None for rows without money or date: totals, balances, the bank's own words."""
    text = words_of(cells["text"])[:1000]
    at = _instant(cells["date"])
    fault = ""
    try:
        amount, is_out = _money(cells)
    except Unreadable as trouble:
        amount, is_out, fault = 0, False, trouble.text
    if at is None and (not fault or not text):
        if not amount or not text:
            return None
        fault = N_("Không đọc được ngày của dòng này.")
    if at is not None and not amount and not fault:
        return None
    reference, payer = words_of(cells["reference"])[:80], words_of(cells["payer"])[:160]
    plain = f"{at}|{amount}|{is_out}|{fold(reference)}|{fold(text)}"
    nth = seen[plain] = seen.get(plain, 0) + 1
    name = hashlib.sha256(f"{plain}|{nth}".encode()).hexdigest()[:40]
    return Line(number, at, amount, is_out, text, reference, payer, name, fault)


def _money(cells: Mapping[str, Cell]) -> tuple[int, bool]:
    """(đồng, whether it went out); 0 for none. Raises Unreadable."""
    for field, is_out in (("credit", False), ("debit", True)):
        amount, _is_negative = _amount(cells[field])
        if amount:
            return amount, is_out
    return _amount(cells["amount"])


def _amount(cell: Cell) -> tuple[int, bool]:
    words = words_of(cell).strip() if isinstance(cell, str) else words_of(cell)
    if not words or words in {"-", "–"}:
        return 0, False
    bare = words.strip("() ")
    is_negative = words.startswith(("-", "−", "–", "("))
    plain = bare.lstrip("-−–+ ")
    return parse_whole(plain, units=MONEY, minimum=0, maximum=MAX_VND), is_negative


def _instant(cell: Cell) -> datetime | None:
    """The bank's local time of Vietnam, day before month; without a time it is midnight."""
    words = words_of(cell)
    found = _DAY_FIRST.search(words)
    if found is not None:
        day, month, year, hour, minute = found.groups(default="0")
    else:
        found = _YEAR_FIRST.search(words)
        if found is None:
            return None
        year, month, day, hour, minute = found.groups(default="0")
    try:
        local = datetime(int(year), int(month), int(day), int(hour), int(minute), tzinfo=_VN)
        return local.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
