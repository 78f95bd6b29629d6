"""Files that nobody should open: each gets its own clear refusal, from the child process."""

import io
import subprocess
import unicodedata
import zipfile
from collections.abc import Callable

import pytest
import xlsxwriter

from shop.sheets import workbooks, writers
from shop.sheets.rules.judging import FORMULA, MERGED, judge
from shop.sheets.rules.plan import Shelf
from shop.sheets.rules.refusals import MAX_BYTES, SheetRefused, kind_of
from shop.sheets.workbooks import read_sheet

EMPTY = Shelf({}, {})


def book(fill: Callable[[xlsxwriter.Workbook], None] | None = None) -> bytes:
    """A small good workbook, or what ``fill`` makes of it."""
    out = io.BytesIO()
    made = xlsxwriter.Workbook(out, {"in_memory": True})
    if fill is None:
        page = made.add_worksheet("Sản phẩm")
        page.write_row(0, 0, ["SKU", "Giá"])
        page.write_row(1, 0, ["A-1", 5000])
    else:
        fill(made)
    made.close()
    return out.getvalue()


def changed(raw: bytes, **entries: bytes | None) -> bytes:
    """The workbook with entries replaced, added, or (None) left out; ``__`` is a slash."""
    wanted = {name.replace("__", "/").replace("DOT", "."): data for name, data in entries.items()}
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(raw)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for info in source.infolist():
            if info.filename not in wanted:
                target.writestr(info.filename, source.read(info))
        for name, data in wanted.items():
            if data is not None:
                target.writestr(name, data)
    return out.getvalue()


SHEET = "xl__worksheets__sheet1DOTxml"


def sheet_xml(body: str, head: str = "") -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>{head}'
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"<sheetData>{body}</sheetData></worksheet>"
    ).encode()


def million_rows(count: int = 1_000_000) -> bytes:
    """As a spreadsheet program writes them."""
    rows = (f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(1, count + 1))
    return sheet_xml("".join(rows))


def refusal(raw: bytes, kind: str = "xlsx") -> str:
    with pytest.raises(SheetRefused) as refused:
        read_sheet(raw, kind)
    return refused.value.code


def test_a_good_workbook_is_read() -> None:
    assert read_sheet(book(), "xlsx").table.rows == [["SKU", "Giá"], ["A-1", 5000]]


