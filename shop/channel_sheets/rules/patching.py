"""Writing rows into one sheet of a workbook as a stream; every other part keeps its bytes.

The sheet's own XML is kept up to the first data row and from behind its rows on: columns, drop-
downs, panes, protection, comments' links, whatever a library would not know. Rows with values from
the first data row on are samples and go; rows that only carry styles stay behind the new ones.

The file must have been judged before (``shop.sheets.workbooks.read_book``): no DTD, no comments in
the sheet, well-formed, UTF-8.
"""

import io
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from decimal import Decimal
from typing import IO, Final

from shop.core.workbook_cells import column_letters, column_number

Value = str | int | Decimal | None

_DATA: Final = re.compile(
    rb"<(?P<p>\w+:)?sheetData\b[^>]*?(?:/>|>(?P<rows>.*)</(?:\w+:)?sheetData>)", re.DOTALL
)
_ROW: Final = re.compile(
    rb"<(?:\w+:)?row\b(?P<a>[^>]*?)(?:/>|>(?P<cells>.*?)</(?:\w+:)?row>)", re.DOTALL
)
_CELL: Final = re.compile(rb"<(?:\w+:)?c\b(?P<a>[^>]*?)(?:/>|>.*?</(?:\w+:)?c>)", re.DOTALL)
_NUMBER: Final = re.compile(rb"""\br\s*=\s*["'](\d+)["']""")
_PLACE: Final = re.compile(rb"""\br\s*=\s*["']([A-Z]{1,3})\d+["']""")
_STYLE: Final = re.compile(rb"""\bs\s*=\s*["'](\d+)["']""")
_VALUED: Final = re.compile(rb"<(?:\w+:)?(?:v|is|f)[\s>/]")
_COLUMN: Final = re.compile(rb"<(?:\w+:)?col\b([^>]*)>")
_SPAN: Final = re.compile(rb"""\b(min|max|style)\s*=\s*["'](\d+)["']""")
_EXTENT: Final = re.compile(
    rb"""(<(?:\w+:)?dimension\b[^>]*\bref\s*=\s*["'])([A-Z]+\d+(?::[A-Z]+\d+)?)"""
)
_UNWRITABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\r\ud800-\udfff\ufffe\uffff]")
"""What XML 1.0 cannot hold, and carriage returns."""
_SPECIAL: Final = re.compile("[&<>\x00-\x08\x0b\x0c\x0e-\x1f\r\ud800-\udfff\ufffe\uffff]")
_COUNTS: Final = re.compile(rb"""\b(count|uniqueCount)\s*=\s*["'](\d+)["']""")
_CHUNK: Final = 256


@dataclass(frozen=True)
class Target:
    """Where rows go: part of the sheet, first row and columns from 0.

    ``count``: how many rows will come. ``strings``: the part of shared texts when texts are to be
    shared; empty: they stand in their cells, and the sheet is the only part that changes.
    """

    part: str
    first_row: int
    columns: Sequence[int]
    count: int
    strings: str = ""


def fill(workbook: bytes, target: Target, rows: Iterable[Sequence[Value]], out: IO[bytes]) -> int:
    """Write the workbook with ``rows`` into ``out``; returns how many there were.

    Raises KeyError when there is no such part.
    """
    return fill_sheets(workbook, [(target, rows)], out)


def fill_sheets(
    workbook: bytes, pages: Sequence[tuple[Target, Iterable[Sequence[Value]]]], out: IO[bytes]
) -> int:
    """Write the workbook with the rows of every page into ``out``, once; how many rows there were.

    Raises KeyError when a part is not there.
    """
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, ExitStack() as opened:
        infos = old.infolist()
        names = {info.filename.lstrip("/"): info for info in infos}
        filled = {target.part: _Page(names[target.part], target, rows) for target, rows in pages}
        strings = next((one.strings for one, _rows in pages if one.strings in names), "")
        texts = _Texts(old.read(names[strings])) if strings else None
        made: dict[str, IO[bytes]] = {}
        written = 0
        # sheets come first: which texts are shared is known only behind the last row of all
        for part, page in filled.items() if texts is not None else ():
            made[part] = opened.enter_context(tempfile.TemporaryFile())
            written += page.write(old, made[part], texts)
            made[part].seek(0)
        new = opened.enter_context(zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED))
        for info in infos:
            name = info.filename.lstrip("/")
            if name in made:
                with new.open(_fresh(info), "w") as handle:
                    shutil.copyfileobj(made[name], handle)
            elif name in filled:
                with new.open(_fresh(info), "w") as handle:
                    written += filled[name].write(old, handle, None)
            elif texts is not None and name == strings:
                new.writestr(_fresh(info), texts.written())
            else:
                new.writestr(_fresh(info), old.read(info))
    return written


