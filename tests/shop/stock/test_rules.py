"""First expired, first out; sums before asking."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from shop.stock.rules import LotOnHand, Want, fefo, total_by_variant

MADE = date(2026, 10, 1)


def lot(lot_id: int, best_before: date | None, on_hand: int) -> LotOnHand:
    return LotOnHand(lot_id, f"L{lot_id}", best_before, MADE, on_hand)


def test_earliest_best_before_goes_first_then_undated_then_loose() -> None:
    lots = [lot(1, None, 5), lot(2, date(2027, 3, 1), 4), lot(3, date(2027, 1, 1), 3)]
    assert fefo(lots, 10, 14) == [(3, 3), (2, 4), (1, 5), (None, 2)]


def test_too_few_gives_what_is_there() -> None:
    assert fefo([lot(1, None, 2)], 1, 9) == [(1, 2), (None, 1)]
    assert fefo([], 0, 1) == []


def test_wants_of_one_variant_are_summed_in_order_of_id() -> None:
    wants = [Want("order_line:1", 9, 2), Want("order_line:2", 4, 1), Want("order_line:3", 9, 3)]
    assert list(total_by_variant(wants).items()) == [(4, 1), (9, 5)]


@given(
    st.lists(st.tuples(st.dates(MADE), st.integers(0, 50)), max_size=8),
    st.integers(0, 50),
    st.integers(1, 400),
)
def test_picks_never_exceed_a_lot_and_sum_up(
    piles: list[tuple[date, int]], loose: int, quantity: int
) -> None:
    lots = [lot(number, day, units) for number, (day, units) in enumerate(piles, 1)]
    picks = fefo(lots, loose, quantity)
    there = {entry.lot_id: entry.on_hand for entry in lots} | {None: loose}
    assert all(0 < units <= there[lot_id] for lot_id, units in picks)
    assert sum(units for _lot, units in picks) == min(quantity, sum(there.values()))
    days = [entry.best_before for lot_id, _ in picks for entry in lots if entry.lot_id == lot_id]
    assert days == sorted(days)
