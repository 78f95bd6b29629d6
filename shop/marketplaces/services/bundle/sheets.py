"""The workbook of a bundle: keys, labels, requirement and hint above the rows, notes behind.

Texts are always string cells, so that a text beginning with ``=`` never becomes a formula; whole
numbers are written without a decimal part. The file's own date is the day of the export.
"""

import io
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, Final

import xlsxwriter

from shop.core.text import clean
from shop.marketplaces.rules.cells import Cell
from shop.marketplaces.rules.hand_over import ANSWERED
from shop.marketplaces.rules.profile import DRAFT_MARK, Profile

FIRST_ROW: Final = 5
"""Index of the first row of data: mark, keys, labels, requirement and hint come before."""
_HEADS: Final = {
    "draft": DRAFT_MARK,
    "hand_over": "phiếu bàn giao sản phẩm",
    "feed": "bản xem trước của tệp dữ liệu",
    "archive": "bản lưu để đối chiếu, sàn đã đóng",
}
_SHEETS: Final = {
    "draft": "Bản nháp",
    "hand_over": "Phiếu sản phẩm",
    "feed": "Tệp dữ liệu",
    "archive": "Bản lưu",
}
NEEDS: Final = {"required": "Bắt buộc", "conditional": "Bắt buộc có điều kiện", "optional": ""}

_OPTIONS: Final = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
_WIDE: Final = frozenset({"title", "description", "summary", "ingredients", "address", "storage"})


def headline(profile: Profile, producer_name: str, day: date) -> str:
    """The first line of the sheet: what this is, and that it is no finished upload."""
    what = _HEADS[profile.level]
    return clean(f"{profile.label}: {what}. {producer_name}, {day:%d/%m/%Y}.")


def make_workbook(
    profile: Profile, head: str, rows: Sequence[Sequence[Cell]], notes: Sequence[str], day: date
) -> bytes:
    """The xlsx with one row per sold size and a second sheet of notes."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, _OPTIONS) as book:
        made_at = datetime.combine(day, time(), UTC).replace(tzinfo=None)
        book.set_properties({"title": head, "created": made_at})
        sheet = book.add_worksheet(_SHEETS[profile.level])
        _write_head(book, sheet, profile, head)
        plain = book.add_format({"valign": "top"})
        as_text = book.add_format({"valign": "top", "num_format": "@"})
        to_ask = book.add_format({"valign": "top", "bg_color": "#FDF3D7"})
        asked = _asked(profile)
        for offset, row in enumerate(rows):
            for index, value in enumerate(row):
                if value is None and index in asked:
                    sheet.write_blank(FIRST_ROW + offset, index, None, to_ask)
                _write(sheet, FIRST_ROW + offset, index, value, plain, as_text)
        _write_notes(book, notes)
    return buffer.getvalue()


def _asked(profile: Profile) -> set[int]:
    """Columns of a hand-over sheet whose empty cells are marked: somebody has to ask."""
    if profile.level != "hand_over":
        return set()
    return {n for n, column in enumerate(profile.columns) if column.value in ANSWERED}


def _write_head(book: Any, sheet: Any, profile: Profile, head: str) -> None:
    mark = book.add_format({"bold": True, "bg_color": "#FDF3D7", "font_color": "#B4232C"})
    key = book.add_format({"font_color": "#35448A", "font_name": "Courier New"})
    label = book.add_format({"bold": True, "bottom": 1})
    small = book.add_format({"italic": True, "font_color": "#6B655B"})
    sheet.write_string(0, 0, head, mark)
    for index, column in enumerate(profile.columns):
        sheet.write_string(1, index, column.key, key)
        sheet.write_string(2, index, column.label, label)
        sheet.write_string(3, index, NEEDS[column.need], small)
        sheet.write_string(4, index, column.hint, small)
        sheet.set_column(index, index, 40 if column.value in _WIDE else 16)
    sheet.freeze_panes(FIRST_ROW, 0)


def _write(sheet: Any, row: int, index: int, value: Cell, plain: Any, as_text: Any) -> None:
    if isinstance(value, str):
        sheet.write_string(row, index, value, as_text)
    elif isinstance(value, int | Decimal):
        sheet.write_number(row, index, value, plain)


def _write_notes(book: Any, notes: Sequence[str]) -> None:
    sheet = book.add_worksheet("Ghi chú")
    sheet.set_column(0, 0, 100)
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    for index, line in enumerate(notes):
        sheet.write_string(index, 0, clean(line)[:32_767], wrapped)
