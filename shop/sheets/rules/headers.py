"""Finding the header row of a sheet and which of its columns hold what."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shop.core.text import clean, fold
from shop.sheets.rules.cells import Cell, words_of
from shop.sheets.rules.columns import BY_KEY, COLUMNS, ERROR_HEADER
from shop.sheets.rules.fields import Column

HEADER_ROWS: Final = 20
"""How many rows from the top the header is looked for in."""


class NoHeader(Exception):
    """No row of the first HEADER_ROWS names the SKU column and one more."""


class TwiceHeaded(Exception):
    """Two columns are headed alike; the argument is the label."""


@dataclass(frozen=True)
class Header:
    """Where the header stands (0-based) and which column (0-based) holds which field."""

    row: int
    columns: Mapping[str, int]
    words: tuple[str, ...]
    unknown: tuple[str, ...]
    """Headers that mean nothing here: shown, and passed over."""


def _bare(header: str) -> str:
    return fold(clean(header).split("(")[0].strip(" *:"))


def _names(column: Column, also: Callable[[str], str]) -> set[str]:
    words = {column.key, column.label, also(column.label), *column.synonyms}
    return {fold(word) for word in words} | {_bare(word) for word in words}


def find_header(rows: Sequence[Sequence[Cell]], translated: Callable[[str], str]) -> Header:
    """The header among the first rows; ``translated`` gives a label in the other language.

    Raises NoHeader, TwiceHeaded.
    """
    known: dict[str, str] = {}
    for column in COLUMNS:
        for name in _names(column, translated):
            known.setdefault(name, column.key)
    passed_over = {fold(ERROR_HEADER), fold(translated(ERROR_HEADER))}
    for number, row in enumerate(rows[:HEADER_ROWS]):
        header = _header_of(number, row, known, passed_over)
        if "sku" in header.columns and len(header.columns) > 1:
            return header
    raise NoHeader


def _header_of(
    number: int, row: Sequence[Cell], known: Mapping[str, str], passed_over: set[str]
) -> Header:
    columns: dict[str, int] = {}
    unknown = []
    twice = ""
    for place, cell in enumerate(row):
        name = words_of(cell)[:200] if isinstance(cell, str) else ""
        key = known.get(fold(name)) or known.get(_bare(name)) if name else None
        if key in columns:
            twice = BY_KEY[key].label
        elif key is not None:
            columns[key] = place
        elif name and fold(name) not in passed_over:
            unknown.append(name[:60])
    if twice and "sku" in columns:
        raise TwiceHeaded(twice)
    words = tuple(words_of(cell)[:60].rstrip(" *") for cell in row)
    return Header(number, columns, words, tuple(unknown))
