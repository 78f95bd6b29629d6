"""Every channel's bundle, opened again and compared with what the catalogue says."""

import dataclasses
import hashlib
import io
import json
import re
import unicodedata
import zipfile
from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import pytest
from pypdf import PdfReader
from python_calamine import CalamineWorkbook
from xlsxwriter.utility import xl_col_to_name

from shop.marketplaces import registry
from shop.marketplaces.rules.cells import VALUES
from shop.marketplaces.rules.facts import Choice
from shop.marketplaces.rules.pricing import PriceRule
from shop.marketplaces.rules.profile import Column, Limits, Profile, ProfileFault
from shop.marketplaces.services import Bundle, make_bundle
from tests.factories.marketplaces import jpeg
from tests.shop.marketplaces.facts import DAY, PRODUCT, make_desk, photo, product, profile, variant

CHANNELS = sorted(registry.all_profiles())
FORM = "phieu-ban-giao.pdf"
FIRST = 5
"""Rows above the data: mark, keys, labels, requirement, hint."""


PHOTO = jpeg()


def read(name: str) -> bytes:
    return PHOTO if name.endswith(".jpg") else f"content of {name}".encode()


def bundle(channel: str, *products: Any, **desk: Any) -> Bundle:
    return make_bundle(
        profile(channel),
        make_desk(*products, **desk),
        market_words=registry.market_words(),
        read=read,
        tell=lambda _percent: None,
    )


def opened(made: Bundle) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(made.content))


def sheet(made: Bundle, channel: str) -> list[list[Any]]:
    """The first sheet as a spreadsheet program reads it."""
    name = f"{profile(channel).file_name}.xlsx"
    with opened(made) as archive:
        book = CalamineWorkbook.from_filelike(io.BytesIO(archive.read(name)))
    return book.get_sheet_by_index(0).to_python(skip_empty_area=False)


def rows(made: Bundle, channel: str) -> list[dict[str, Any]]:
    """Data rows by column key."""
    table = sheet(made, channel)
    return [dict(zip(table[1], row, strict=False)) for row in table[FIRST:]]


TWO = (
    variant(gtin="0893456789012"),
    variant(
        id=2, sku="TH-1000", label="Gói 1 kg", price_vnd=125_000, net_weight_g=1000,
        packed_weight_g=1080, available=7,
    ),
)  # fmt: skip


# Every profile


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_profile_keeps_the_contract(channel: str) -> None:
    used = profile(channel)
    keys = [column.key for column in used.columns]
    assert len(keys) == len(set(keys))
    assert all(column.label for column in used.columns)
    assert {column.value for column in used.columns if column.value} <= set(VALUES)
    values = {column.value for column in used.columns}
    assert "sku" in values
    assert values & {"title", "title_of_size"}
    assert values & {"price", "price_and_currency"}
    assert values & {"stock", "availability_code", "availability_words"}
    assert registry.profile_called(used.slug) is used
    assert all(registry.profile_called(name) is used for name in used.aliases)
    assert (used.level == "archive") == (used.fidelity == ())
    for rule in (*used.words.values(), *used.papers, *used.deliveries, used.sheet_weight):
        assert rule.source
    for name, limit in used.limits.given().items():
        assert limit.value > 0, name
        assert limit.source, name
        assert limit.certainty in {"certain", "uncertain"}, name
    assert {field.name for field in fields(Limits)} >= set(used.limits.given())
    assert used.source
    assert used.lifecycle.source
    assert used.lifecycle.certainty in {"certain", "uncertain"}
    assert used.lifecycle.as_of <= used.checked_on <= DAY
    assert used.is_active or used.lifecycle.note, "a closed channel says so in words"
    assert used.help
    assert used.market_words


