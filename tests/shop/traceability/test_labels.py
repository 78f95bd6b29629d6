"""Label sheets as a scanner and a printer meet them."""

import io
import shutil
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import segno
import zxingcpp
from PIL import Image
from pypdf import PdfReader

from shop.traceability import labels
from shop.traceability.labels import LabelFacts, make_pages, make_sheet, symbols
from shop.traceability.rules import codes

ADDRESS = "HTTPS://CHOPHIEN.VN/T/8CKTBHPVAG"

FACTS: dict[str, Any] = {
    "address": ADDRESS,
    "code": "8CKTBHPVAG",
    "product": "Miến dong Tài Hoan",
    "producer": "HTX Tài Hoan",
    "place": "Xã Côn Minh, Tỉnh Thái Nguyên",
    "net_content": "Gói 500 g",
    "lot_no": "MD-2611",
    "made_on": date(2026, 11, 2),
    "best_before": date(2027, 11, 2),
}

ROOMY = [slug for slug, template in labels.TEMPLATES.items() if template.is_roomy]

every_template = pytest.mark.parametrize("slug", list(labels.TEMPLATES))


def sheet(slug: str = "a4-24", count: int = 24, skip: int = 0, **over: Any) -> bytes:
    units = over.pop("units", ())
    facts = LabelFacts(**(FACTS | over))
    template = labels.TEMPLATES[slug]
    return make_sheet(facts, template=template, count=count, skip=skip, units=units)


def some_units(count: int) -> list[labels.Unit]:
    made = [codes.new_code() for _ in range(count)]
    return [labels.Unit(f"HTTPS://CHOPHIEN.VN/T/{code}", code) for code in made]


def pages(pdf: bytes, tmp_path: Path, dpi: int = 300) -> list[Image.Image]:
    if shutil.which("pdftoppm") is None:
        pytest.skip("pdftoppm is missing (Debian package poppler-utils)")
    (tmp_path / "sheet.pdf").write_bytes(pdf)
    subprocess.run(
        ["pdftoppm", "-r", str(dpi), "-gray", "-png", "sheet.pdf", "page"], cwd=tmp_path, check=True
    )
    images = []
    for path in sorted(tmp_path.glob("page*.png")):
        with Image.open(path) as image:
            images.append(image.convert("L"))
        path.unlink()
    return images


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


@every_template
def test_every_qr_of_the_printed_page_decodes(slug: str, tmp_path: Path) -> None:
    template = labels.TEMPLATES[slug]
    count = template.per_page + 1
    found = [
        zxingcpp.read_barcodes(page, formats=zxingcpp.BarcodeFormat.QRCode)
        for page in pages(sheet(slug, count), tmp_path)
    ]
    assert [len(read) for read in found] == [template.per_page, 1]
    for code in (code for read in found for code in read):
        assert code.text == ADDRESS
        assert code.ec_level == "M"


@every_template
def test_the_qr_is_large_enough_and_keeps_its_quiet_zone(slug: str, tmp_path: Path) -> None:
    [image] = pages(sheet(slug, 1), tmp_path, dpi=600)
    [code] = zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.QRCode)
    corners = code.position
    side_mm = (corners.top_right.x - corners.top_left.x) / 600 * 25.4
    assert side_mm >= labels.TEMPLATES[slug].qr_mm - 0.1 >= 14.9
    module = side_mm / 25 / 25.4 * 600
    assert module / 600 * 25.4 >= 0.4
    left, top = corners.top_left.x - 3.6 * module, corners.top_left.y - 3.6 * module
    right, bottom = corners.bottom_right.x + 3.6 * module, corners.bottom_right.y + 3.6 * module
    quiet = image.crop((int(left), int(top), int(right), int(bottom)))
    inner = (
        int(3.6 * module) - 2,
        int(3.6 * module) - 2,
        quiet.width - int(3.6 * module) + 2,
        quiet.height - int(3.6 * module) + 2,
    )
    quiet.paste(255, inner)
    assert quiet.getextrema()[0] >= 250


@every_template
def test_what_the_law_wants_stands_on_the_label(slug: str) -> None:
    said = " ".join(text_of(sheet(slug, 1)).split())
    for wanted in (
        "Miến dong Tài Hoan",
        "Số lô: MD-2611",
        "NSX: 02/11/2026",
        "HSD: 02/11/2027",
        "Gói 500 g",
        "HTX Tài Hoan",
        "Xã Côn Minh, Tỉnh Thái Nguyên",
        "Việt Nam",
        "8CKTB-HPVAG",
    ):
        assert wanted in said
    assert "OCOP" not in said
    assert "OCOP 4 sao" in text_of(sheet(slug, 1, stars=4))


@pytest.mark.parametrize("slug", ROOMY)
def test_long_texts_are_fitted_whole(slug: str) -> None:
    name = "Miến dong sợi dai truyền thống của bà con vùng cao Côn Minh " * 2
    said = " ".join(text_of(sheet(slug, 1, product=name.strip(), producer="HTX " * 20)).split())
    assert name.strip() in said
    assert said.count("HTX") == 20


