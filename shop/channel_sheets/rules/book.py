"""A workbook as plain values: every sheet with its rows and drop-downs."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from shop.core.text import clean
from shop.core.workbook_cells import column_number
from shop.sheets.rules.cells import words_of

_AREA: Final = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})(?::\$?([A-Z]{1,3})\$?(\d{1,7}))?")
_REFERENCE: Final = re.compile(r"^=?(?:'((?:[^']|'')+)'|([^'!]+))!(.+)$")
MOST_WORDS: Final = 32_767
MOST_LISTED: Final = 20_000


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

    def listed(self, sheet: BookSheet, row: int) -> dict[int, tuple[str, ...]]:
        """Column -> what its drop-down at ``row`` allows, for columns that have one."""
        found: dict[int, tuple[str, ...]] = {}
        for cells, formula in sheet.lists:
            columns = [
                column
                for left, top, right, bottom in areas(cells)
                if top <= row <= bottom or top == row + 1
                for column in range(left, min(right, left + 200) + 1)
            ]
            if columns:
                values = self._values(sheet, formula)
                found.update({column: values for column in columns if values})
        return found

    def offered(self, sheet: BookSheet, column: int) -> tuple[str, ...]:
        """What the drop-downs of a column allow, wherever they stand."""
        for cells, formula in sheet.lists:
            if any(left <= column <= right for left, _top, right, _bottom in areas(cells)):
                values = self._values(sheet, formula)
                if values:
                    return values
        return ()

    def _values(self, sheet: BookSheet, formula: str) -> tuple[str, ...]:
        if formula.startswith('"') and formula.endswith('"'):
            words = (clean(word) for word in formula[1:-1].split(","))
            return tuple(word for word in words if word)
        target = self.names.get(formula.lstrip("="), formula)
        told = _REFERENCE.match(target)
        where = self.called((told[1] or told[2]).replace("''", "'")) if told else sheet
        if where is None:
            return ()
        return self._area(where, told[3] if told else target)

    def _area(self, where: BookSheet, cells: str) -> tuple[str, ...]:
        found: list[str] = []
        for left, top, right, bottom in areas(cells):
            for row in range(top, min(bottom, top + MOST_LISTED, len(where.rows) - 1) + 1):
                found += [where.text(row, at) for at in range(left, min(right, left + 50) + 1)]
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