def golden(channel: str, used: Profile) -> dict[str, Any]:
    """What the row of the sound product must hold, by the column's value."""
    common: dict[str, Any] = {
        "title": "Miến dong Tài Hoan 500 g",
        "title_of_size": "Miến dong Tài Hoan 500 g",
        "sku": "TH-500",
        "price": 65_000,
        "stock": 20,
        "price_and_currency": "65000 VND",
        "availability_code": "in_stock",
        "availability_words": "in stock",
        "page_url": "https://chophien.vn/san-pham/mien-dong-tai-hoan",
        "identifier_exists": "no",
        "shipping_weight": "0.55 kg",
        "unit_measure": "500 g",
        "item_group": "",
        "option_1": "",
        "weight_g": 550,
    }
    drafts = {"brand": used.brand_when_none, "length_cm": 20, "width_cm": 10, "height_cm": 8}
    papers = {
        "number": 1,
        "group_label": "Thực phẩm: Chế biến từ gạo, ngũ cốc, củ",
        "stars": "4 sao",
        "decision_no": "345/QĐ-UBND",
        "decision_issued": "01/03/2025",
        "decision_until": "01/03/2028",
        "producer": "HTX Tài Hoan",
        "address": "thôn Chè Cọ, Xã Côn Minh, Tỉnh Thái Nguyên",
        "phone": "0912345678",
        "ingredients": "Bột dong riềng",
        "net_content": "500 g",
        "option_or_content": "Gói 500 g",
        "shelf_life": "365 ngày kể từ ngày sản xuất",
        "storage": "Để nơi khô ráo.",
        "size_cm": "20 × 10 × 8",
        "weight_g": 550,
        "photo_1": "anh/TH-500/01.jpg",
        "photo_3": "anh/TH-500/03.jpg",
        "photo_4": "",
        "food_safety": "17/2025/ATTP; 05/01/2025; 05/01/2028",
        "trace_url": "https://chophien.vn/T/ABCDE23456",
    }
    photo_url = f"https://chophien.vn/media/{1:064x}-1200.jpg"
    return common | {
        "shopee": drafts | {"group": "", "address_1": photo_url},
        "tiktok": {"title": "Miến dong Tài Hoan 500 g Xã Côn Minh", "brand": ""},
        "lazada": drafts | {"weight_kg": 0.55, "currency": "VND", "address_1": photo_url},
    }.get(channel, papers if used.level == "hand_over" else {})


@pytest.mark.parametrize("channel", CHANNELS)
def test_the_sheet_holds_what_the_catalogue_says(channel: str) -> None:
    used, made = profile(channel), bundle(channel)
    table = sheet(made, channel)
    assert table[1] == [column.key for column in used.columns]
    assert table[2] == [column.label for column in used.columns]
    (row,) = rows(made, channel)
    for column in used.columns:
        if column.value in golden(channel, used):
            assert row[column.key] == golden(channel, used)[column.value], column.key
    mark = "bản nháp – chưa khớp mẫu của gian hàng"
    assert (mark in table[0][0]) == (used.level == "draft")
    assert "22/11/2026" in table[0][0]


@pytest.mark.parametrize("channel", CHANNELS)
def test_the_same_input_gives_the_same_bytes(channel: str) -> None:
    first, second = bundle(channel), bundle(channel)
    assert first.content == second.content
    with opened(first) as archive:
        names = archive.namelist()
        assert names == sorted(names)
        assert {info.date_time for info in archive.infolist()} == {(2020, 1, 1, 0, 0, 0)}
        assert archive.testzip() is None


@pytest.mark.parametrize("channel", CHANNELS)
def test_the_bundle_is_whole(channel: str) -> None:
    used, made = profile(channel), bundle(channel)
    with opened(made) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    assert files == dict(made.files)
    photos = {f"anh/TH-500/0{n}.jpg": read(f"{n:064x}-1200.jpg") for n in (1, 2, 3)}
    assert photos.items() <= files.items()
    report = json.loads(files["report.json"])
    assert report == made.report
    assert report["counts"] == {
        "products": 1, "ready": 1, "blocked": 0, "excluded": 0, "refusals": 0, "warnings": 0,
    }  # fmt: skip
    for entry in report["files"]:
        content = files[entry["name"]]
        assert entry["sha256"] == hashlib.sha256(content).hexdigest()
        assert entry["bytes"] == len(content)
    assert {entry["name"] for entry in report["files"]} == set(files) - {
        "report.json",
        "report.html",
    }
    assert used.label in files["README.txt"].decode()
    assert used.label in files["report.html"].decode()
    assert made.file_name == f"{channel}_htx-tai-hoan_20261122.zip"
    if used.level == "hand_over":
        assert files["giay-to/TH-500/ocop-2.jpg"] == read(f"{'e' * 64}.scan")
        assert files["giay-to/co-so/food_safety-ffffffff.jpg"] == read(f"{'f' * 64}.scan")
        page = files["phieu-ban-giao.html"].decode()
        assert 'src="anh/TH-500/01.jpg"' in page
        assert "17/2025/ATTP" in page
    else:
        assert not any(name.startswith("giay-to/") for name in files)


