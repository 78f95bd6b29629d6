"""Templates are understood by content and filled without touching any other part."""

import io
import zipfile
from typing import Any

import pytest

from shop.channel_sheets.rules.book import Book, book_of
from shop.channel_sheets.rules.filling import Choices, weight_in, weight_unit
from shop.channel_sheets.rules.keys import CATEGORY, DELIVERY, VALUES_USED, WEIGHT
from shop.channel_sheets.rules.layout import fingerprint, layout_of
from shop.channel_sheets.rules.patching import Target, fill
from shop.channel_sheets.rules.reading import NoTemplate, find_layout, need_of
from shop.marketplaces.rules.cells import VALUES
from shop.marketplaces.rules.picking import Suggester
from shop.sheets.workbooks import read_book
from tests.factories import templates

FILES: dict[str, tuple[bytes, str, int]] = {
    "shopee 2026": (templates.shopee(), "Template", 6),
    "shopee, shuffled, inline": (templates.shopee(seed=5, is_shared=False), "Template", 6),
    "shopee, empty activePane": (templates.shopee(seed=9, pane=""), "Template", 6),
    "shopee before 2022": (templates.shopee(is_old=True), "Bản đăng tải", 5),
    "shopee before 2022, shuffled": (templates.shopee(is_old=True, seed=2), "Bản đăng tải", 5),
    "tiktok": (templates.tiktok(), "Template", 5),
    "tiktok, shuffled, inline": (templates.tiktok(seed=4, is_shared=False), "Template", 5),
    "lazada": (templates.lazada(), "Mat ong", 4),
}


def opened(raw: bytes) -> Book:
    return book_of(read_book(raw))


def parts(raw: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("name", FILES)
def test_a_template_is_understood_and_filled_part_by_part(name: str) -> None:
    raw, sheet_name, data_row = FILES[name]
    book = opened(raw)
    layout = find_layout(book)
    assert (layout.sheet, layout.data_row) == (sheet_name, data_row)
    assert layout_of(layout.as_json()) == layout
    assert layout.samples > 0
    columns = [column.index for column in layout.columns if column.value]
    rows: list[list[Any]] = [
        ["=1+1 & <b>\x07 \u1ec7", *([None] * (len(columns) - 2)), 85000],
        ["0123", *(["x"] * (len(columns) - 2)), 7],
    ]
    for strings in ("", layout.strings):
        out = io.BytesIO()
        target = Target(layout.part, layout.data_row, columns, len(rows), strings)
        assert fill(raw, target, rows, out) == 2
        before, after = parts(raw), parts(out.getvalue())
        assert list(before) == list(after)
        changed = {part for part in before if before[part] != after[part]}
        assert changed == {layout.part} | ({strings} - {""})
        old, new = book.called(sheet_name), opened(out.getvalue()).called(sheet_name)
        assert old is not None
        assert new is not None
        assert new.rows[:data_row] == old.rows[:data_row], "head and signature row stay"
        assert len(new.rows) == data_row + 2, "samples are gone"
        assert new.text(data_row, columns[0]) == "=1+1 & <b> \u1ec7"
        assert new.text(data_row + 1, columns[0]) == "0123"
        assert new.rows[data_row][columns[-1]] == 85000
        assert b"<f>" not in after[layout.part]


def test_what_a_shopee_template_says() -> None:
    layout = find_layout(opened(templates.shopee(seed=11, hidden_brand=True)))
    assert (layout.kind, layout.shop_ref, layout.told_unit) == ("basic", "889900", "g")
    assert [one.id for one in layout.categories] == ["100784", "100785", "100786", "101200"]
    assert (layout.categories[1].days_min, layout.categories[1].days_max) == (7, 15)
    assert layout.required_by_category["100785"] == ("ps_product_global_attribute.100095",)
    fast = next(one for one in layout.deliveries if one.key == "channel_id.5001")
    assert (fast.on, fast.off, fast.ceiling_vnd) == ("Mở", "Tắt", 20_000_000)
    assert layout.private_sheets == ("HiddenShopBrand",)
    needs = {column.key: column.need for column in layout.columns}
    assert (needs["ps_price"], needs["ps_length"]) == ("required", "optional")
    assert needs["ps_category"] == "conditional"


def test_old_delivery_keys_and_other_channels() -> None:
    old = find_layout(opened(templates.shopee(is_old=True)))
    assert {one.key for one in old.deliveries} == {"channel_id.5001", "channel_id.5000"}
    tiktok = find_layout(opened(templates.tiktok(seed=6)))
    assert (tiktok.channel, tiktok.kind) == ("tiktok", "V4")
    assert tiktok.categories[1].cell.endswith("(882953)")
    lazada = find_layout(opened(templates.lazada()))
    assert (lazada.channel, lazada.told_unit) == ("lazada", "kg")


def test_the_unit_is_never_guessed_against_the_template() -> None:
    told = find_layout(opened(templates.tiktok(unit="kg")))
    assert told.told_unit == "kg"
    assert weight_unit(told, Choices()) is None
    assert weight_unit(told, Choices(unit="kg")) == "kg"
    assert weight_in(1250, "g") == 1250
    assert str(weight_in(1250, "kg")) == "1.25"
    assert weight_in(2000, "kg") == 2
    assert weight_in(1250, None) is None


def test_fingerprint_sees_meaning_not_order() -> None:
    first = find_layout(opened(templates.shopee()))
    shuffled = find_layout(opened(templates.shopee(seed=8, is_shared=False)))
    assert fingerprint(first) == fingerprint(shuffled)
    fewer = find_layout(opened(templates.shopee(columns=templates.SHOPEE[:-3])))
    assert fingerprint(first) != fingerprint(fewer)


def test_other_workbooks_are_no_templates() -> None:
    raw = templates.workbook([templates.Page("Sheet1", [["Tên", "Giá"], ["Mật ong", 1]])])
    with pytest.raises(NoTemplate):
        find_layout(opened(raw))


@pytest.mark.parametrize(
    ("words", "need"),
    [
        ("Mandatory", "required"),
        ("Bắt buộc", "required"),
        ("Conditional Mandatory", "conditional"),
        ("Conditionally mandatory", "conditional"),
        ("Bắt buộc có điều kiện", "conditional"),
        ("Không bắt buộc", "optional"),
        ("Optional", "optional"),
        ("Nhập tên sản phẩm bắt buộc từ 10 ký tự", ""),
    ],
)
def test_words_of_need(words: str, need: str) -> None:
    assert need_of(words) == need


def test_every_value_that_a_key_asks_for_exists() -> None:
    assert VALUES_USED - {CATEGORY, DELIVERY, WEIGHT} <= set(VALUES)


def test_the_fitting_category_comes_first() -> None:
    suggester = Suggester(find_layout(opened(templates.shopee())).categories)
    assert suggester.suggest("MẬT ONG hoa bạc hà Mèo Vạc", "")[0].id == "100785"
    assert suggester.suggest("Chè shan tuyết", "Trà")[0].id == "100786"
    shares_only_food = suggester.suggest("Mật ong, siro", "Thực phẩm")
    assert [one.id for one in shares_only_food] == ["100785"]
    assert suggester.suggest("zzz", "") == []
    assert suggester.suggest("zzz", "", before={"101200": 2})[0].id == "101200"
