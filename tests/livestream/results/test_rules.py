"""Sums, columns and averages without a database."""

import pytest

from livestream.results.rules.columns import Known, guess, match, read_rows
from livestream.results.rules.figures import Outcome, pooled, rank, summed
from livestream.results.rules.settling import (
    Sold,
    Terms,
    TooManyBack,
    line_owed,
    payer_of,
    shop_owed,
)
from shop.sheets.rules.mapping import Layout


@pytest.mark.parametrize(
    ("terms", "sold", "owed"),
    [
        (Terms("club", "club", 50_000, 250, "producer"), Sold(5, 1, 0, 0, 9_000), 186_000),
        (Terms("club", "club", 50_000, 250, "producer"), Sold(3, charged=1), 196_250),
        (Terms("producer", "producer", 60_000, 0, "producer"), Sold(4, 0, 0, 0, 9_600), 0),
        (Terms("producer", "producer", 33_333, 250, "producer"), Sold(2), -1_667),
        (Terms("club", "club", 50_000, 0, "club"), Sold(2, 0, 0, 0, 7_000), 100_000),
        (Terms("producer", "producer", 50_000, 0, "club"), Sold(2, 0, 0, 0, 7_000), 7_000),
    ],
)
def test_the_worked_table(terms: Terms, sold: Sold, owed: int) -> None:
    assert line_owed(terms, sold).owed_vnd == owed


def test_our_own_orders_owe_the_fee_alone() -> None:
    assert shop_owed(250, Sold(2, gross_vnd=100_000)).owed_vnd == -2_500
    assert [payer_of(amount) for amount in (5, 0, -5)] == ["club", "", "producer"]


def test_more_cannot_come_back_than_was_sold() -> None:
    with pytest.raises(TooManyBack):
        line_owed(Terms("club", "club", 1, 0, "club"), Sold(1, 2))


def test_few_hours_are_drawn_to_the_average() -> None:
    hour = 3600
    outcomes = [Outcome("a", "An", 1_500_000, hour) for _ in range(4)]
    outcomes += [Outcome("b", "Bình", 1_000_000, hour) for _ in range(4)]
    outcomes += [Outcome("c", "Chi", 9_000_000, hour)]
    an, binh, chi = rank(outcomes)
    assert [row.label for row in (an, binh, chi)] == ["An", "Bình", "Chi"]
    assert (an.rank, binh.rank, chi.rank) == (1, 2, 0), "one session has figures but no rank"
    assert chi.fair_vnd < chi.raw_vnd
    assert binh.fair_vnd > binh.raw_vnd


def test_unknown_is_not_zero() -> None:
    assert summed([None, None]) is None
    assert summed([None, 0]) == 0
    assert pooled([(5, None), (1, 10)]) == 0.1
    assert pooled([(None, 10)]) is None


SHEET = [
    ["Báo cáo phiên live"],
    ["Tên sản phẩm", "Số lượng bán", "Doanh thu", "Phí sàn"],
    ["Miến dong Tài Hoan 500 g", "12", "780.000 ₫", "31.200"],
    ["Trà Shan tuyết", 3.0, "không rõ", None],
    ["Tổng cộng", "15", "780.000", None],
]


def test_a_sheet_is_read_by_its_headings() -> None:
    layout = guess(SHEET)
    assert (layout.header, layout.columns["gross"], layout.columns["clicks"]) == (1, 2, -1)
    noodles, tea, total = read_rows(SHEET, layout, "")
    assert total.fault, "a total does not count, and says so"
    assert (noodles.figures["units"], noodles.figures["gross"]) == (12, 780_000)
    assert noodles.figures["clicks"] is None
    assert tea.fault
    assert noodles.name == read_rows(SHEET[:3], Layout(1, layout.columns), "")[0].name
    assert noodles.name != read_rows(SHEET, layout, "other channel")[0].name


def test_no_row_with_figures_is_left_out_unseen() -> None:
    sheet = [
        ["Sản phẩm", "Số lượng bán", "Doanh thu"],
        ["Tổng hợp hạt Hà Giang", "3", "90.000"],
        [None, "4", "100.000"],
        [None, None, None],
        ["Tổng:", "7", "190.000"],
    ]
    rows = read_rows(sheet, guess(sheet), "")
    assert [(one.number, bool(one.fault)) for one in rows] == [(2, False), (3, True), (5, True)]


def test_a_row_means_one_item_or_none() -> None:
    items = [Known(1, ("a1", "mien dong tai hoan")), Known(2, ("a2", "tra shan tuyet"))]
    assert match("A1", items) == 1
    assert match("Miến dong Tài Hoan 500 g", items) == 1
    assert match("Combo miến dong Tài Hoan và trà Shan tuyết", items) is None
    assert match("Mật ong", items) is None