def test_the_hand_over_form_tells_what_is_known_and_marks_what_is_not() -> None:
    told = {"gia_si": "45.000 đ", "so_luong_toi_thieu": "20", "cong_bo": "01/TH/2026"}
    made = bundle("voso", product(variants=TWO), choices={PRODUCT.id: Choice(attributes=told)})
    first, second = rows(made, "voso")
    assert (first["gia_si"], first["so_luong_toi_thieu"]) == (45_000, 20)
    assert (first["cong_bo"], first["nguoi_lien_he"]) == ("01/TH/2026", "Nông Thị Hoan")
    assert [one["khoi_luong_tinh"] for one in (first, second)] == ["500 g", "1 kg"]
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(made.files[FORM])).pages]
    for word in ("Nông Thị Hoan", "45000", "01/TH/2026", "1080 g", "125.000", "Người nhận"):
        assert word in "".join(pages), word
    assert "...." not in pages[0]

    bare = bundle("voso", product(storage=""), choices={PRODUCT.id: Choice()})
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(bare.files[FORM])).pages)
    assert "...." in text.partition("Giá sỉ")[2].partition("SL tối thiểu")[0]
    assert "...." in text.partition("Bảo quản")[2].partition("Giá sỉ")[0]
    assert "Chưa có, hỏi cơ sở" in bare.files["phieu-ban-giao.html"].decode()
    with zipfile.ZipFile(io.BytesIO(bare.files["phieu_san_pham.xlsx"])) as book:
        assert b"FFFDF3D7" in book.read("xl/styles.xml")
        cells = book.read("xl/worksheets/sheet1.xml").decode()
    keys = [column.key for column in profile("voso").columns]
    style = re.search(rf'<c r="{xl_col_to_name(keys.index("gia_si"))}6" s="(\d+)"/>', cells)
    photo_cell = f'<c r="{xl_col_to_name(keys.index("anh_9"))}6"'
    assert style, "an unknown price is a marked blank cell"
    assert photo_cell not in cells, "a ninth photo is nothing to ask for"


def test_two_sizes_are_two_rows_of_one_group() -> None:
    both = product(variants=TWO)
    first, second = rows(bundle("shopee", both), "shopee")
    for row in (first, second):
        assert row["et_title_variation_integration_no"] == "1"
        assert row["et_title_variation_1"] == "Quy cách"
        assert row["ps_product_name"] == "Miến dong Tài Hoan 500 g, 1 kg"
        assert row["ps_sku_parent_short"] == ""
    assert [row["et_title_option_for_variation_1"] for row in (first, second)] == [
        "Gói 500 g",
        "Gói 1 kg",
    ]
    assert [row["ps_price"] for row in (first, second)] == [65_000, 125_000]
    assert [row["ps_stock"] for row in (first, second)] == [20, 7]
    assert [row["ps_weight"] for row in (first, second)] == [550, 1080]
    assert first["ps_gtin_code"] == "0893456789012", "leading zeros stay"
    lazada = rows(bundle("lazada", both), "lazada")
    assert [row["Package Weight (kg)"] for row in lazada] == [0.55, 1.08]
    assert [row["STT"] for row in []] == []
    assert [row["stt"] for row in rows(bundle("voso", both), "voso")] == [1, 2]


def test_whole_numbers_are_written_without_a_decimal_part() -> None:
    made = bundle("shopee", product(variants=TWO))
    with zipfile.ZipFile(io.BytesIO(made.files["ban-nhap-shopee.xlsx"])) as book:
        xml = book.read("xl/worksheets/sheet1.xml").decode()
        shared = book.read("xl/sharedStrings.xml").decode()
    assert "<v>65000</v>" in xml
    assert "65000.0" not in xml
    assert "<f>" not in xml
    assert "TH-500" in shared, "texts are shared strings"


def test_the_photo_columns_stay_empty_without_a_public_address() -> None:
    (row,) = rows(bundle("shopee", url="http://127.0.0.1:8000"), "shopee")
    assert row["ps_item_cover_image"] == ""
    codes = [
        f["code"] for f in bundle("shopee", url="http://127.0.0.1:8000").report["channel_findings"]
    ]
    assert "IMG_URL_PUBLIC" in codes


# Faults on the way


def test_blocked_products_stay_behind_with_their_reason() -> None:
    bad = product(id=8, name="Trà chưa duyệt", state="draft", variants=(variant(id=9, sku="T"),))
    made = bundle("voso", bad, PRODUCT)
    assert [row["ma_sku"] for row in rows(made, "voso")] == ["TH-500"]
    readme = made.files["README.txt"].decode()
    assert "[PRODUCT_NOT_PUBLISHED]" in readme
    assert "Gửi duyệt sản phẩm" in readme
    blocked = made.report["products"][0]
    assert blocked["status"] == "blocked"
    finding = next(f for f in blocked["findings"] if f["code"] == "PRODUCT_NOT_PUBLISHED")
    assert finding["fix_url"] == "https://chophien.vn/ban-hang/san-pham/8"


