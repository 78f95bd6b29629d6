"""Changing text cells of one sheet of a workbook; every other part keeps its bytes.

A workbook (ECMA-376) is a zip of XML parts. Libraries that read it into objects and write it anew
lose what they do not know: drop-downs, colours, comments, hidden sheets. Here only the rows with
changed cells are written anew, inside the sheet's own XML.

The file must have been judged before (no bombs, no DTD, UTF-8): see ``shop/sheets``.
"""

import io
import re
import zipfile
from collections.abc import Mapping
from typing import Final
from xml.sax.saxutils import escape

Cells = Mapping[int, Mapping[int, str | None]]
"""Row (from 0) -> column (from 0) -> the new text, or None to empty the cell."""

_ROW: Final = re.compile(
    rb"<(?P<p>\w+:)?row\b(?P<a>[^>]*?)(?:/>|>(?P<cells>.*?)</(?:\w+:)?row>)", re.DOTALL
)
_CELL: Final = re.compile(rb"<(?:\w+:)?c\b(?P<a>[^>]*?)(?:/>|>.*?</(?:\w+:)?c>)", re.DOTALL)
_NUMBER: Final = re.compile(rb"""\br\s*=\s*["'](\d+)["']""")
_PLACE: Final = re.compile(rb"""\br\s*=\s*["']([A-Z]{1,3})\d+["']""")
_STYLE: Final = re.compile(rb"""\bs\s*=\s*["'](\d+)["']""")
_SPANS: Final = re.compile(rb"""\s*\bspans\s*=\s*["'][^"']*["']""")


def with_cells(workbook: bytes, part: str, cells: Cells) -> bytes:
    """The workbook with ``cells`` changed in the sheet stored as ``part``.

    A cell keeps its style; a row that the sheet does not hold is left out. Raises KeyError when
    there is no such part.
    """
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        names = {info.filename.lstrip("/") for info in old.infolist()}
        if part not in names:
            raise KeyError(part)
        for info in old.infolist():
            content = old.read(info)
            is_it = info.filename.lstrip("/") == part
            new.writestr(info, changed(content, cells) if is_it else content)
    return out.getvalue()


def changed(sheet: bytes, cells: Cells) -> bytes:
    """A sheet's XML with ``cells`` changed."""
    at = -1

    def row(found: re.Match[bytes]) -> bytes:
        nonlocal at
        told = _NUMBER.search(found["a"])
        at = int(told[1]) - 1 if told else at + 1
        wanted = cells.get(at)
        return _row(found, at, wanted) if wanted else found[0]

    return _ROW.sub(row, sheet)


def _row(found: re.Match[bytes], row: int, wanted: Mapping[int, str | None]) -> bytes:
    prefix = found["p"] or b""
    held: dict[int, tuple[bytes, bytes]] = {}
    column = -1
    for cell in _CELL.finditer(found["cells"] or b""):
        place = _PLACE.search(cell["a"])
        column = column_number(place[1].decode()) if place else column + 1
        held[column] = (cell[0], cell["a"])
    for column, text in wanted.items():
        style = _STYLE.search(held.get(column, (b"", b""))[1])
        held[column] = (_cell(prefix, row, column, text, style[1] if style else None), b"")
    inside = b"".join(cell for _, (cell, _attributes) in sorted(held.items()))
    attributes = _SPANS.sub(b"", found["a"]).rstrip()
    return b"<%brow%b>%b</%brow>" % (prefix, attributes, inside, prefix)


def _cell(prefix: bytes, row: int, column: int, text: str | None, style: bytes | None) -> bytes:
    p = prefix.decode()
    head = f'<{p}c r="{column_letters(column)}{row + 1}"' + (
        f' s="{style.decode()}"' if style else ""
    )
    if text is None:
        return f"{head}/>".encode()
    words = escape(_PLAIN.sub("", text))
    return (
        f'{head} t="inlineStr"><{p}is><{p}t xml:space="preserve">{words}</{p}t></{p}is></{p}c>'
    ).encode()


_PLAIN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML 1.0 cannot hold."""


def column_letters(column: int) -> str:
    """``A`` for 0, ``AA`` for 26."""
    letters, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """``A`` is 0, ``AA`` is 26."""
    total = 0
    for letter in letters:
        total = total * 26 + ord(letter) - 64
    return total - 1