@dataclass(frozen=True)
class _Page:
    """A sheet that is written anew; its old content is read when its turn comes."""

    info: zipfile.ZipInfo
    target: Target
    rows: Iterable[Sequence[Value]]

    def write(self, old: zipfile.ZipFile, handle: IO[bytes], texts: "_Texts | None") -> int:
        return _Sheet(old.read(self.info), self.target).write(handle, self.rows, texts)


def _fresh(info: zipfile.ZipInfo) -> zipfile.ZipInfo:
    """The entry's name, time and rights, without the sizes it had."""
    copy = zipfile.ZipInfo(info.filename, info.date_time)
    copy.compress_type = info.compress_type
    copy.external_attr = info.external_attr
    copy.create_system = info.create_system
    return copy


def same_parts(before: bytes, after: IO[bytes]) -> tuple[int, int, list[str]]:
    """How many parts there are, how many are the same byte by byte (size and CRC of their
    content), and the names of the others."""
    with zipfile.ZipFile(io.BytesIO(before)) as old, zipfile.ZipFile(after) as new:
        had = {info.filename: (info.file_size, info.CRC) for info in old.infolist()}
        has = {info.filename: (info.file_size, info.CRC) for info in new.infolist()}
    changed = sorted(name for name in had | has if had.get(name) != has.get(name))
    return len(had), len(had) - len(changed), changed


class _Sheet:
    """A sheet's XML cut at its first data row."""

    def __init__(self, content: bytes, target: Target) -> None:
        data = _DATA.search(content)
        if data is None:
            raise KeyError("sheetData")
        self._prefix = (data["p"] or b"").decode()
        self._columns = target.columns
        self._count = target.count
        self._first = first_row = target.first_row
        self._before = content[: data.start()]
        self._after = content[data.end() :]
        self._kept: list[bytes] = []
        self._behind: list[tuple[int, bytes]] = []
        self._styles = _column_styles(self._before)
        self._last_column = 0
        at = -1
        for found in _ROW.finditer(data["rows"] or b""):
            told = _NUMBER.search(found["a"])
            at = int(told[1]) - 1 if told else at + 1
            if at < first_row:
                self._kept.append(found[0])
                self._measure(found["cells"])
                continue
            if at == first_row:
                self._styles |= _cell_styles(found["cells"] or b"")
            if not _VALUED.search(found["cells"] or b""):
                self._behind.append((at, found[0]))

    def _measure(self, cells: bytes | None) -> None:
        for cell in _CELL.finditer(cells or b""):
            place = _PLACE.search(cell["a"])
            if place:
                self._last_column = max(self._last_column, column_number(place[1].decode()))

    def write(
        self, handle: IO[bytes], rows: Iterable[Sequence[Value]], texts: "_Texts | None"
    ) -> int:
        """The whole sheet with the new rows; returns how many."""
        p = self._prefix
        handle.write(self._head())
        handle.write(f"<{p}sheetData>".encode())
        for row in self._kept:
            handle.write(row)
        written = 0
        block: list[str] = []
        for line in _lines(p, self._first, self._columns, self._styles, rows, texts):
            block.append(line)
            written += 1
            if len(block) == _CHUNK:
                handle.write("".join(block).encode())
                block.clear()
        handle.write("".join(block).encode())
        for at, row in self._behind:
            if at >= self._first + written:
                handle.write(row)
        handle.write(f"</{p}sheetData>".encode())
        handle.write(self._after)
        return written

    def _head(self) -> bytes:
        behind = max((at for at, _row in self._behind), default=0)
        last = max(self._first + self._count, behind + 1, 1)
        widest = column_letters(max([*self._columns, self._last_column]))
        return _EXTENT.sub(
            lambda found: found[1] + f"A1:{widest}{last}".encode(), self._before, count=1
        )


