"""Files that nobody should open, sent as a shop's template: each is refused, none is kept."""

import io
import zipfile
from collections.abc import Callable
from typing import Final

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.channel_sheets.models import ChannelTemplate
from shop.channel_sheets.rules.book import book_of
from shop.channel_sheets.rules.layout import MOST_ALLOWED
from shop.channel_sheets.rules.reading import MOST_SHEETS, find_layout
from shop.sheets.rules.refusals import REFUSALS, SheetRefused
from shop.sheets.workbooks import read_book
from tests.conftest import post
from tests.factories import templates
from tests.factories.accounts import make_member
from tests.factories.catalogue import make_producer

GOOD: Final = templates.shopee()
SHEET: Final = "xl/worksheets/sheet2.xml"
TYPES: Final = "[Content_Types].xml"
STRINGS: Final = "xl/sharedStrings.xml"
OFFICE: Final = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
with zipfile.ZipFile(io.BytesIO(GOOD)) as _archive:
    PARTS: Final = {name: _archive.read(name) for name in _archive.namelist()}


def packed(over: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The good template with parts replaced or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in {**PARTS, **over}.items():
            archive.writestr(name, data)
    return out.getvalue()


def sheet(extra: bytes) -> bytes:
    """The sheet to fill with more rows."""
    return PARTS[SHEET].replace(b"</sheetData>", extra + b"</sheetData>")


def declared(head: bytes) -> bytes:
    return packed({SHEET: PARTS[SHEET].replace(b"<worksheet", head + b"<worksheet", 1)})


def flood(cells: int) -> bytes:
    """One long text, told once, standing in many cells: kilobytes that answer gigabytes."""
    text = b"<si><t>" + b"x" * 32_000 + b"</t></si></sst>"
    held = PARTS[STRINGS].count(b"<si>")
    rows = b"".join(
        b'<row r="%d"><c r="A%d" t="s"><v>%d</v></c></row>' % (n, n, held)
        for n in range(9, 9 + cells)
    )
    return packed({SHEET: sheet(rows), STRINGS: PARTS[STRINGS].replace(b"</sst>", text)})


def doubled() -> bytes:
    out = io.BytesIO(GOOD)
    with zipfile.ZipFile(out, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr(SHEET, PARTS[SHEET])
    return out.getvalue()


def spoiled(before: bytes, after: bytes) -> bytes:
    """A picture that nobody reads, spoiled behind the back of its checksum."""
    return packed({"xl/media/a.png": before * 50}, zipfile.ZIP_STORED).replace(
        before * 50, after * 50
    )


def strange_method() -> bytes:
    raw = bytearray(packed({"xl/media/a.png": b"PNG" * 50}, zipfile.ZIP_STORED))
    raw[raw.rfind(b"xl/media/a.png") - 36] = 99
    raw[raw.find(b"xl/media/a.png") - 22] = 99
    return bytes(raw)


def lying() -> bytes:
    """Sixty megabytes that say they are one byte."""
    size = (60_000_000).to_bytes(4, "little")
    raw = packed({"xl/worksheets/sheet9.xml": b" " * 60_000_000})
    return raw.replace(size, (1).to_bytes(4, "little"))


def nested() -> bytes:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.xml", b"0" * 60_000_000)
    return packed({"xl/media/a.zip": inner.getvalue() + b"0" * 50_000_000})


def outside() -> bytes:
    rels = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        b'<Relationship Id="r1" Type="' + OFFICE + b'/oleObject" Target="file:///etc/passwd" '
        b'TargetMode="External"/></Relationships>'
    )
    return packed({"xl/worksheets/_rels/sheet2.xml.rels": rels})


def typed(kind: bytes) -> bytes:
    told = (
        b'<Override PartName="/xl/a.bin" ContentType="application/vnd.ms-' + kind + b'"/></Types>'
    )
    return packed({TYPES: PARTS[TYPES].replace(b"</Types>", told), "xl/a.bin": b"x"})


LAUGHS: Final = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
FILES: Final[dict[str, Callable[[], bytes]]] = {
    "a bomb": lambda: packed({"xl/media/a.xml": b"0" * 60_000_000}),
    "a bomb in a zip": nested,
    "a lying size": lying,
    "billion laughs": lambda: declared(LAUGHS),
    "an external entity": lambda: declared(b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/x">]>'),
    "utf-16": lambda: packed({SHEET: PARTS[SHEET].decode().encode("utf-16")}),
    "a comment": lambda: packed(
        {SHEET: PARTS[SHEET].replace(b"<sheetData>", b"<!-- <row --><sheetData>")}
    ),
    "torn xml": lambda: packed({SHEET: PARTS[SHEET][:-40]}),
    "a cut file": lambda: GOOD[: len(GOOD) // 2],
    "xlsm": lambda: packed({"xl/vbaProject.bin": b"x"}),
    "xlsm by another name": lambda: typed(b"office.vbaProject"),
    "xlsm by its type": lambda: typed(b"excel.sheet.macroEnabled.main+xml"),
    "an embedded object": lambda: packed({"xl/embeddings/oleObject1.bin": b"x"}),
    "external links": lambda: packed({"xl/externalLinks/externalLink1.xml": b"<x/>"}),
    "a link to a file": outside,
    "a path upwards": lambda: packed({"../../etc/x.xml": b"<x/>"}),
    "one name twice": doubled,
    "one name with a slash": lambda: packed({f"/{SHEET}": PARTS[SHEET]}),
    "a spoiled picture": lambda: spoiled(b"PNG", b"PNX"),
    "an unknown packing": strange_method,
    "a million rows": lambda: packed(
        {SHEET: sheet(b"".join(b'<row r="%d"/><c r="A%d"/>' % (n, n) for n in range(9, 1_000_009)))}
    ),
    "16,384 columns": lambda: packed({SHEET: sheet(b'<row r="9"><c r="XFD9"/></row>')}),
    "two cells far apart": lambda: packed(
        {SHEET: sheet(b'<row r="19999"><c r="A19999"/><c r="ALL19999"/></row>')}
    ),
    "a shared text everywhere": lambda: flood(10_000),
    "an old xls": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"Workbook" * 100,
    "no zip": lambda: b"PK\x03\x04" + b"\x00" * 500,
    "text": lambda: b"ps_product_name,ps_price,ps_weight",
    "nothing": lambda: b"",
    "no template": lambda: templates.workbook([templates.Page("A", [["x", "y"]])]),
}


@pytest.fixture
def client(db: Session, signed_in: Callable[..., FlaskClient]) -> FlaskClient:
    owner = make_member(db, "producer", make_producer(db).id)
    db.commit()
    return signed_in(owner.email)


def test_hostile_files_are_refused(client: FlaskClient, db: Session) -> None:
    for name, make in FILES.items():
        answer = post(client, "/ban-hang/mau-kenh", {"sheet": (io.BytesIO(make()), "mau.xlsx")})
        assert answer.status_code == 422, name
    for page in ("/ban-hang/mau-kenh", "/ban-hang/ket-qua-san"):
        huge = (io.BytesIO(b"PK\x03\x04" + b"\x00" * 6_000_000), "mau.xlsx")
        assert post(client, page, {"sheet": huge}).status_code in {413, 422}
    assert db.scalar(select(func.count()).select_from(ChannelTemplate)) == 0


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("a lying size", "damaged"),
        ("a spoiled picture", "damaged"),
        ("an unknown packing", "damaged"),
        ("two cells far apart", "book_too_many_rows"),
        ("a shared text everywhere", "bomb"),
        ("16,384 columns", "book_too_wide"),
        ("xlsm by another name", "macros"),
        ("a link to a file", "external_links"),
    ],
)
def test_each_refusal_says_why(name: str, code: str) -> None:
    with pytest.raises(SheetRefused) as refused:
        read_book(FILES[name]())
    assert (refused.value.code, refused.value.text) == (code, REFUSALS[code])


def test_lists_that_overlap_are_read_once_and_within_bounds() -> None:
    """2,000 drop-downs over every column, each of a million cells: seconds, not hours."""
    far = [("A1:GR20000", f"Hoa!$A${n}:$AX$20000") for n in range(1, 2_500)]
    page = templates.Page("Hoa", [["x", *[None] * 48, "y"] for _ in range(5_000)])
    keys = [[key for key, *_rest in templates.SHOPEE]]
    raw = templates.workbook([templates.Page("Template", list(keys), drop_downs=far), page])
    told = read_book(raw)
    assert len(told["sheets"][0]["lists"]) == 2_000
    layout = find_layout(book_of(told))
    brand = layout.column("ps_brand")
    assert brand is not None
    assert brand.allowed == ("x", "y") * (MOST_ALLOWED // 2)


def test_only_so_many_sheets_of_one_file_are_filled() -> None:
    keys = [key for key, *_rest in templates.LAZADA]
    rows: list[list[object]] = [list(keys), ["Bắt buộc"] * len(keys)]
    pages = [templates.Page(f"Nganh {n}", rows) for n in range(MOST_SHEETS + 3)]
    layout = find_layout(book_of(read_book(templates.workbook(pages))))
    assert len(layout.sheets) == MOST_SHEETS
    assert layout.other_sheets == tuple(f"Nganh {MOST_SHEETS + n}" for n in range(3))
