"""A workbook as plain values: every sheet with its rows and drop-downs."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any, Final

from shop.core.text import clean
from shop.core.workbook_cells import column_number
from shop.sheets.rules.cells import words_of

_AREA: Final = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})(?::\$?([A-Z]{1,3})\$?(\d{1,7}))?")
_REFERENCE: Final = re.compile(r"^=?(?:'((?:[^']|'')+)'|([^'!]+))!(.+)$")
MOST_WORDS: Final = 32_767
MOST_LISTED: Final = 20_000
MOST_LOOKED: Final = 500_000
"""Cells that all drop-downs of a workbook may be read from together; ranges may overlap."""
MOST_AREAS: Final = 20_000
"""Areas that the drop-downs of a sheet may cover."""


@dataclass(frozen=True)
class BookSheet:
    """A sheet. ``rows`` hold cells as the reader gives them; ``lists`` are drop-downs: cells they
    cover and formula."""

    name: str
    is_hidden: bool
    part: str
    rows: Sequence[Sequence[Any]]
    lists: Sequence[tuple[str, str]] = ()

    def text(self, row: int, column: int) -> str:
        """The cell as cleaned words; empty beyond the sheet."""
        if not 0 <= row < len(self.rows):
            return ""
        cells = self.rows[row]
        return words_at(cells, column)


@dataclass(frozen=True)
class Book:
    """A workbook; ``names`` are its defined names, ``strings`` the part of shared texts."""

    sheets: Sequence[BookSheet]
    names: Mapping[str, str]
    strings: str = ""

    def called(self, name: str) -> BookSheet | None:
        """The sheet of this name."""
        return next((sheet for sheet in self.sheets if sheet.name == name), None)

    @cached_property
    def marked_sheets(self) -> tuple[BookSheet, ...]:
        """Sheets that mark something as mandatory."""
        return tuple(
            sheet for sheet in self.sheets if any("MANDATORY" in row for row in sheet.rows)
        )

    @cached_property
    def _read_lists(self) -> "_Lists":
        return _Lists(self)

    def listed(self, sheet: BookSheet, row: int) -> dict[int, tuple[str, ...]]:
        """Column -> what its drop-down at ``row`` allows, for columns that have one."""
        found: dict[int, tuple[str, ...]] = {}
        left_over = MOST_AREAS
        for cells, formula in sheet.lists:
            covered = areas(cells)
            left_over -= len(covered)
            if left_over < 0:
                break
            columns = {
                column
                for left, top, right, bottom in covered
                if top <= row <= bottom or top == row + 1
                for column in range(left, min(right, left + 200) + 1)
            }
            values = self._read_lists.values(sheet, formula) if columns else ()
            if values:
                found.update(dict.fromkeys(columns, values))
        return found

    def offered(self, sheet: BookSheet, column: int) -> tuple[str, ...]:
        """What the drop-downs of a column allow, wherever they stand."""
        for cells, formula in sheet.lists:
            if any(left <= column <= right for left, _top, right, _bottom in areas(cells)):
                values = self._read_lists.values(sheet, formula)
                if values:
                    return values
        return ()


class _Lists:
    """The values of a workbook's drop-downs, each formula read once, all within bounds."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._left = MOST_LOOKED
        self._known: dict[tuple[str, str], tuple[str, ...]] = {}

    def values(self, sheet: BookSheet, formula: str) -> tuple[str, ...]:
        """The words that a drop-down of ``sheet`` offers."""
        key = sheet.part, formula
        if key not in self._known:
            self._known[key] = self._values(sheet, formula)
        return self._known[key]

    def _values(self, sheet: BookSheet, formula: str) -> tuple[str, ...]:
        if formula.startswith('"') and formula.endswith('"'):
            words = (clean(word) for word in formula[1:-1].split(","))
            return tuple(word for word in words if word)
        target = self._book.names.get(formula.lstrip("="), formula)
        told = _REFERENCE.match(target)
        where = self._book.called((told[1] or told[2]).replace("''", "'")) if told else sheet
        if where is None:
            return ()
        return self._area(where, told[3] if told else target)

    def _area(self, where: BookSheet, cells: str) -> tuple[str, ...]:
        places = (
            (row, column)
            for left, top, right, bottom in areas(cells)
            for row in range(top, min(bottom, top + MOST_LISTED, len(where.rows) - 1) + 1)
            for column in range(left, min(right, left + 50) + 1)
        )
        found: list[str] = []
        for row, column in islice(places, min(self._left, MOST_LISTED)):
            self._left -= 1
            found.append(where.text(row, column))
        return tuple(word for word in found if word)


def words_at(cells: Sequence[Any], column: int) -> str:
    """A cell of a row as cleaned words."""
    if not 0 <= column < len(cells):
        return ""
    cell = cells[column]
    return clean(cell)[:MOST_WORDS] if isinstance(cell, str) else words_of(cell)


def areas(cells: str) -> list[tuple[int, int, int, int]]:
    """(left, top, right, bottom) from 0 of ``$A$7:$B$9 D4``."""
    found = []
    for left, top, right, bottom in _AREA.findall(cells[:4_000].upper()):
        first = column_number(left)
        last = column_number(right) if right else first
        found.append((first, int(top) - 1, last, (int(bottom) if bottom else int(top)) - 1))
    return found


def book_of(told: Mapping[str, Any]) -> Book:
    """The book that ``shop.sheets.workbooks.read_book`` gives."""
    return Book(
        sheets=tuple(
            BookSheet(
                name=one["name"],
                is_hidden=one["is_hidden"],
                part=one["part"],
                rows=one["rows"],
                lists=tuple((cells, formula) for cells, formula in one["lists"]),
            )
            for one in told["sheets"]
        ),
        names=told["names"],
        strings=told["strings"],
    )