def _column_styles(head: bytes) -> dict[int, str]:
    found: dict[int, str] = {}
    for column in _COLUMN.finditer(head):
        told = {name: int(value) for name, value in _SPAN.findall(column[1])}
        if b"style" in told:
            for at in range(told.get(b"min", 1), min(told.get(b"max", 1), 1_000) + 1):
                found[at - 1] = str(told[b"style"])
    return found


def _cell_styles(cells: bytes) -> dict[int, str]:
    found: dict[int, str] = {}
    column = -1
    for cell in _CELL.finditer(cells):
        place = _PLACE.search(cell["a"])
        column = column_number(place[1].decode()) if place else column + 1
        style = _STYLE.search(cell["a"])
        if style:
            found[column] = style[1].decode()
    return found


def _lines(
    p: str,
    first: int,
    columns: Sequence[int],
    styles: dict[int, str],
    rows: Iterable[Sequence[Value]],
    texts: "_Texts | None",
) -> Iterator[str]:
    """One string a row, cells in the order of their columns."""
    order = sorted(range(len(columns)), key=lambda at: columns[at])
    heads = []
    for at in order:
        column = columns[at]
        style = f' s="{styles[column]}"' if column in styles else ""
        heads.append((at, f'<{p}c r="{column_letters(column)}', f'"{style}'))
    open_text = f' t="inlineStr"><{p}is><{p}t xml:space="preserve">'
    close_text = f"</{p}t></{p}is></{p}c>"
    open_number, close_number = f"><{p}v>", f"</{p}v></{p}c>"
    open_shared = f' t="s"><{p}v>'
    special = _SPECIAL.search
    for number, values in enumerate(rows, first + 1):
        cells = [f'<{p}row r="{number}">']
        for at, head, tail in heads:
            value = values[at]
            if value is None:
                continue
            if not isinstance(value, str):
                cells.append(f"{head}{number}{tail}{open_number}{value}{close_number}")
            elif texts is not None:
                place = texts.place(value)
                cells.append(f"{head}{number}{tail}{open_shared}{place}{close_number}")
            else:
                words = _escaped(value) if special(value) else value
                cells.append(f"{head}{number}{tail}{open_text}{words}{close_text}")
        cells.append(f"</{p}row>")
        yield "".join(cells)


def _escaped(text: str) -> str:
    plain = _UNWRITABLE.sub("", text)
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


class _Texts:
    """The part of shared texts: what it holds stays, new texts are appended."""

    def __init__(self, content: bytes) -> None:
        whole = re.sub(rb"<((?:\w+:)?sst)\b([^>]*)/>\s*$", rb"<\1\2></\1>", content)
        end = whole.rfind(b"</")
        self._before, self._after = whole[:end], whole[end:]
        self._held = len(re.findall(rb"<(?:\w+:)?si[\s>/]", content))
        self._used = 0
        self._places: dict[str, int] = {}
        tag = re.search(rb"</(\w+:)?sst", self._after)
        self._prefix = (tag[1] or b"").decode() if tag else ""

    def place(self, text: str) -> int:
        """The number of a text, a new one when it was not seen before."""
        self._used += 1
        return self._held + self._places.setdefault(text, len(self._places))

    def written(self) -> bytes:
        """The part with the new texts behind, counts brought up to date."""
        p = self._prefix
        added = "".join(
            f'<{p}si><{p}t xml:space="preserve">{_escaped(text)}</{p}t></{p}si>'
            for text in self._places
        )
        more = {b"count": self._used, b"uniqueCount": len(self._places)}

        def counted(found: re.Match[bytes]) -> bytes:
            return b'%b="%d"' % (found[1], int(found[2]) + more[found[1]])

        start = re.search(rb"<(?:\w+:)?sst\b[^>]*>", self._before)
        if start is None:
            return self._before + added.encode() + self._after
        head = _COUNTS.sub(counted, start[0])
        return (
            self._before[: start.start()]
            + head
            + self._before[start.end() :]
            + added.encode()
            + self._after
        )
