"""The arithmetic of deposits and promises, to the last đồng and piece."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.preorders import rules
from shop.preorders.rules import Terms, WrongClose, WrongDays, WrongDeposit

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("price", "kind", "amount", "quantity", "shipping", "deposit", "rest"),
    [
        (50_000, "percent", 30, 4, 30_000, 60_000, 170_000),
        (33_333, "percent", 30, 1, 18_000, 10_000, 41_333),
        (33_333, "percent", 33, 2, 0, 22_000, 44_666),
        (50_000, "percent", 100, 2, 30_000, 100_000, 30_000),
        (50_000, "percent", 1, 1, 0, 500, 49_500),
        (1_001, "percent", 1, 1, 0, 11, 990),
        (50_000, "fixed", 20_000, 3, 32_000, 60_000, 122_000),
        (50_000, "fixed", 50_000, 3, 32_000, 150_000, 32_000),
        (50_000, "none", 0, 3, 32_000, 0, 182_000),
    ],
)
def test_worked_table(
    price: int, kind: str, amount: int, quantity: int, shipping: int, deposit: int, rest: int
) -> None:
    found = rules.bill(Terms(price, kind, amount), quantity, shipping)
    assert (found.deposit_vnd, found.rest_vnd) == (deposit, rest)


@given(
    price=st.integers(1_000, 10_000_000),
    percent=st.integers(1, 100),
    quantity=st.integers(1, 999),
    shipping=st.integers(0, 1_000_000),
)
def test_deposit_and_rest_are_the_whole(
    price: int, percent: int, quantity: int, shipping: int
) -> None:
    found = rules.bill(Terms(price, "percent", percent), quantity, shipping)
    assert found.deposit_vnd + found.rest_vnd == price * quantity + shipping
    assert 0 < found.deposit_vnd <= found.goods_vnd
    assert found.deposit_vnd * 100 >= found.goods_vnd * percent > (found.deposit_vnd - 1) * 100


@pytest.mark.parametrize(
    ("expected", "held_back", "promised"),
    [(1_000, 10, 900), (10, 0, 10), (9, 10, 8), (1, 10, 0), (999, 33, 669), (100, 90, 10)],
)
def test_what_is_held_back_is_never_promised(expected: int, held_back: int, promised: int) -> None:
    assert rules.promisable(expected, held_back) == promised
    assert promised * 100 <= expected * (100 - held_back)


@pytest.mark.parametrize(
    ("state", "left", "today", "phase"),
    [
        ("open", 3, TODAY, "open"),
        ("open", 0, TODAY, "full"),
        ("open", 3, date(2026, 11, 23), "closed"),
        ("arrived", 3, TODAY, "arrived"),
        ("cancelled", 0, TODAY, "cancelled"),
    ],
)
def test_how_a_window_stands(state: str, left: int, today: date, phase: str) -> None:
    assert rules.phase(state, TODAY, left, today) == phase
    assert phase in rules.PHASES


@pytest.mark.parametrize(
    ("kind", "amount"),
    [("percent", 0), ("percent", 101), ("fixed", 999), ("fixed", 50_001), ("none", 5), ("x", 5)],
)
def test_wrong_deposits(kind: str, amount: int) -> None:
    with pytest.raises(WrongDeposit):
        rules.require_deposit(Terms(50_000, kind, amount))


def test_wrong_days() -> None:
    rules.require_days(TODAY, TODAY, TODAY)
    for days in (
        (date(2026, 11, 21), TODAY),
        (date(2026, 12, 2), date(2026, 12, 1)),
        (TODAY, date(2030, 1, 1)),
    ):
        with pytest.raises(WrongDays):
            rules.require_days(*days, TODAY)
    for closes in (date(2026, 11, 21), date(2026, 12, 2)):
        with pytest.raises(WrongClose):
            rules.require_close(closes, date(2026, 12, 1), TODAY)
