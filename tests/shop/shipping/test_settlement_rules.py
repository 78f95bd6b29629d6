"""A carrier's file: which column is what, what a row says, what it brings into the ledger."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.orders.rules import new_code
from shop.sheets.rules.mapping import Layout
from shop.sheets.rules.numbers import Unreadable
from shop.shipping.rules.settlement import (
    BadMapping,
    amount_of,
    as_json,
    guess_columns,
    mapping_of,
    read_rows,
    require_columns,
    to_ledger,
)

HEADERS: list[tuple[list[str], dict[str, int]]] = [
    (
        ["STT", "Mã vận đơn", "Tiền thu hộ", "Phí dịch vụ", "Thực nhận"],
        {"tracking": 1, "cod": 2, "fee": 3, "remitted": 4},
    ),
    (["tracking", "COD", "fee", "remitted"], {"tracking": 0, "cod": 1, "fee": 2, "remitted": 3}),
    (["MÃ PHIẾU GỬI", "Tiền COD (đ)", "Tổng cước"], {"tracking": 0, "cod": 1, "fee": 2}),
    (["Client order code", "Order code", "cod_amount"], {"code": 0, "tracking": 1, "cod": 2}),
    (
        ["Mã vận đơn GHTK", "Tiền CoD", "Phí giao hàng", "Phí bảo hiểm"],
        {"tracking": 0, "cod": 1, "fee": 2},
    ),
]


@pytest.mark.parametrize(("header", "wanted"), HEADERS)
def test_columns_are_guessed(header: list[str], wanted: dict[str, int]) -> None:
    rows: list[list[Any]] = [["Bảng kê đối soát tháng 11"], [], header, ["x"]]
    found = guess_columns(rows)
    assert found.columns == wanted
    assert found.header == 2
    assert mapping_of(as_json(found)) == found


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("95.000", 95_000),
        ("95,000", 95_000),
        ("95.000 ₫", 95_000),
        ("-22.000", -22_000),
        ("(22.000)", -22_000),
        (95000.0, 95_000),
        (-22000, -22_000),
        ("", None),
        ("-", None),
        (None, None),
        ("0", 0),
    ],
)
def test_amounts(typed: Any, wanted: int | None) -> None:
    assert amount_of(typed) == wanted


@pytest.mark.parametrize("typed", ["abc", "1.5", "95.000,5", "9" * 30, float("nan"), "1e9", "10%"])
def test_what_is_no_amount_is_told(typed: Any) -> None:
    with pytest.raises(Unreadable):
        amount_of(typed)


def test_rows_fill_in_what_the_file_leaves_out() -> None:
    code = new_code()
    layout = Layout(0, {"tracking": 0, "cod": 1, "fee": 2, "remitted": 3, "code": 4})
    rows: list[list[Any]] = [
        ["head"],
        ["g 1", "95.000", "22.000", "73.000"],
        ["g2", "95.000", "22.000", None],
        ["g3", "95.000", None, "73.000"],
        ["g4", None, None, 95000],
        ["g5", 0, -20000, -20000],
        [None, 0, 0, 0, code + "-2"],
        ["g7", "x", None, None],
        ["g8", None, "22.000", None],
        ["G 1", "1", None, None],
        ["", "475.000", "", ""],
        [],
    ]
    found = read_rows(rows, layout)
    assert [
        (r.number, r.tracking_no or r.code, r.remitted_vnd, r.fee_vnd, r.problem) for r in found
    ] == [
        (2, "G1", 73_000, 22_000, ""),
        (3, "G2", 73_000, 22_000, ""),
        (4, "G3", 73_000, 0, ""),
        (5, "G4", 95_000, 0, ""),
        (6, "G5", -20_000, 20_000, ""),
        (7, code + "-2", 0, 0, ""),
        (8, "G7", 0, 0, "bad_amount"),
        (9, "G8", 0, 0, "no_amount"),
        (10, "G1", 0, 0, "twice"),
    ]


def test_a_file_without_fees_lets_them_follow() -> None:
    layout = Layout(0, {"tracking": 0, "cod": 1, "remitted": 2})
    [row] = read_rows([["head"], ["g1", "95.000", "73.000"]], layout)
    assert (row.remitted_vnd, row.fee_vnd) == (73_000, 22_000)


@pytest.mark.parametrize(
    "columns",
    [
        {},
        {"tracking": 0},
        {"cod": 0},
        {"tracking": 0, "cod": 0},
        {"tracking": 0, "cod": 9},
        {"tracking": -1, "cod": 1},
    ],
)
def test_a_mapping_that_says_nothing_is_refused(columns: dict[str, int]) -> None:
    with pytest.raises(BadMapping):
        require_columns(Layout(0, columns), 3)


amounts = st.integers(-(10**6), 10**7)


@given(
    lines=st.lists(st.tuples(st.integers(0, 10**7), amounts), max_size=6),
    by_hand=st.integers(0, 10**7),
)
def test_settled_money_enters_once(lines: list[tuple[int, int]], by_hand: int) -> None:
    """Line after line, the ledger never holds more than was collected, or than it held before."""
    ledger = by_hand
    for count in range(1, len(lines) + 1):
        ledger += to_ledger(lines[:count], in_ledger_vnd=ledger)
        assert to_ledger(lines[:count], in_ledger_vnd=ledger) == 0
    collected = sum(min(expected, max(0, got)) for expected, got in lines)
    assert ledger == max(by_hand, collected) or by_hand > 0
    assert ledger <= max(by_hand, collected)
