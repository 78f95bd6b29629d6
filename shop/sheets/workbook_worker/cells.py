"""The cells of one sheet: how far they reach, what they hold as plain values."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from shop.sheets.workbook_worker.limits import (
    MAX_AREA,
    MAX_CELL_TEXT,
    MAX_CELLS,
    MAX_TEXT,
    Refused,
)

_CELL: Final = re.compile(
    rb"<(?:\w+:)?c\b(?P<c>[^>]*)>|<(?:\w+:)?(?P<f>f)[\s/>]|<(?:\w+:)?(?P<row>row)\b[^>]*>"
)
_REFERENCE: Final = re.compile(rb'\br\s*=\s*["\']([A-Z]{1,3})([0-9]{1,7})["\']')


class Extent:
    """How far the sheets of a file reach, all together."""

    def __init__(self, rows: int, columns: int, kind: str = "") -> None:
        """``rows``, header included, and ``columns``: most of a sheet; ``kind`` begins the codes of
        refusals."""
        self._rows = rows
        self._columns = columns
        self._kind = kind
        self._area = 0

    def scan(self, sheet: bytes) -> tuple[list[list[int]], list[list[int]]]:
        """Where the sheet's formulas and its error values are. Raises Refused when it reaches too
        far."""
        formulas: list[list[int]] = []
        errors: list[list[int]] = []
        row = column = last = widest = -1
        cells = 0
        for hit in _CELL.finditer(sheet):
            if hit["row"]:
                row, column = row + 1, -1
                continue
            if hit["f"]:
                formulas.append([row, column])
                continue
            cells += 1
            place = _REFERENCE.search(hit["c"])
            column = number(place[1]) if place else column + 1
            row = int(place[2]) - 1 if place else row
            last, widest = max(last, row), max(widest, column)
            self._refuse(row, column, cells)
            if b't="e"' in hit["c"]:
                errors.append([row, column])
        self._area += (last + 1) * (widest + 1)
        if self._area > MAX_AREA:
            raise Refused(f"{self._kind}too_many_rows")
        return formulas, errors

    def _refuse(self, row: int, column: int, cells: int) -> None:
        if row > 4 * self._rows + 100 or cells > MAX_CELLS:
            raise Refused(f"{self._kind}too_many_rows")
        if column > self._columns:
            raise Refused(f"{self._kind}too_wide")


def number(letters: bytes) -> int:
    """``A`` is 0, ``AA`` is 26."""
    total = 0
    for letter in letters:
        total = total * 26 + letter - 64
    return total - 1


class Plain:
    """Cells as JSON can hold them; all texts of a file together within bounds."""

    def __init__(self) -> None:
        self._left = MAX_TEXT

    def rows(self, rows: Iterable[Sequence[Any]]) -> list[list[Any]]:
        """Without the empty rows at the end. Raises Refused."""
        return trimmed([[self._cell(cell) for cell in row] for row in rows])

    def _cell(self, cell: Any) -> Any:
        if isinstance(cell, str):
            self._left -= min(len(cell), MAX_CELL_TEXT)
            if self._left < 0:
                raise Refused("bomb")
        return _plain(cell)


def _plain(cell: Any) -> Any:
    if cell is None or cell == "":
        return None
    if isinstance(cell, str):
        return cell[:MAX_CELL_TEXT]
    if isinstance(cell, bool | int):
        return cell
    if isinstance(cell, float):
        return int(cell) if cell.is_integer() and abs(cell) < 1e15 else cell
    if isinstance(cell, datetime | date | time):
        return {"date": cell.isoformat()}
    if isinstance(cell, timedelta):
        return {"date": str(cell)}
    return str(cell)[:MAX_CELL_TEXT]


def trimmed(rows: list[list[Any]]) -> list[list[Any]]:
    """Without the empty rows at the end."""
    while rows and all(cell is None for cell in rows[-1]):
        rows.pop()
    return rows


def within(rows: list[list[Any]], most: int) -> list[list[Any]]:
    """The rows, of which ``most`` at most hold something. Raises Refused."""
    filled = sum(1 for row in rows if any(cell is not None for cell in row))
    if filled > most:
        raise Refused("too_many_rows")
    if not filled:
        raise Refused("empty")
    return rows
