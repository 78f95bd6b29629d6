"""Cells on their way in and out: what is stored in them, and which leading characters are marked.

What a spreadsheet program would run as a formula gets an apostrophe on its way into a csv file
(``core.tables``); here it is taken off again on the way in. Nothing is lost: a text that itself
begins with an apostrophe gets one more. In xlsx a text is stored as text, so there only the
apostrophe itself is doubled.
"""

from typing import Final

from shop.core.tables import MARK, guard
from shop.core.text import clean, fold

Cell = str | int | float | bool | None | dict[str, str]
"""What a reader gives; a date is ``{"date": "2026-11-22"}``, a fault ``{"error": "#REF!"}``."""

_CLEARING: Final = frozenset({"trong", "xoa", "empty", "clear"})


def mark(text: str, *, is_csv: bool) -> str:
    """The text as it goes into a cell, so that no program runs it and ``unmark`` gives it back."""
    if text.startswith(MARK) or is_clearing(text):
        return MARK + text
    return guard(text) if is_csv else text


def unmark(text: str) -> str:
    """The text meant by a cell."""
    if not text.startswith(MARK) or len(text) == 1:
        return text
    rest = text[1:]
    if rest.startswith(MARK) or is_clearing(rest) or guard(rest) != rest:
        return rest
    return text


def is_clearing(text: str) -> bool:
    """Whether the cell asks to empty the field: ``(trống)``, ``(xóa)``, ``(empty)``."""
    bare = text.strip()
    return bare[:1] == "(" and bare[-1:] == ")" and len(bare) < 12 and fold(bare) in _CLEARING


def words_of(cell: Cell) -> str:
    """The cell as cleaned text: 12.0 is ``12``, nothing is empty; marks are taken off."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return clean(unmark(cell))
    if isinstance(cell, dict):
        return next(iter(cell.values()), "")
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell)
