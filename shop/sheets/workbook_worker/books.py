"""Workbooks: one sheet for a list of goods, every sheet for a marketplace's template."""

import io
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from xml.parsers import expat

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from shop.sheets.workbook_worker.archives import defined_names, repacked, sheets_of, unpack
from shop.sheets.workbook_worker.cells import Extent, Plain, number, within
from shop.sheets.workbook_worker.limits import (
    MAX_BOOK_COLUMNS,
    MAX_CELL_TEXT,
    MAX_COLUMNS,
    MAX_LISTS,
    MAX_REPORTED,
    Refused,
)

SHEET_NAMES: Final = ("san pham", "products")

_MERGED: Final = re.compile(
    rb'<(?:\w+:)?mergeCell\b[^>]*\bref\s*=\s*["\']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})["\']'
)
_VALIDATION: Final = re.compile(
    rb"<(?:\w+:)?dataValidation\b(?P<a>[^>]*)>(?P<inside>.*?)</(?:\w+:)?dataValidation>", re.DOTALL
)
_LISTED: Final = re.compile(rb"<(?:\w+:)?formula1>(.*?)</(?:\w+:)?formula1>", re.DOTALL)
_WHERE: Final = re.compile(rb"""\bsqref\s*=\s*["']([^"']*)|<(?:\w+:)?sqref>(.*?)<""")
_TAG: Final = re.compile(rb"<[^>]*>")


def read_xlsx(raw: bytes, most: int) -> dict[str, Any]:
    """The cells of the sheet named "Sản phẩm", or of the first visible one. Raises Refused."""
    entries = unpack(raw)
    path, name = _sheet(entries)
    formulas, errors = Extent(most, MAX_COLUMNS).scan(entries[path])
    merged = [
        [int(top) - 1, number(left), int(bottom) - 1, number(right)]
        for left, top, right, bottom in _MERGED.findall(entries[path])
    ]
    with _opened(entries) as book:
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    plain = Plain().rows(rows)
    for row, column in errors:
        if row < len(plain) and column < len(plain[row]):
            plain[row][column] = {"error": str(plain[row][column])[:20]}
    return {
        "rows": within(plain, most),
        "formulas": formulas[:MAX_REPORTED],
        "merged": merged[:MAX_REPORTED],
        "part": path,
    }


def read_book(raw: bytes, most: int) -> dict[str, Any]:
    """Every sheet: ``{"sheets": [{"name", "is_hidden", "part", "rows", "lists"}], "names": {…},
    "strings": part}``. Raises Refused.

    ``lists`` are drop-downs: [cells they cover, formula]; ``names`` the workbook's defined names;
    ``strings`` where shared texts lie, or empty. Values are read without the styles, so that a
    style sheet no library takes does no harm.
    """
    entries = unpack(raw)
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        names = [name.lower() for name in archive.namelist()]
    if any("embeddings/" in name or "activex" in name for name in names):
        raise Refused("embedded")
    found = []
    extent, plain = Extent(most, MAX_BOOK_COLUMNS, "book_"), Plain()
    unstyled = {name: content for name, content in entries.items() if name != "xl/styles.xml"}
    with _opened(unstyled) as book:
        for name, state, path in sheets_of(entries):
            sheet = entries[path]
            _refuse_sheet(sheet)
            extent.scan(sheet)
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            found.append(
                {
                    "name": name,
                    "is_hidden": state != "visible",
                    "part": path,
                    "rows": plain.rows(rows),
                    "lists": _drop_downs(sheet),
                }
            )
    if not any(sheet["rows"] for sheet in found):
        raise Refused("empty")
    strings = "xl/sharedStrings.xml"
    return {
        "sheets": found,
        "names": defined_names(entries, MAX_REPORTED),
        "strings": strings if strings in entries else "",
    }


@contextmanager
def _opened(entries: dict[str, bytes]) -> Iterator[Any]:
    """The entries under the eyes of the parser, whose refusals become ours."""
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(repacked(entries))) as book:
            yield book
    except PasswordError:
        raise Refused("encrypted") from None
    except (CalamineError, ValueError, OverflowError):
        raise Refused("damaged") from None


def _refuse_sheet(sheet: bytes) -> None:
    """A sheet that will be changed by its tags must be whole, and hide no tags in comments."""
    if b"<!--" in sheet or b"<![CDATA[" in sheet:
        raise Refused("entities")
    try:
        expat.ParserCreate().Parse(sheet, True)
    except expat.ExpatError:
        raise Refused("damaged") from None


def _drop_downs(sheet: bytes) -> list[list[str]]:
    found = []
    for hit in _VALIDATION.finditer(sheet):
        listed = _LISTED.search(hit["inside"])
        where = _WHERE.search(hit["a"]) or _WHERE.search(hit["inside"])
        if listed and where and b"list" in hit["a"]:
            formula = _TAG.sub(b"", listed[1]).decode(errors="replace")
            found.append([(where[1] or where[2]).decode(errors="replace"), _unescaped(formula)])
        if len(found) == MAX_LISTS:
            break
    return found


def _unescaped(text: str) -> str:
    for mark, plain in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'")):
        text = text.replace(mark, plain)
    return text.replace("&amp;", "&")[:MAX_CELL_TEXT]


def _sheet(entries: dict[str, bytes]) -> tuple[str, str]:
    """Where the sheet to read lies, and its name."""
    sheets = [(name, path) for name, state, path in sheets_of(entries) if state == "visible"]
    for name, path in sorted(sheets, key=lambda pair: _bare(pair[0]) not in SHEET_NAMES):
        return path, name
    raise Refused("no_sheet")


def _bare(name: str) -> str:
    text = unicodedata.normalize("NFD", name.lower())
    return " ".join("".join(c for c in text if not unicodedata.combining(c)).split())
