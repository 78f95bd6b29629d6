"""The process that opens uploaded sheets, with little memory, little time and no network needs.

Run by ``shop.sheets.workbooks`` as a plain script that imports nothing of ours. Standard input is
one line of JSON (``{"kind": "xlsx" | "csv" | "book", "rows": most}``) and then the file; standard
output is
JSON: ``{"rows": [[cell, …], …], "formulas": [[row, column], …], "merged": [[r, c, r, c], …]}``
or ``{"refused": code}``; of a workbook also ``"part"``, where its sheet lies. Rows and columns
count from 0. A cell is text, a number, true or false, null, ``{"date": iso}`` or
``{"error": code}``. Of a ``book`` every sheet is given, hidden ones too: see ``read_book``.

A workbook is a zip of XML. Before any parser sees it, all of it is judged here: its entries and
their real sizes (counted while unpacking, not as declared), ratio, macros, passwords, links to
other files, DTDs, how far its cells reach. Only entries that passed are packed into the archive
that the parser gets.
"""

import csv
import io
import json
import re
import resource
import sys
import unicodedata
import zipfile
import zlib
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from xml.etree import ElementTree as ET
from xml.parsers import expat

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

MEMORY_BYTES: Final = 768 * 1024 * 1024
CPU_SECONDS: Final = 20
MAX_ENTRIES: Final = 300
MAX_UNPACKED: Final = 40 * 1024 * 1024
MAX_RATIO: Final = 200
"""Of an entry over a megabyte; a sheet of 5,000 equal rows reaches about 60."""
MAX_COLUMNS: Final = 200
MAX_BOOK_COLUMNS: Final = 1_000
MAX_CELLS: Final = 400_000
MAX_CELL_TEXT: Final = 32_767
MAX_REPORTED: Final = 20_000
SHEET_NAMES: Final = ("san pham", "products")

_NS: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_REL: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_CELL: Final = re.compile(
    rb"<(?:\w+:)?c\b(?P<c>[^>]*)>|<(?:\w+:)?(?P<f>f)[\s/>]|<(?:\w+:)?(?P<row>row)\b[^>]*>"
)
_REFERENCE: Final = re.compile(rb'\br\s*=\s*["\']([A-Z]{1,3})([0-9]{1,7})["\']')
_MERGED: Final = re.compile(
    rb'<(?:\w+:)?mergeCell\b[^>]*\bref\s*=\s*["\']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})["\']'
)
_VALIDATION: Final = re.compile(
    rb"<(?:\w+:)?dataValidation\b(?P<a>[^>]*)>(?P<inside>.*?)</(?:\w+:)?dataValidation>", re.DOTALL
)
_LISTED: Final = re.compile(rb"<(?:\w+:)?formula1>(.*?)</(?:\w+:)?formula1>", re.DOTALL)
_WHERE: Final = re.compile(rb"""\bsqref\s*=\s*["']([^"']*)|<(?:\w+:)?sqref>(.*?)<""")
_TAG: Final = re.compile(rb"<[^>]*>")


class Refused(Exception):
    """The file is not taken; the argument is the reason's code."""


# Workbooks


