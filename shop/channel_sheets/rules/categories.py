"""The categories inside a template, and what each demands."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from shop.channel_sheets.rules.book import Book, BookSheet, words_at
from shop.channel_sheets.rules.keys import CATEGORY, folded_key
from shop.core.text import fold

MOST_CATEGORIES: Final = 20_000
_ID_FIRST: Final = re.compile(r"^(\d{3,12})\s*[-–]\s*(\S.*)$")
_ID_LAST: Final = re.compile(r"^(\S.*?)\s*\((\d{3,12})\)\s*$")
_DAYS: Final = re.compile(r"(\d{1,3})\s*[-–]\s*(\d{1,3})")
_SPLIT: Final = re.compile(r"\s*[>/»]\s*")


@dataclass(frozen=True)
class Category:
    """A category of the shop. ``cell`` is what its column takes; days are the range of handling
    days for goods made to order, 0 when not told."""

    id: str
    path: str
    cell: str
    days_min: int = 0
    days_max: int = 0


def read_categories(book: Book, columns: Sequence[Any], sheet: BookSheet) -> tuple[Category, ...]:
    """Every category that the file names, each once: of its category sheet, else of drop-downs."""
    found: dict[str, Category] = {}
    for one in book.sheets:
        for category in _from_sheet(one):
            found.setdefault(category.id, category)
    if not found:
        for category in _from_drop_down(book, columns, sheet):
            found.setdefault(category.id, category)
    return tuple(list(found.values())[:MOST_CATEGORIES])


def _from_sheet(sheet: BookSheet) -> Iterable[Category]:
    """Rows below the keys ``et_title_category_id`` and ``…_name``, or ``123-Path`` rows there."""
    for row, cells in enumerate(sheet.rows[:10]):
        keys = [folded_key(cell) if isinstance(cell, str) else "" for cell in cells]
        if "et_title_category_id" not in keys:
            continue
        at = keys.index("et_title_category_id")
        name = keys.index("et_title_category_name") if "et_title_category_name" in keys else 0
        days = keys.index("et_title_dts_range") if "et_title_dts_range" in keys else -1
        for line in sheet.rows[row + 1 :]:
            number, path = words_at(line, at), words_at(line, name)
            if number.isdigit():
                yield _category(number, path, number, words_at(line, days))
        return


def _category(number: str, path: str, cell: str, days: str) -> Category:
    told = _ID_FIRST.match(path)
    span = _DAYS.search(days)
    return Category(
        id=number[:40],
        path=" > ".join(_SPLIT.split(told[2] if told else path))[:500],
        cell=cell,
        days_min=int(span[1]) if span else 0,
        days_max=int(span[2]) if span else 0,
    )


def _from_drop_down(book: Book, columns: Sequence[Any], sheet: BookSheet) -> Iterable[Category]:
    """``Path/of/category (123)``: what the drop-down of the category column offers."""
    at = next((column.index for column in columns if column.value == CATEGORY), None)
    for words in () if at is None else book.offered(sheet, at):
        told = _ID_LAST.match(words)
        if told:
            yield _category(told[2], told[1], words, "")


def required_by_category(
    book: Book, columns: Sequence[Any], sheet: BookSheet
) -> dict[str, tuple[str, ...]]:
    """Category id -> keys that it makes mandatory, out of the hidden sheet of properties.

    Its columns are headed by the same keys, else they stand in line with those of the template.
    """
    by_index = {column.index: column.key for column in columns}
    known = set(by_index.values())
    found: dict[str, tuple[str, ...]] = {}
    for one in book.marked_sheets:
        if one is sheet:
            continue
        heads = by_index
        for row in one.rows[:10]:
            keys = {at: folded_key(cell) for at, cell in enumerate(row) if isinstance(cell, str)}
            if len(set(keys.values()) & known) >= 2:
                heads = keys
                break
        for row in one.rows:
            told = _ID_FIRST.match(words_at(row, 0)) or re.match(r"^(\d{3,12})$", words_at(row, 0))
            if told:
                must = [heads.get(at, "") for at, cell in enumerate(row) if cell == "MANDATORY"]
                found[told[1]] = tuple(key for key in must if key)
    return found


def find_categories(
    categories: Sequence[Category], words: str, *, most: int = 30
) -> list[Category]:
    """Categories whose path holds every word, or whose id it is."""
    wanted = fold(words[:100]).split()
    if not wanted:
        return []
    found = (
        category
        for category in categories
        if category.id == words.strip() or all(word in fold(category.path) for word in wanted)
    )
    return list(islice(found, most))
