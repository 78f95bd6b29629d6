"""Each parcel collects its own part; what a carrier was told stays; together they are the order."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text

from shop.orders.models import Shipment, ShipmentLine
from shop.orders.rules.parcels import Back, spread_over_parcels
from shop.orders.services import take_back
from shop.shipping.queries.cod import expected_cod
from shop.shipping.rules.cod import (
    Share,
    after_money,
    collected_by,
    still_to_collect,
)
from tests.shop.shipping.conftest import NOW, Desk
from tests.shop.shipping.test_settlements import HEAD, line


@given(
    total=st.integers(0, 10**10),
    values=st.lists(st.fractions(0, 10**8, max_denominator=99), min_size=1, max_size=8),
    rest=st.integers(0, 10**8),
)
def test_parcels_share_the_total_to_the_last_dong(
    total: int, values: list[Fraction], rest: int
) -> None:
    shares = spread_over_parcels(total, values, rest)
    assert min(shares) >= 0
    assert sum(shares) <= total
    if rest == 0:
        assert sum(shares) == total
    if sum(values) + rest > 0:
        # what is packed later takes from the rest: earlier shares stay
        assert spread_over_parcels(total, [*values, rest], 0)[: len(values)] == shares


def test_money_that_came_pays_the_first_parcels() -> None:
    assert after_money([40, 60], 50) == [0, 50]
    assert after_money([40, 60], 0) == [40, 60]
    assert after_money([40, 60], 500) == [0, 0]


@given(
    total=st.integers(0, 10**9),
    values=st.lists(st.integers(1, 10**6), min_size=1, max_size=6),
    moves=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 10**8)), max_size=8),
)
def test_parcels_that_leave_one_by_one_collect_what_is_due(
    total: int, values: list[int], moves: list[tuple[int, int]]
) -> None:
    """Transfers come between parcels: as long as something is in the house, all is collected."""
    shares = spread_over_parcels(total, values)
    told: list[int | None] = [None] * len(values)
    paid = 0
    for which, transfer in [*moves, *((place, 0) for place in range(len(values)))]:
        paid += transfer
        state = [Share(one, was) for one, was in zip(shares, told, strict=True)]
        asked = collected_by(state, paid_vnd=paid)
        assert min(asked) >= 0
        kept = sum(one for one in told if one is not None)
        if None in told:
            assert sum(asked) == max(kept, total - paid)
        if which < len(values) and told[which] is None:
            told[which] = still_to_collect(state, paid_vnd=paid, came_vnd=0)[which]
            assert told[which] == asked[which]
    assert None not in told


def test_money_taken_by_hand_is_not_collected_again() -> None:
    parcels = [Share(50, told_vnd=50), Share(50), Share(50)]
    assert still_to_collect(parcels, paid_vnd=0, came_vnd=50) == [0, 50, 50]
    assert still_to_collect(parcels, paid_vnd=0, came_vnd=100) == [0, 0, 50]
    # the carrier of the second was told nothing; the third collects its own
    parcels[1] = Share(50, told_vnd=0)
    assert still_to_collect(parcels, paid_vnd=0, came_vnd=100) == [0, 0, 50]


def told(desk: Desk) -> list[int | None]:
    with desk.database.read() as db:
        return list(db.scalars(select(Shipment.cod_vnd).order_by(Shipment.id)))


def expected(desk: Desk, order_id: int) -> list[int]:
    with desk.database.read() as db:
        return list(expected_cod(db, [order_id]).values())


def test_three_parcels_of_one_order_collect_it_to_the_last_dong(desk: Desk) -> None:
    order = desk.sent("A1", quantity=3, parts=1, shipping_vnd=30_001)  # 225,001 in all
    assert told(desk) == [75_000]
    desk.rest_sent(order, "A2", parts=1)
    desk.rest_sent(order, "A3")
    assert told(desk) == [75_000, 75_000, 75_001]
    assert sum(expected(desk, order.id)) == order.total_vnd
    with desk.database.read() as db:
        query = desk.app.extensions["invariants"]["shipping_carriers_were_told_more_than_the_total"]
        assert db.execute(text(query)).all() == []


def test_what_a_carrier_was_told_stays_when_another_parcel_comes_back(desk: Desk) -> None:
    """The deposit paid for the first parcel; that one comes back, the second is on its way."""
    order = desk.sent("B1", quantity=2, parts=1, deposit_vnd=30_000)
    desk.rest_sent(order, "B2")
    assert told(desk) == [50_000, 80_000]
    with desk.database.transaction() as db:
        first = db.scalars(select(Shipment).order_by(Shipment.id)).first()
        assert first is not None
        [row] = db.scalars(select(ShipmentLine).where(ShipmentLine.shipment_id == first.id))
        take_back(
            db,
            order_id=order.id,
            shipment_id=first.id,
            back=[Back(row.id, restock=1, write_off=0)],
            actor_id=None,
            now=NOW,
        )
    assert expected(desk, order.id) == [0, 80_000]
    desk.book(HEAD + "B2,80.000,22.000,58.000\n")
    assert line(desk.database, "B2").difference_vnd == 0


def test_money_that_comes_on_the_way_is_a_difference_of_nobody(desk: Desk) -> None:
    """A transfer after the parcel left does not change what its carrier was told."""
    order = desk.sent("C1", quantity=2, parts=1)
    with desk.database.transaction() as db:
        desk.transferred(db, order, 160_000)
    desk.rest_sent(order, "C2")
    assert told(desk) == [80_000, 0]


@pytest.mark.parametrize("ours", ["{code}-2", "{code} - 2"])
def test_a_file_without_numbers_finds_the_parcel_by_our_code(desk: Desk, ours: str) -> None:
    order = desk.sent("", quantity=3, parts=1)
    desk.rest_sent(order, "", parts=2)
    head = "Mã đơn của mình,Tiền thu hộ,Phí,Thực nhận\n"
    desk.book(head + f"{ours.format(code=order.code)},150.000,0,150.000\n")
    booked = line(desk.database, f"{order.code}-2")
    assert (booked.expected_vnd, booked.difference_vnd) == (150_000, 0)
