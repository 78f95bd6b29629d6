"""Text files: their encoding and their delimiter are found out."""

import csv
import io
import re
import unicodedata
from typing import Any, Final

from shop.sheets.workbook_worker.cells import trimmed, within
from shop.sheets.workbook_worker.limits import MAX_COLUMNS, MAX_REPORTED, Refused

DELIMITERS: Final = (";", ",", "\t")


def read_csv(raw: bytes, most: int) -> dict[str, Any]:
    """The cells of a text file; its encoding and its delimiter are found out. Raises Refused."""
    text, encoding = _decode(raw)
    if "\x00" in text:
        raise Refused("not_text")
    first, _, rest = text.partition("\n")
    told = re.fullmatch(r"sep=(.)\r?", first, re.IGNORECASE)
    delimiter = told[1] if told else _delimiter(text)
    csv.field_size_limit(200_000)
    rows: list[list[Any]] = []
    try:
        for row in csv.reader(io.StringIO(rest if told else text, newline=""), delimiter=delimiter):
            if len(row) > MAX_COLUMNS:
                raise Refused("too_wide")
            rows.append([cell if cell.strip() else None for cell in row])
            if len(rows) > 4 * most + 100:
                raise Refused("too_many_rows")
    except csv.Error:
        raise Refused("damaged") from None
    formulas = [
        [number, place]
        for number, row in enumerate(rows)
        for place, cell in enumerate(row)
        if isinstance(cell, str) and cell[:1] == "="
    ]
    return {
        "rows": within(trimmed(rows), most),
        "formulas": formulas[:MAX_REPORTED],
        "merged": [],
        "encoding": encoding,
        "delimiter": delimiter,
    }


def _decode(raw: bytes) -> tuple[str, str]:
    for mark, encoding in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if raw.startswith(mark):
            return _decoded(raw, encoding), encoding
    if raw[1:400:2].count(0) > len(raw[1:400:2]) // 3:
        return _decoded(raw, "utf-16-le"), "utf-16-le"
    try:
        return _decoded(raw, "utf-8"), "utf-8"
    except Refused:
        return _decoded(raw, "cp1258"), "windows-1258"


def _decoded(raw: bytes, encoding: str) -> str:
    try:
        return unicodedata.normalize("NFC", raw.decode(encoding))
    except UnicodeDecodeError:
        raise Refused("not_text") from None


def _delimiter(text: str) -> str:
    """The one that cuts the widest of the first lines into most cells, quotes respected."""
    sample = text[:20_000].splitlines()[:10]

    def cells(delimiter: str) -> int:
        try:
            return max((len(row) for row in csv.reader(sample, delimiter=delimiter)), default=0)
        except csv.Error:
            return 0

    return max(DELIMITERS, key=cells)
