"""States, sums and codes of an order."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.core.text import CROCKFORD
from shop.orders import rules
from shop.orders.models import FULFILMENT_STATES, ORDER_STATES, PAYMENT_STATES
from shop.orders.rules import (
    BadTotals,
    LineDraft,
    WrongState,
    check_symbol,
    fulfilment_state,
    is_overdue,
    new_code,
    payment_state,
    read_code,
    require_step,
    telling,
    totals,
)

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


def test_the_tables_name_every_state() -> None:
    assert set(rules.STEPS) == set(ORDER_STATES) == set(rules.STATE_WORDS)
    assert set(rules.PAYMENT_WORDS) == set(PAYMENT_STATES)
    assert set(rules.FULFILMENT_WORDS) == set(FULFILMENT_STATES)
    assert {after for steps in rules.STEPS.values() for after in steps} <= set(ORDER_STATES)


@pytest.mark.parametrize("current", ORDER_STATES)
@pytest.mark.parametrize("wanted", ORDER_STATES)
def test_only_steps_of_the_table_are_taken(current: str, wanted: str) -> None:
    if wanted in rules.STEPS[current]:
        require_step(current, wanted)
    else:
        with pytest.raises(WrongState):
            require_step(current, wanted)


@pytest.mark.parametrize(
    ("charged", "refunded", "disputed", "state"),
    [
        (0, 0, False, "unpaid"),
        (40, 0, False, "partial"),
        (100, 0, False, "paid"),
        (130, 0, False, "overpaid"),
        (130, 30, False, "paid"),
        (130, 10, False, "overpaid"),
        (100, 40, False, "partly_refunded"),
        (100, 100, False, "refunded"),
        (40, 40, False, "refunded"),
        (100, 0, True, "disputed"),
    ],
)
def test_payment_state_is_a_function_of_the_sums(
    charged: int, refunded: int, disputed: bool, state: str
) -> None:
    found = payment_state(100, charged_vnd=charged, refunded_vnd=refunded, is_disputed=disputed)
    assert found == state


def test_an_order_that_costs_nothing_is_paid() -> None:
    assert payment_state(0, charged_vnd=0, refunded_vnd=0) == "paid"


@pytest.mark.parametrize(
    ("parcels", "state"),
    [
        ([], "none"),
        ([("cancelled", 3)], "none"),
        ([("packed", 3)], "packed"),
        ([("shipped", 3)], "shipped"),
        ([("shipped", 1), ("packed", 2)], "partly_shipped"),
        ([("delivered", 1), ("shipped", 2)], "shipped"),
        ([("delivered", 3)], "delivered"),
        ([("failed", 3)], "failed_delivery"),
        ([("returned", 3)], "returned"),
    ],
)
def test_fulfilment_is_a_function_of_the_parcels(
    parcels: list[tuple[str, int]], state: str
) -> None:
    assert fulfilment_state(3, parcels) == state


def test_time_ends_waiting_orders_only_and_money_stops_it() -> None:
    over = NOW - timedelta(seconds=1)
    assert is_overdue("awaiting_payment", over, "unpaid", NOW)
    assert is_overdue("awaiting_confirmation", NOW, "unpaid", NOW)
    assert not is_overdue("awaiting_payment", over, "partial", NOW)
    assert not is_overdue("awaiting_payment", NOW + timedelta(seconds=1), "unpaid", NOW)
    assert not is_overdue("confirmed", over, "unpaid", NOW)
    assert not is_overdue("awaiting_payment", None, "unpaid", NOW)


def line(price: int, quantity: int, discount: int = 0) -> LineDraft:
    return LineDraft(1, 1, "Miến", "500 g", "M", price, quantity, 550, discount_vnd=discount)


@given(
    st.lists(
        st.tuples(st.integers(1000, 5_000_000), st.integers(1, 20), st.integers(0, 1000)),
        min_size=1,
        max_size=10,
    ),
    st.integers(0, 500_000),
)
def test_totals_add_up(rows: list[tuple[int, int, int]], shipping: int) -> None:
    lines = [line(*row) for row in rows]
    found = totals(lines, shipping)
    net = sum(entry.gross_vnd - entry.discount_vnd for entry in lines)
    assert found.total_vnd == net + shipping
    assert found.total_vnd == found.subtotal_vnd + found.shipping_vnd - found.discount_vnd


@pytest.mark.parametrize(
    ("lines", "shipping"),
    [
        ([], 0),
        ([line(1000, 0)], 0),
        ([line(1000, 1000)], 0),
        ([line(1000, 1, 1001)], 0),
        ([line(1000, 1, -1)], 0),
        ([line(1000, 1)], -1),
        ([line(10**10, 2)], 0),
        ([line(1000, 1)] * 51, 0),
    ],
)
def test_absurd_orders_are_refused(lines: list[LineDraft], shipping: int) -> None:
    with pytest.raises(BadTotals):
        totals(lines, shipping)


def test_codes_are_read_as_people_type_them() -> None:
    code = new_code()
    assert len(code) == rules.CODE_LENGTH
    assert read_code(code) == code
    assert read_code(f" {code[:5].lower()}-{code[5:].lower()} ") == code
    assert read_code(code.replace("0", "O").replace("1", "l")) == code


@pytest.mark.parametrize("typed", ["", "x", "💥" * 10, "A" * 100_000, "A" * 9, "\x00" * 10])
def test_what_is_no_code_is_none(typed: str) -> None:
    assert read_code(typed) is None


@given(st.text(CROCKFORD, min_size=9, max_size=9), st.integers(0, 9), st.sampled_from(CROCKFORD))
def test_one_wrong_symbol_is_seen(body: str, place: int, symbol: str) -> None:
    code = body + check_symbol(body)
    wrong = code[:place] + symbol + code[place + 1 :]
    assert (read_code(wrong) == code) == (symbol == code[place])
    assert (read_code(wrong) is None) == (symbol != code[place])


@given(st.text(CROCKFORD, min_size=9, max_size=9), st.integers(0, 8))
def test_two_swapped_symbols_are_seen(body: str, place: int) -> None:
    code = body + check_symbol(body)
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert (read_code(swapped) is None) == (swapped != code)


@pytest.mark.parametrize(
    ("state", "fulfilment", "payment", "words"),
    [
        ("awaiting_payment", "none", "unpaid", "Hãy trả tiền"),
        ("awaiting_payment", "none", "partial", "Hãy trả nốt"),
        ("confirmed", "none", "paid", "đang chuẩn bị"),
        ("confirmed", "partly_shipped", "unpaid", "trên đường"),
        ("confirmed", "returned", "unpaid", "đã về tới người bán"),
        ("cancelled", "none", "refunded", "đã hủy"),
    ],
)
def test_what_happens_next_is_told_of_goods_and_money(
    state: str, fulfilment: str, payment: str, words: str
) -> None:
    assert words in telling.next_for_buyer(state, fulfilment, payment_state=payment)


def test_every_state_has_its_sentence() -> None:
    for state in rules.STATE_WORDS:
        for fulfilment in rules.FULFILMENT_WORDS:
            assert telling.next_for_buyer(state, fulfilment)