@pytest.mark.parametrize(
    ("over", "refusal"),
    [
        ({"product": "Miến dong rất dài " * 60}, labels.LabelTooSmall),
        ({"product": "Miến 😀"}, labels.CannotPrint),
        ({"producer": "米粉"}, labels.CannotPrint),
    ],
)
def test_what_cannot_be_printed_whole_is_refused(
    over: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        sheet("50x40", 1, **over)


def test_one_long_word_is_divided_not_cut() -> None:
    word = "Ư" * 160
    assert "".join(text_of(sheet("a4-24", 1, product=word)).split()).count("Ư") == 160


def test_used_places_are_left_empty(tmp_path: Path) -> None:
    found = [
        zxingcpp.read_barcodes(page, formats=zxingcpp.BarcodeFormat.QRCode)
        for page in pages(sheet(count=3, skip=22), tmp_path, dpi=200)
    ]
    assert [len(read) for read in found] == [2, 1]


def decoded(image: Image.Image) -> set[str]:
    """What the codes of a page say; the reader sometimes finds one code twice."""
    found = zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.QRCode)
    assert all(code.ec_level == "M" for code in found)
    return {code.text for code in found}


@every_template
def test_units_carry_their_own_codes(slug: str, tmp_path: Path) -> None:
    units = some_units(labels.TEMPLATES[slug].per_page + 1)
    pdf = sheet(slug, units=units)
    assert [decoded(page) for page in pages(pdf, tmp_path)] == [
        {unit.address for unit in units[:-1]},
        {units[-1].address},
    ]
    said = text_of(pdf)
    assert all(f"{unit.code[:5]}-{unit.code[5:]}" in said for unit in units)


@every_template
def test_pictures_scan_at_print_resolution(slug: str) -> None:
    template = labels.TEMPLATES[slug]
    units = some_units(template.per_page + 1)
    made = []
    for content in make_pages(LabelFacts(**FACTS), template=template, units=units):
        with Image.open(io.BytesIO(content)) as image:
            assert image.info["dpi"] == pytest.approx((300, 300), abs=0.1)
            assert image.size == tuple(round(side / 25.4 * 300) for side in template.page)
            made.append(decoded(image))
    assert made == [{unit.address for unit in units[:-1]}, {units[-1].address}]


def test_pictures_leave_used_places_empty() -> None:
    template = labels.TEMPLATES["a4-24"]
    facts = LabelFacts(**FACTS)
    counts = []
    for content in make_pages(facts, template=template, units=some_units(3), skip=22):
        with Image.open(io.BytesIO(content)) as image:
            counts.append(len(decoded(image)))
    assert counts == [2, 1]


@every_template
def test_a_long_digital_link_still_fits_and_scans(slug: str, tmp_path: Path) -> None:
    address = "HTTPS://CHOPHIEN.VN/01/08931234567897/10/L261122-1/21/8CKTBHPVAG"
    [page] = pages(sheet(slug, 1, address=address), tmp_path)
    assert decoded(page) == {address}


def test_ean_is_printed_where_there_is_room_and_scans(tmp_path: Path) -> None:
    over = {"ean": "8931234567897"}
    [page] = pages(sheet("a4-70x50", 1, **over), tmp_path)
    [ean] = zxingcpp.read_barcodes(page, formats=zxingcpp.BarcodeFormat.EAN13)
    assert ean.text == "8931234567897"
    content = next(make_pages(LabelFacts(**(FACTS | over)), template=labels.TEMPLATES["a4-70x50"]))
    with Image.open(io.BytesIO(content)) as image:
        [ean] = zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.EAN13)
    assert ean.text == "8931234567897"
    [page] = pages(sheet("a4-40x30", 1, **over), tmp_path)
    assert not zxingcpp.read_barcodes(page, formats=zxingcpp.BarcodeFormat.EAN13)


def test_fonts_are_embedded() -> None:
    pdf = PdfReader(io.BytesIO(sheet("50x30", 1)))
    fonts = [
        font.get_object()
        for form in pdf.pages[0]["/Resources"]["/XObject"].values()  # type: ignore[index]
        for font in form.get_object()["/Resources"]["/Font"].values()
    ]
    named = [font for font in fonts if "BeVietnamPro" in font["/BaseFont"]]
    assert named
    assert all("/FontFile2" in font["/FontDescriptor"] for font in named)


def test_masks_are_judged_as_the_standard_says() -> None:
    """Against segno's count, in which overlapping finder-likes (40 points each) count once."""
    from segno.encoder import evaluate_mask

    for unit in some_units(20):
        plain, side, version = symbols._bits(unit.address, 0)
        for mask, change in enumerate(symbols._masks(version)):
            matrix = segno.make_qr(unit.address, error="m", boost_error=False, mask=mask).matrix
            theirs = evaluate_mask([bytearray(row) for row in matrix], side, side)
            more = symbols._penalty(plain ^ change, side) - theirs
            assert more >= 0
            assert more % 40 == 0


def test_a_thousand_labels_are_quick_and_small() -> None:
    from time import process_time

    start = process_time()
    pdf = sheet(count=1000)
    assert process_time() - start < 1.0
    assert len(pdf) < 300_000
    assert len(PdfReader(io.BytesIO(pdf)).pages) == 42


def test_an_unknown_sheet_is_refused() -> None:
    with pytest.raises(labels.UnknownTemplate):
        labels.template_of("a3")


def test_the_svg_path_draws_the_same_symbol() -> None:
    path, side = labels.qr_path(ADDRESS)
    image = Image.new("L", (side, side), 255)
    for run in path.replace("M", "\nM").strip().splitlines():
        start, _, rest = run[1:].partition("h")
        column, row = (int(number) for number in start.split())
        for offset in range(int(rest.split("v")[0])):
            image.putpixel((column + offset, row), 0)
    big = image.resize((side * 8, side * 8), Image.Resampling.NEAREST)
    [code] = zxingcpp.read_barcodes(big)
    assert code.text == ADDRESS
    assert side == 25 + 8
