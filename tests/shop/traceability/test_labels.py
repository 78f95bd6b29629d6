"""Label sheets as a scanner and a printer meet them."""

import io
import shutil
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image
from pypdf import PdfReader

from shop.traceability import labels
from shop.traceability.labels import LabelFacts, make_sheet

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

every_template = pytest.mark.parametrize("slug", list(labels.TEMPLATES))


def sheet(slug: str = "a4-24", count: int = 24, skip: int = 0, **over: Any) -> bytes:
    facts = LabelFacts(**(FACTS | over))
    return make_sheet(facts, template=labels.TEMPLATES[slug], count=count, skip=skip)


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
    assert [len(codes) for codes in found] == [template.per_page, 1]
    for code in (code for codes in found for code in codes):
        assert code.text == ADDRESS
        assert code.ec_level == "M"


@every_template
def test_the_qr_is_large_enough_and_keeps_its_quiet_zone(slug: str, tmp_path: Path) -> None:
    [image] = pages(sheet(slug, 1), tmp_path, dpi=600)
    [code] = zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.QRCode)
    corners = code.position
    side_mm = (corners.top_right.x - corners.top_left.x) / 600 * 25.4
    assert side_mm >= 15.0 - 0.1
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


@every_template
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
    assert [len(codes) for codes in found] == [2, 1]


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
