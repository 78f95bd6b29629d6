"""Reading a bank's list: which column means what, and what each row says.

Banks agree on no layout. The header is guessed by its words, the person confirms or corrects it;
money in and out stand in two columns, in one with a sign, or in one with a word beside it.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shop.core.errors import Invalid
from shop.core.money import MAX_VND
from shop.core.text import N_, fold
from shop.sheets.rules import mapping
from shop.sheets.rules.cells import Cell, words_of
from shop.sheets.rules.mapping import Layout
from shop.sheets.rules.numbers import MONEY, Unreadable, parse_whole

MOST_LINES: Final = 1_000

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


class NoColumns(Invalid):
    message = N_("Hãy chọn cột ngày, cột nội dung và cột số tiền.")


class TooLong(Invalid):
    message = N_("Sao kê dài quá 1.000 dòng. Hãy tải từng khoảng ngày ngắn hơn.")


class NoLines(Invalid):
    message = N_("Không thấy dòng giao dịch nào trong tệp này.")


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
    return mapping.guess(rows, mapping.holding(_WORDS))


def is_whole(layout: Layout) -> bool:
    """Whether rows can be read by it."""
    return layout.has("date", "text") and (layout.has("credit") or layout.has("amount"))


# Rows


def read_lines(rows: Sequence[Sequence[Cell]], layout: Layout) -> list[Line]:
    """Every row below the header that moves money. Raises NoColumns, TooLong, NoLines."""
    if not is_whole(layout):
        raise NoColumns
    lines: list[Line] = []
    seen: dict[str, int] = {}
    for number, row in enumerate(rows[layout.header + 1 :], start=layout.header + 2):
        line = _line(number, layout.cells(row), seen)
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
    at = mapping.instant(cells["date"])
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