def read_xlsx(raw: bytes, most: int) -> dict[str, Any]:
    """The cells of the sheet named "Sản phẩm", or of the first visible one. Raises Refused."""
    entries = _unpack(raw)
    _refuse_contents(entries)
    path, name = _sheet(entries)
    formulas, errors = _scan(entries[path], most)
    merged = [
        [int(top) - 1, _number(left), int(bottom) - 1, _number(right)]
        for left, top, right, bottom in _MERGED.findall(entries[path])
    ]
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(_repack(entries))) as book:
            sheet = book.get_sheet_by_name(name)
            rows = sheet.to_python(skip_empty_area=False)
    except PasswordError:
        raise Refused("encrypted") from None
    except (CalamineError, ValueError, OverflowError):
        raise Refused("damaged") from None
    plain = [[_plain(cell) for cell in row] for row in rows]
    for row, column in errors:
        if row < len(plain) and column < len(plain[row]):
            plain[row][column] = {"error": str(plain[row][column])[:20]}
    return {
        "rows": _within(_trim(plain), most),
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
    entries = _unpack(raw)
    _refuse_contents(entries)
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        names = [name.lower() for name in archive.namelist()]
    if any("embeddings/" in name or "activex" in name for name in names):
        raise Refused("embedded")
    found = []
    plain = {name: content for name, content in entries.items() if name != "xl/styles.xml"}
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(_repack(plain))) as book:
            for name, state, path in _sheets(entries):
                sheet = entries[path]
                _refuse_sheet(sheet)
                _scan(sheet, most, MAX_BOOK_COLUMNS)
                rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
                found.append(
                    {
                        "name": name,
                        "is_hidden": state != "visible",
                        "part": path,
                        "rows": _trim([[_plain(cell) for cell in row] for row in rows]),
                        "lists": _drop_downs(sheet),
                    }
                )
    except PasswordError:
        raise Refused("encrypted") from None
    except (CalamineError, ValueError, OverflowError):
        raise Refused("damaged") from None
    if not any(sheet["rows"] for sheet in found):
        raise Refused("empty")
    strings = "xl/sharedStrings.xml"
    return {
        "sheets": found,
        "names": _defined_names(entries),
        "strings": strings if strings in entries else "",
    }


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
    return found[:MAX_REPORTED]


def _unescaped(text: str) -> str:
    for mark, plain in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'")):
        text = text.replace(mark, plain)
    return text.replace("&amp;", "&")[:MAX_CELL_TEXT]


def _defined_names(entries: dict[str, bytes]) -> dict[str, str]:
    book = ET.fromstring(entries["xl/workbook.xml"])  # noqa: S314 - no DTD: _refuse_contents
    names = [(one.get("name", ""), one.text or "") for one in book.iter(f"{_NS}definedName")]
    return dict(names[:MAX_REPORTED])


def _unpack(raw: bytes) -> dict[str, bytes]:
    """The entries that a reader needs, unpacked within bounds. Raises Refused."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            infos = archive.infolist()
            _refuse_entries(infos)
            left = MAX_UNPACKED
            found = {}
            for info in infos:
                if not info.filename.endswith((".xml", ".rels")):
                    continue
                with archive.open(info) as handle:
                    content = handle.read(left + 1)
                left -= len(content)
                if left < 0:
                    raise Refused("bomb")
                found[info.filename.lstrip("/")] = content
            return found
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, ValueError):
        raise Refused("damaged") from None


def _refuse_entries(infos: list[zipfile.ZipInfo]) -> None:
    if len(infos) > MAX_ENTRIES:
        raise Refused("bomb")
    names = [info.filename.lower() for info in infos]
    if any(info.flag_bits & 1 for info in infos):
        raise Refused("encrypted")
    if any("vbaproject" in name or "macrosheets/" in name for name in names):
        raise Refused("macros")
    if any("externallinks/" in name or name.endswith("connections.xml") for name in names):
        raise Refused("external_links")
    if len(set(names)) != len(names) or any(".." in name or "\\" in name for name in names):
        raise Refused("damaged")
    if any(
        info.file_size > 1024 * 1024 and info.file_size > MAX_RATIO * max(1, info.compress_size)
        for info in infos
    ):
        raise Refused("bomb")
    if sum(info.file_size for info in infos) > MAX_UNPACKED:
        # a million honest rows are no bomb, only too many
        is_long = any("worksheets/" in i.filename and i.file_size > 10 * 1024**2 for i in infos)
        raise Refused("too_many_rows" if is_long else "bomb")


def _refuse_contents(entries: dict[str, bytes]) -> None:
    for needed in ("[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"):
        if needed not in entries:
            raise Refused("not_xlsx")
    for content in entries.values():
        head = content[:200].lower()
        if head[:2] in {b"\xff\xfe", b"\xfe\xff"} or b"\x00" in content[:400]:
            raise Refused("entities")
        if b"encoding" in head and b"utf-8" not in head and b"us-ascii" not in head:
            raise Refused("entities")
        if b"<!DOCTYPE" in content or b"<!ENTITY" in content or b"<!doctype" in content:
            raise Refused("entities")
    if b"macroEnabled" in entries["[Content_Types].xml"]:
        raise Refused("macros")


def _sheet(entries: dict[str, bytes]) -> tuple[str, str]:
    """Where the sheet to read lies, and its name."""
    sheets = [(name, path) for name, state, path in _sheets(entries) if state == "visible"]
    for name, path in sorted(sheets, key=lambda pair: _bare(pair[0]) not in SHEET_NAMES):
        return path, name
    raise Refused("no_sheet")


def _sheets(entries: dict[str, bytes]) -> list[tuple[str, str, str]]:
    """Name, state and place of every sheet with cells, in the workbook's order."""
    try:
        # no DTD, so no entities: _refuse_contents came before
        book = ET.fromstring(entries["xl/workbook.xml"])  # noqa: S314
        rels = ET.fromstring(entries["xl/_rels/workbook.xml.rels"])  # noqa: S314
    except ET.ParseError:
        raise Refused("damaged") from None
    targets = {rel.get("Id"): rel.get("Target", "") for rel in rels}
    found = []
    for sheet in book.iter(f"{_NS}sheet"):
        target = targets.get(sheet.get(_REL), "")
        path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if path in entries and "worksheets/" in path:
            found.append((sheet.get("name", ""), sheet.get("state", "visible"), path))
    return found