HOSTILE = {
    "bomb": lambda: changed(book(), xl__mediaDOTxml=b"\0" * 60_000_000),
    "entities": lambda: changed(
        book(),
        **{SHEET: sheet_xml("<row/>", '<!DOCTYPE x [<!ENTITY a "aaaa">]>')},
    ),
    "external entity": lambda: changed(
        book(),
        xl__sharedStringsDOTxml=b'<!DOCTYPE s [<!ENTITY x SYSTEM "file:///etc/passwd">]><sst/>',
    ),
    "utf-16": lambda: changed(book(), **{SHEET: sheet_xml("").decode().encode("utf-16")}),
    "macros": lambda: changed(book(), xl__vbaProjectDOTbin=b"x"),
    "macro type": lambda: changed(
        book(), **{"[Content_Types]DOTxml": b"<Types>sheet.macroEnabled.main+xml</Types>"}
    ),
    "links": lambda: changed(book(), xl__externalLinks__externalLink1DOTxml=b"<x/>"),
    "connections": lambda: changed(book(), xl__connectionsDOTxml=b"<x/>"),
    "rows": lambda: changed(
        book(),
        **{SHEET: sheet_xml('<row r="1048576"><c r="A1048576"><v>1</v></c></row>')},
    ),
    "wide": lambda: changed(
        book(), **{SHEET: sheet_xml('<row r="1"><c r="XFD1"><v>1</v></c></row>')}
    ),
    "repeated cells": lambda: changed(book(), **{SHEET: sheet_xml("<row><c/></row>" * 450_000)}),
    "a million rows": lambda: changed(book(), **{SHEET: million_rows()}),
    "many rows": lambda: changed(book(), **{SHEET: million_rows(200_000)}),
    "no workbook": lambda: changed(book(), xl__workbookDOTxml=None),
    "a word file": lambda: changed(book(), xl__workbookDOTxml=None, word__documentDOTxml=b"<w/>"),
    "broken xml": lambda: changed(book(), **{SHEET: b"<worksheet><sheetData><row>"}),
    "broken workbook": lambda: changed(book(), xl__workbookDOTxml=b"<workbook"),
    "cut": lambda: book()[: len(book()) // 2],
    "zip slip": lambda: changed(book(), **{"..__..__etc__xDOTxml": b"<x/>"}),
}
CODES = {
    "external entity": "entities",
    "utf-16": "entities",
    "macro type": "macros",
    "links": "external_links",
    "connections": "external_links",
    "rows": "too_many_rows",
    "wide": "too_wide",
    "repeated cells": "bomb",
    "a million rows": "too_many_rows",
    "many rows": "too_many_rows",
    "no workbook": "not_xlsx",
    "a word file": "not_xlsx",
    "broken xml": "damaged",
    "broken workbook": "damaged",
    "cut": "damaged",
    "zip slip": "damaged",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_workbooks_are_refused(name: str) -> None:
    assert refusal(HOSTILE[name]()) == CODES.get(name, name)


def test_a_lying_size_does_not_help_a_bomb() -> None:
    """The declared size says one byte; the stream unpacks to 60 MB."""
    raw = changed(book(), xl__worksheets__sheet2DOTxml=b" " * 60_000_000)
    size = (60_000_000).to_bytes(4, "little")
    assert size in raw
    assert refusal(raw.replace(size, (1).to_bytes(4, "little"))) in {"bomb", "damaged"}


def test_five_thousand_rows_and_one_more() -> None:
    def rows(count: int) -> bytes:
        lines = [f"A-{n};5000" for n in range(count)]
        return ("SKU;Giá\n" + "\n".join(lines)).encode()

    assert len(read_sheet(rows(5000), "csv").table.rows) == 5001
    assert refusal(rows(6000), "csv") == "too_many_rows"


def test_only_empty_rows_is_empty() -> None:
    assert refusal(b";;\n;;\n", "csv") == "empty"


@pytest.mark.parametrize(
    ("raw", "name", "code"),
    [
        (b"", "a.xlsx", "empty"),
        (b"  \n ", "a.csv", "empty"),
        (b"x" * (MAX_BYTES + 1), "a.csv", "too_big"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"Workbook", "a.xls", "old_xls"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "a.xlsx",
            "encrypted",
        ),
        (b"%PDF-1.7", "a.csv", "not_sheet"),
        (b"\x89PNG\r\n", "a.csv", "not_sheet"),
        (b"SKU;Gia", "a.doc", "not_sheet"),
        (b"SKU;Gia", "", "not_sheet"),
    ],
)
def test_wrong_files_are_refused_before_anything_opens_them(
    raw: bytes, name: str, code: str
) -> None:
    with pytest.raises(SheetRefused) as refused:
        kind_of(raw, name)
    assert refused.value.code == code


def test_a_zip_is_a_workbook_whatever_its_name() -> None:
    assert kind_of(book(), "gia.csv") == "xlsx"


TEXT = "Mã hàng;Tên sản phẩm\nA-1;Miến dong Đặng\n"


@pytest.mark.parametrize(
    "raw",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("utf-16"),
        TEXT.encode("utf-16-le"),
        TEXT.replace(";", ",").encode(),
        TEXT.replace(";", "\t").encode(),
        ("sep=;\n" + TEXT).encode(),
        TEXT.replace("\n", "\r\n").encode(),
        unicodedata.normalize("NFD", TEXT).encode(),
    ],
)
def test_encodings_and_delimiters_are_found_out(raw: bytes) -> None:
    assert read_sheet(raw, "csv").table.rows == [
        ["Mã hàng", "Tên sản phẩm"],
        ["A-1", "Miến dong Đặng"],
    ]


def test_windows_1258_is_read_with_its_combining_marks() -> None:
    """Code page 1258 has letters with a hat or horn, and tone marks of their own after them."""
    hat = {
        "ế": "ê\u0301",
        "ặ": "ă\u0323",
        "à": "a\u0300",
        "ã": "a\u0303",
        "ả": "a\u0309",
        "ẩ": "â\u0309",
    }
    typed = "".join(hat.get(char, char) for char in TEXT)
    rows = read_sheet(typed.encode("cp1258"), "csv").table.rows
    assert rows == [["Mã hàng", "Tên sản phẩm"], ["A-1", "Miến dong Đặng"]]


def test_binary_rubbish_is_no_text() -> None:
    assert refusal(b"SKU;a\n" + bytes(range(256)) * 4, "csv") in {"not_text", "damaged"}


def test_formulas_and_merged_cells_are_faults_of_their_rows() -> None:
    def fill(made: xlsxwriter.Workbook) -> None:
        page = made.add_worksheet("Giá")
        page.write_row(0, 0, ["SKU", "Tên", "Quy cách", "Giá", "Ghi chú"])
        page.write_row(1, 0, ["A-1", "Miến", "Gói"])
        page.write_formula(1, 3, "=1+1", None, 5000)
        page.write_formula(1, 4, "=2+2", None, 4)
        page.merge_range(2, 0, 3, 0, "A-2")

    sheet = read_sheet(book(fill), "xlsx")
    plan = judge(sheet.table, EMPTY, stock_mode="keep")
    texts = [{fault.text for fault in row.faults} for row in plan.rows]
    assert FORMULA in texts[0]
    assert MERGED in texts[1]


def test_the_named_sheet_is_read_and_hidden_ones_are_not() -> None:
    def fill(made: xlsxwriter.Workbook) -> None:
        made.add_worksheet("Ẩn").hide()
        made.add_worksheet("Khác").write_row(0, 0, ["x"])
        made.add_worksheet("san pham").write_row(0, 0, ["SKU", "Giá"])
        made.worksheets()[1].activate()

    assert read_sheet(book(fill), "xlsx").table.rows == [["SKU", "Giá"]]


def test_the_template_has_lists_comments_and_examples_that_are_passed_over() -> None:
    raw = writers.template(str)
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        page = archive.read("xl/worksheets/sheet1.xml").decode()
        assert page.count("<dataValidation ") == 4
        assert 'topLeftCell="D2"' in page
        assert "xl/comments1.xml" in archive.namelist()
    plan = judge(read_sheet(raw, "xlsx").table, EMPTY, stock_mode="count")
    assert plan.counts == {"new": 0, "changed": 0, "unchanged": 0, "error": 0, "example": 2}


def test_a_slow_or_dying_child_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "WALL_SECONDS", 0.001)
    assert refusal(book()) == "too_slow"
    monkeypatch.setattr(
        subprocess, "run", lambda *_a, **_k: subprocess.CompletedProcess([], -9, b"", b"")
    )
    assert refusal(book()) == "bomb"