def test_a_photo_that_vanishes_blocks_only_its_product() -> None:
    gone = product(id=8, variants=(variant(id=9, sku="G"),), photos=(photo(66), photo(67)))

    def read_some(name: str) -> bytes:
        if name.startswith(f"{67:064x}"):
            raise FileNotFoundError(name)
        return read(name)

    made = make_bundle(
        profile("shopee"),
        make_desk(gone, PRODUCT),
        market_words=registry.market_words(),
        read=read_some,
        tell=lambda _percent: None,
    )
    assert [row["ps_sku_short"] for row in rows(made, "shopee")] == ["TH-500"]
    assert not any(name.startswith("anh/G/") for name in made.files)
    assert [item["status"] for item in made.report["products"]] == ["blocked", "ready"]
    assert made.report["products"][0]["findings"][0]["code"] == "PRODUCT_FAULT"
    assert made.report["counts"]["ready"] == 1


def test_an_empty_shop_gets_an_honest_empty_bundle() -> None:
    desk = replace(make_desk(), products=())
    for channel in CHANNELS:
        made = make_bundle(
            profile(channel),
            desk,
            market_words=registry.market_words(),
            read=read,
            tell=lambda _percent: None,
        )
        assert rows(made, channel) == []
        assert made.report["counts"]["products"] == 0


def test_folders_never_clash() -> None:
    skus = ["A/1", "a-1", "A 1", "../..", "Đặc sản"]
    goods = [
        product(id=n, variants=(variant(id=n, sku=sku),), photos=(photo(n + 10),))
        for n, sku in enumerate(skus, start=1)
    ]
    made = bundle("voso", *goods)
    folders = {name.split("/")[1] for name in made.files if name.startswith("anh/")}
    assert len(folders) == len(skus)
    assert all(".." not in name for name in made.files)


# Hostile texts


HOSTILE = {
    "formula": "=HYPERLINK(\"http://evil\";\"x\")",
    "at": "@SUM(1+1)",
    "plus": "+84 miến",
    "controls": "Miến\u0000\u0001\u000b\u001f\ufffe dong",
    "markup": "<script>alert(1)</script> & \"x\" 'y'",
    "nfd": unicodedata.normalize("NFD", "Miến dong ầ ế ỗ ữ"),
    "bidi": "Miến \u202egnod",
    "escape": "_x0041_ _x000D_",
    "megabyte": "a" * 1_000_000,
}  # fmt: skip


@pytest.mark.parametrize("channel", ["shopee", "lazada", "voso"])
@pytest.mark.parametrize("kind", sorted(HOSTILE))
def test_hostile_texts_are_texts(channel: str, kind: str) -> None:
    text = HOSTILE[kind]
    hostile = product(name=text, summary=text, storage=text, origin=text, usage=text)
    made = bundle(channel, hostile, replace(PRODUCT, id=8, variants=(variant(id=2, sku="OK"),)))
    for row in rows(made, channel):
        for value in row.values():
            if isinstance(value, str):
                assert unicodedata.is_normalized("NFC", value)
                assert not any(ord(char) < 32 and char not in "\n\t" for char in value)
    with zipfile.ZipFile(io.BytesIO(made.files[f"{profile(channel).file_name}.xlsx"])) as book:
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")
    assert made.files.get(FORM, b"%PDF").startswith(b"%PDF")
    for name in ("report.html", "phieu-ban-giao.html"):
        assert b"<script>" not in made.files.get(name, b"")
    assert json.loads(made.files["report.json"])["counts"]["products"] == 2
    if kind == "megabyte":
        assert made.report["products"][0]["status"] == "blocked"
    else:
        title_key = {"shopee": "ps_product_name", "lazada": "*Product Name(Vietnamese)"}.get(
            channel, "ten_san_pham"
        )
        assert rows(made, channel)[0][title_key] == made.report["products"][0]["title"]
        if kind == "formula":
            assert rows(made, channel)[0][title_key].startswith("=HYPERLINK(")


def test_a_floor_keeps_a_product_back() -> None:
    choice = Choice(price=PriceRule(80), price_floor_vnd=60_000)
    made = bundle("shopee", choices={PRODUCT.id: choice})
    assert rows(made, "shopee") == []
    assert "PRICE_BELOW_FLOOR" in made.files["README.txt"].decode()


# Profiles that contradict themselves


@pytest.mark.parametrize(
    "change",
    [
        {"slug": "xuat"},
        {"slug": "Shopee VN"},
        {"columns": ()},
        {"columns": (Column("a", "A", "title"), Column("a", "B", "price"))},
    ],
)
def test_a_contradictory_profile_does_not_load(change: dict[str, Any]) -> None:
    make: Callable[..., Any] = dataclasses.replace
    with pytest.raises(ProfileFault):
        make(profile("shopee"), **change)


def test_progress_is_told() -> None:
    told: list[int] = []
    make_bundle(
        profile("voso"),
        make_desk(PRODUCT, product(id=8, variants=(variant(id=2, sku="B"),))),
        market_words=registry.market_words(),
        read=read,
        tell=told.append,
    )
    assert told == [45, 90]