def _bare(name: str) -> str:
    text = unicodedata.normalize("NFD", name.lower())
    return " ".join("".join(c for c in text if not unicodedata.combining(c)).split())


def _scan(
    sheet: bytes, most: int, widest: int = MAX_COLUMNS
) -> tuple[list[list[int]], list[list[int]]]:
    """Refuse a sheet that reaches too far; where its formulas and its error values are."""
    formulas: list[list[int]] = []
    errors: list[list[int]] = []
    row = column = -1
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
        column = _number(place[1]) if place else column + 1
        row = int(place[2]) - 1 if place else row
        if row > 4 * most + 100 or cells > MAX_CELLS:
            raise Refused("too_many_rows")
        if column > widest:
            raise Refused("too_wide")
        if b't="e"' in hit["c"]:
            errors.append([row, column])
    return formulas, errors


def _number(letters: bytes) -> int:
    """``A`` is 0, ``AA`` is 26."""
    total = 0
    for letter in letters:
        total = total * 26 + letter - 64
    return total - 1


def _repack(entries: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return out.getvalue()


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


def _trim(rows: list[list[Any]]) -> list[list[Any]]:
    """Without the empty rows at the end."""
    while rows and all(cell is None for cell in rows[-1]):
        rows.pop()
    return rows


def _within(rows: list[list[Any]], most: int) -> list[list[Any]]:
    filled = sum(1 for row in rows if any(cell is not None for cell in row))
    if filled > most:
        raise Refused("too_many_rows")
    if not filled:
        raise Refused("empty")
    return rows


# Text files

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
        "rows": _within(_trim(rows), most),
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


def answer(request: bytes) -> dict[str, Any]:
    """What to say of a request: the line of JSON and the file."""
    line, _, raw = request.partition(b"\n")
    asked = json.loads(line)
    read = {"xlsx": read_xlsx, "csv": read_csv, "book": read_book}[asked["kind"]]
    try:
        return read(raw, asked["rows"] + 1)
    except Refused as refused:
        return {"refused": refused.args[0]}
    except (MemoryError, RecursionError):
        return {"refused": "bomb"}


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    json.dump(answer(sys.stdin.buffer.read()), sys.stdout, ensure_ascii=True)
