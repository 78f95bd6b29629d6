"""What goes into a cell comes back as it was, and no cell is ever a formula."""

import csv
import io
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.core.tables import DANGEROUS
from shop.core.text import fold
from shop.sheets.jobs import english
from shop.sheets.rules.cells import is_clearing, mark, unmark
from shop.sheets.rules.columns import BY_KEY, COLUMNS
from shop.sheets.rules.fields import read_cell, show_value
from shop.sheets.rules.headers import NoHeader, TwiceHeaded, find_header
from shop.sheets.rules.numbers import Unreadable

ODD = st.text() | st.builds(
    str.__add__,
    st.sampled_from([*DANGEROUS, "'", "''", " =", "\u00a0+", "(trống)", "(xóa)"]),
    st.text(),
)


@given(ODD)
def test_marking_is_undone_exactly(text: str) -> None:
    assert unmark(mark(text, is_csv=True)) == text
    assert unmark(mark(text, is_csv=False)) == text


@given(ODD)
def test_no_csv_cell_starts_a_formula(text: str) -> None:
    marked = mark(text, is_csv=True)
    assert not marked.lstrip().startswith(DANGEROUS) or not marked
    out = io.StringIO()
    csv.writer(out).writerow([marked])
    assert next(csv.reader(io.StringIO(out.getvalue(), newline=""))) == [marked]


@given(ODD)
def test_a_marked_text_never_clears(text: str) -> None:
    assert not is_clearing(mark(text, is_csv=False))


@pytest.mark.parametrize("word", ["(trống)", "(TRONG)", " (xóa) ", "(empty)"])
def test_clearing_words(word: str) -> None:
    assert read_cell(BY_KEY["summary"], word) == ""
    assert read_cell(BY_KEY["net_weight_g"], word) is None
    with pytest.raises(Unreadable):
        read_cell(BY_KEY["price_vnd"], word)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("season_mask", 0),
        ("season_mask", 0b110000000011),
        ("season_mask", 0b010010010010),
        ("is_active", False),
        ("is_lot_tracked", True),
        ("subgroup", "F6"),
        ("subgroup", "T"),
        ("regulated_class", "none"),
        ("regulated_class", "essential_oil"),
        ("gtin", "08931234567895"),
        ("price_vnd", 1_000_000_000),
    ],
)
def test_values_come_back_from_their_cells(key: str, value: object) -> None:
    column = BY_KEY[key]
    assert read_cell(column, show_value(column, value)) == value


@given(st.integers(0, 4094))
def test_every_season_comes_back(mask: int) -> None:
    column = BY_KEY["season_mask"]
    assert read_cell(column, show_value(column, mask)) == mask


@pytest.mark.parametrize("cell", [{"date": "2026-05-01"}, {"error": "#REF!"}, True])
def test_a_cell_of_another_kind_is_refused_where_it_means_nothing(cell: object) -> None:
    with pytest.raises(Unreadable):
        read_cell(BY_KEY["season_mask"] if cell is True else BY_KEY["price_vnd"], cell)  # type: ignore[arg-type]


def test_headers_are_found_without_case_accents_order_and_under_a_title() -> None:
    rows = [
        ["Bảng giá tháng 11"],
        [],
        ["GIA BAN (VNĐ)", "Ghi chú riêng", "ma hang", "Tên sản phẩm *", None],
    ]
    header = find_header(rows, english)
    assert (header.row, dict(header.columns)) == (2, {"price_vnd": 0, "sku": 2, "name": 3})
    assert header.unknown == ("Ghi chú riêng",)


def test_decomposed_headers_are_the_same() -> None:
    rows = [[unicodedata.normalize("NFD", "Mã hàng"), unicodedata.normalize("NFD", "Giá bán")]]
    assert set(find_header(rows, english).columns) == {"sku", "price_vnd"}


def test_a_sheet_without_a_header_and_one_with_two_alike() -> None:
    with pytest.raises(NoHeader):
        find_header([["a", "b"], ["Giá bán", "Tên"]], english)
    with pytest.raises(TwiceHeaded):
        find_header([["SKU", "Giá", "Giá bán"]], english)


@pytest.mark.parametrize("also", [str, english])
def test_no_two_columns_answer_to_one_name(also: object) -> None:
    names: dict[str, str] = {}
    for column in COLUMNS:
        for label in (column.label, english(column.label), *column.synonyms):
            assert names.setdefault(fold(label), column.key) == column.key, label
