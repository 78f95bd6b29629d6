"""Other people's tables: which row heads them and which column holds what, as guessed by the words
of the heading and as a person corrects it. Banks and platforms agree on no layout.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from shop.core.errors import Conflict
from shop.core.text import N_, fold
from shop.sheets.rules.cells import Cell, words_of
from shop.sheets.rules.headers import HEADER_ROWS

NONE: Final = -1
"""The column of a field that the table does not have."""
MOST_COLUMNS: Final = 200

_VN: Final = timezone(timedelta(hours=7))
_SHORT: Final = 3
"""Words up to this length must be the whole heading: "no" stands in many others."""
_MONTHS: Final = (
    *("jan", "feb", "mar", "apr", "may", "jun"),
    *("jul", "aug", "sep", "oct", "nov", "dec"),
)
_NAMED: Final = re.compile(
    rf"\b([0-9]{{1,2}})[ -]({'|'.join(_MONTHS)})[a-z]{{0,6}}[ -]([0-9]{{4}})", re.IGNORECASE
)
_DAY_FIRST: Final = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:[ T]+(\d{1,2}):(\d{2}))?")
_YEAR_FIRST: Final = re.compile(r"(\d{4})[/.-](\d{1,2})[/.-](\d{1,2})(?:[ T]+(\d{1,2}):(\d{2}))?")

Words = Mapping[str, Sequence[str]]
"""Field -> folded words that its heading may be."""


class PreviewChanged(Conflict):
    message = N_("Bảng xem trước vừa thay đổi hoặc đã được ghi. Vui lòng xem lại trang này.")


@dataclass(frozen=True)
class Layout:
    """Where the header stands (row, from 0) and the column (from 0, or NONE) of each field."""

    header: int
    columns: Mapping[str, int]

    def has(self, *fields: str) -> bool:
        """Whether the table has a column for every one of the fields."""
        return all(self.columns.get(field, NONE) != NONE for field in fields)

    def cells(self, row: Sequence[Cell]) -> dict[str, Cell]:
        """Field -> the row's cell; None for what the row or the table does not have."""
        return {
            field: row[place] if 0 <= place < len(row) else None
            for field, place in self.columns.items()
        }


def guess(
    rows: Sequence[Sequence[Cell]], columns_of: Callable[[Sequence[Cell]], Mapping[str, int]]
) -> Layout:
    """The row among the first that names the most fields, and its columns."""
    layouts = [Layout(number, columns_of(row)) for number, row in enumerate(rows[:HEADER_ROWS])]
    return max(layouts, key=_named, default=Layout(0, columns_of(())))


def _named(layout: Layout) -> int:
    return sum(place != NONE for place in layout.columns.values())


def holding(words: Words) -> Callable[[Sequence[Cell]], Mapping[str, int]]:
    """For ``guess``: a heading is the field whose longest word it holds, the first such heading."""

    def columns_of(row: Sequence[Cell]) -> Mapping[str, int]:
        columns = dict.fromkeys(words, NONE)
        for place, cell in enumerate(row):
            field = _field_of(words_of(cell), words) if isinstance(cell, str) else None
            if field is not None and columns[field] == NONE:
                columns[field] = place
        return columns

    return columns_of


def _field_of(heading: str, words: Words) -> str | None:
    plain = f" {fold(heading[:120])} "
    found: tuple[int, str] | None = None
    for field, known in words.items():
        for word in known:
            fits = plain.strip() == word if len(word) <= _SHORT else f" {word} " in plain
            if fits and (found is None or len(word) > found[0]):
                found = (len(word), field)
    return found[1] if found else None


def being(words: Words) -> Callable[[Sequence[Cell]], Mapping[str, int]]:
    """For ``guess``: a heading is the field whose word it is, the best word first."""

    def columns_of(row: Sequence[Cell]) -> Mapping[str, int]:
        heads = [fold(cell[:120]).strip("* ") if isinstance(cell, str) else "" for cell in row]
        return {
            field: next((heads.index(word) for word in known if word in heads), NONE)
            for field, known in words.items()
        }

    return columns_of


def chosen(posted: Mapping[str, str], fields: Iterable[str]) -> Layout | None:
    """The columns that a person chose (``header`` and each field's, as numbers); None for what no
    page of ours sends: other text, a column twice, a header further down than is looked.
    """
    places = {}
    for field in ("header", *fields):
        text = posted.get(field, "")
        if not re.fullmatch(r"-1|[0-9]{1,3}", text) or int(text) >= MOST_COLUMNS:
            return None
        places[field] = int(text)
    header = places.pop("header")
    taken = [place for place in places.values() if place != NONE]
    if not 0 <= header < HEADER_ROWS or len(taken) != len(set(taken)):
        return None
    return Layout(header, places)


def headings(rows: Sequence[Sequence[Cell]], header: int) -> list[str]:
    """What stands over each column of the table; empty where nothing does."""
    row = rows[header] if header < len(rows) else []
    width = max((len(one) for one in rows[: header + 5]), default=0)
    return ([words_of(cell)[:40] for cell in row] + [""] * width)[:width]


def _with_number(found: re.Match[str]) -> str:
    return f"{found[1]}/{_MONTHS.index(found[2].lower()) + 1}/{found[3]}"


def instant(cell: Cell) -> datetime | None:
    """A local time of Vietnam, day before month or year first, the month a number or its English
    name; without a time it is midnight."""
    words = _NAMED.sub(_with_number, words_of(cell))
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
