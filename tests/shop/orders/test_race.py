"""Two people at one parcel, one unit, one pile: one of them wins, and nothing is left half done.

Each race has a control without the guard that must go wrong; were it not so, the race would prove
nothing.
"""

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from shop.catalogue.models import Variant
from shop.core.db import Database
from shop.orders import invariants, queries, services
from shop.orders.models import Order, OrderCut, OrderEvent, OrderLine, Shipment, ShipmentLine
from shop.stock import invariants as stock_invariants
from shop.stock import queries as stock_queries
from shop.stock import services as stock
from shop.stock.models import StockTakeLine
from shop.stock.rules import SOLD_ELSEWHERE, Count, Level, Want
from tests.at_once import Act, at_once
from tests.factories.catalogue import make_product, variant_of
from tests.factories.orders import make_order
from tests.factories.stock import make_stock

ROUNDS = 4
PAUSE = 0.05
"""How long a control thinks between reading and writing."""


def together(database: Database, *acts: Act) -> list[str]:
    """Do all at the same moment, each in its transaction; ``done`` or the refusal's name."""
    return at_once(database, acts)


def broken(database: Database) -> list[str]:
    """The invariants that do not hold."""
    checks: Mapping[str, str] = invariants.INVARIANTS | stock_invariants.INVARIANTS
    with database.read() as db:
        return [name for name, query in checks.items() if db.execute(text(query)).all()]


def naively(read: Act, write: Callable[[Session, Any], None], database: Database) -> Act:
    """What the guards replace: look, think, write."""

    def act(db: Session) -> None:
        with database.read() as before:
            seen = read(before)
        time.sleep(PAUSE)
        write(db, seen)

    return act


def an_order(database: Database, quantity: int = 1) -> tuple[int, int, int]:
    """Ids of a confirmed order, its line and its variant."""
    with database.transaction() as db:
        order = make_order(db, quantity=quantity, confirmed=True)
        line = db.scalars(select(OrderLine).where(OrderLine.order_id == order.id)).one()
        return order.id, line.id, line.variant_id


def pack(order_id: int, now: datetime, **more: Any) -> Act:
    return lambda db: services.pack_order(db, order_id=order_id, actor_id=7, now=now, **more)


def test_packing_against_the_buyers_cancelling(database: Database, now: datetime) -> None:
    for _ in range(ROUNDS):
        order_id, _line, _variant = an_order(database)

        def cancel(db: Session, order_id: int = order_id) -> None:
            services.cancel_order(
                db, order_id=order_id, by="buyer", reason="other", actor_id=8, now=now
            )

        outcomes = together(database, pack(order_id, now), cancel)
        assert outcomes.count("done") == 1, outcomes
        assert broken(database) == []
        with database.read() as db:
            order = db.get_one(Order, order_id)
            assert (order.state == "cancelled") == (order.fulfilment_state == "none")


@pytest.mark.control
def test_control_packing_and_cancelling_both_succeed(database: Database) -> None:
    order_id, _line, _variant = an_order(database)

    def state(db: Session) -> Any:
        return db.scalar(select(Order.state).where(Order.id == order_id))

    def write(change: str) -> Callable[[Session, Any], None]:
        def do(db: Session, seen: Any) -> None:
            assert seen == "confirmed"
            db.execute(text(f"UPDATE shop_order SET {change} WHERE id = {order_id}"))

        return do

    outcomes = together(
        database,
        naively(state, write("fulfilment_state = 'packed'"), database),
        naively(state, write("state = 'cancelled', end_reason = 'other'"), database),
    )
    assert outcomes == ["done", "done"]
    assert broken(database), "a packed order was cancelled under the packer's hands"


def shipments_told(database: Database, order_id: int) -> int:
    with database.read() as db:
        told = select(func.count()).where(
            OrderEvent.order_id == order_id, OrderEvent.kind == "shipped"
        )
        return db.scalar(told) or 0


def test_sending_one_parcel_twice(database: Database, now: datetime) -> None:
    for _ in range(ROUNDS):
        order_id, _line, _variant = an_order(database)
        with database.transaction() as db:
            parcel = services.pack_order(db, order_id=order_id, actor_id=7, now=now).id

        def send(db: Session, order_id: int = order_id, parcel: int = parcel) -> None:
            services.ship(
                db,
                order_id=order_id,
                shipment_id=parcel,
                carrier="GHN",
                tracking_no="A",
                actor_id=7,
                now=now,
            )

        outcomes = together(database, send, send, send)
        assert sorted(outcomes) == ["WrongState", "WrongState", "done"]
        assert shipments_told(database, order_id) == 1
    assert broken(database) == []


@pytest.mark.control
def test_control_a_parcel_is_sent_twice(database: Database, now: datetime) -> None:
    order_id, _line, _variant = an_order(database)
    with database.transaction() as db:
        parcel = services.pack_order(db, order_id=order_id, actor_id=7, now=now).id

    def state(db: Session) -> Any:
        return db.scalar(select(Shipment.state).where(Shipment.id == parcel))

    def write(db: Session, seen: Any) -> None:
        assert seen == "packed"
        db.execute(text(f"UPDATE shipment SET state = 'shipped' WHERE id = {parcel}"))
        db.add(
            OrderEvent(
                order_id=order_id, kind="shipped", is_public=True, actor_id=7, detail={}, at=now
            )
        )

    assert together(database, *[naively(state, write, database)] * 2) == ["done", "done"]
    assert shipments_told(database, order_id) == 2


def test_two_parcels_want_the_last_unit(database: Database, now: datetime) -> None:
    for _ in range(ROUNDS):
        order_id, line, _variant = an_order(database, quantity=3)
        part: dict[str, Any] = {"is_part": True}
        with database.transaction() as db:
            pack(order_id, now, picks={line: [(None, 2)]}, **part)(db)
        last = pack(order_id, now, picks={line: [(None, 1)]}, **part)
        outcomes = together(database, last, last, last)
        assert sorted(outcomes) == ["WrongState", "WrongState", "done"]
        with database.read() as db:
            assert queries.units_left(db, [order_id])[order_id][line] == 0
    assert broken(database) == []


def test_one_press_at_the_same_moment_packs_once(database: Database, now: datetime) -> None:
    order_id, line, _variant = an_order(database, quantity=3)
    press = pack(
        order_id, now, picks={line: [(None, 1)]}, is_part=True, submit_key="one-press-of-it"
    )
    assert together(database, press, press, press) == ["done"] * 3
    with database.read() as db:
        assert queries.units_left(db, [order_id])[order_id][line] == 2
    assert broken(database) == []


@pytest.mark.control
def test_control_the_last_unit_goes_into_two_parcels(database: Database, now: datetime) -> None:
    order_id, line, _variant = an_order(database)

    def left(db: Session) -> Any:
        return queries.units_left(db, [order_id])[order_id][line]

    def write(db: Session, seen: Any) -> None:
        assert seen == 1
        parcel = Shipment(order_id=order_id, state="packed", packed_at=now)
        db.add(parcel)
        db.flush()
        db.execute(
            text(
                "INSERT INTO shipment_line (shipment_id, order_line_id, quantity, restocked,"
                f" written_off) VALUES ({parcel.id}, {line}, 1, 0, 0)"
            )
        )

    assert together(database, *[naively(left, write, database)] * 2) == ["done", "done"]
    assert "orders.packed_at_most_once" in broken(database)


def a_variant(database: Database, units: int) -> int:
    with database.transaction() as db:
        variant = variant_of(db, make_product(db))
        make_stock(db, variant.id, units)
        return variant.id


def buy(variant_id: int, owner: int, now: datetime) -> Act:
    wants = [Want(f"test:{owner}", variant_id, 1)]
    return lambda db: stock.reserve(db, wants=wants, expires_at=None, now=now)


def test_keeping_for_a_channel_against_buyers(database: Database, now: datetime) -> None:
    for _ in range(ROUNDS):
        variant_id = a_variant(database, 5)

        def keep(db: Session, variant_id: int = variant_id) -> None:
            stock.keep_for_channel(
                db, variant_id=variant_id, channel="shopee", units=3, actor_id=7, now=now
            )

        buyers = [buy(variant_id, variant_id * 100 + n, now) for n in range(6)]
        outcomes = together(database, keep, *buyers)
        taken = outcomes[1:].count("done") + 3 * (outcomes[0] == "done")
        assert taken <= 5
        assert outcomes[1:].count("done") == (2 if outcomes[0] == "done" else 5)
        with database.read() as db:
            assert stock_queries.levels(db, [variant_id])[variant_id] == Level(5, taken)
    assert broken(database) == []


@pytest.mark.control
def test_control_a_channel_and_a_buyer_get_the_same_units(
    database: Database, now: datetime
) -> None:
    variant_id = a_variant(database, 5)

    def free(db: Session) -> Any:
        return stock_queries.levels(db, [variant_id])[variant_id].available

    def write(units: int, owner: str) -> Callable[[Session, Any], None]:
        def do(db: Session, seen: Any) -> None:
            assert seen >= units
            db.execute(
                text(
                    "INSERT INTO stock_reservation (owner_key, variant_id, quantity, state,"
                    f" created_at) VALUES ('{owner}', {variant_id}, {units}, 'held', :at)"
                ),
                {"at": now},
            )
            db.execute(
                text(
                    f"UPDATE stock_level SET reserved = {5 - seen + units}"
                    f" WHERE variant_id = {variant_id}"
                )
            )

        return do

    outcomes = together(
        database,
        naively(free, write(3, f"channel:shopee:{variant_id}"), database),
        naively(free, write(4, "session_item:9"), database),
    )
    assert outcomes == ["done", "done"]
    assert "stock.reserved_is_sum_of_held" in broken(database), "seven of five are promised"


@pytest.fixture
def counted(database: Database, now: datetime) -> tuple[int, int, int]:
    """A pile of ten, three of them held for an order line, eight counted on two sheets."""
    with database.transaction() as db:
        variant = variant_of(db, make_product(db))
        make_stock(db, variant.id, 10)
        wants = [Want("test:1", variant.id, 3)]
        stock.reserve(db, wants=wants, expires_at=None, now=now)
        sheets = [_sheet(db, variant, f"submit-key-of-sheet-{n}", now) for n in range(2)]
        return variant.id, sheets[0], sheets[1]


def _sheet(db: Session, variant: Variant, key: str, now: datetime) -> int:
    take = stock.open_take(
        db,
        producer_id=variant.producer_id,
        product_id=None,
        submit_key=key,
        actor_id=7,
        now=now,
    )
    line = db.scalars(select(StockTakeLine.id).where(StockTakeLine.take_id == take.id)).one()
    stock.save_counts(db, take_id=take.id, counts=[Count(line, 8)], actor_id=7, now=now)
    return take.id


def confirm(take_id: int, now: datetime) -> Act:
    return lambda db: stock.confirm_take(db, take_id=take_id, actor_id=7, now=now)


def sell(variant_id: int, now: datetime) -> Act:
    return lambda db: stock.commit(
        db,
        owner_key="test:1",
        variant_id=variant_id,
        picks=[(None, 3)],
        reason=SOLD_ELSEWHERE,
        now=now,
    )


def test_a_stock_take_against_a_sale(
    database: Database, counted: tuple[int, int, int], now: datetime
) -> None:
    variant_id, take, _other = counted
    outcomes = together(database, confirm(take, now), sell(variant_id, now), confirm(take, now))
    assert outcomes[1] == "done"
    assert sorted([outcomes[0], outcomes[2]]) == ["TakeClosed", "done"]
    with database.read() as db:
        found = stock_queries.levels(db, [variant_id])[variant_id]
    assert found == Level(5, 0), "eight were there, three of them were sold"


def test_two_people_counted_the_same_loss(
    database: Database, counted: tuple[int, int, int], now: datetime
) -> None:
    variant_id, first, second = counted
    outcomes = together(database, confirm(first, now), confirm(second, now))
    assert sorted(outcomes) == ["TakeFaults", "done"]
    with database.read() as db:
        assert stock_queries.levels(db, [variant_id])[variant_id].on_hand == 8


@pytest.mark.control
def test_control_a_count_written_as_it_was_read_brings_sold_goods_back(
    database: Database, counted: tuple[int, int, int], now: datetime
) -> None:
    variant_id, _first, _second = counted

    def write(db: Session, _seen: Any) -> None:
        stock.count_stock(
            db, variant_id=variant_id, counted=8, reason="count", key="naive", now=now
        )

    late = naively(lambda _db: time.sleep(PAUSE), write, database)
    assert together(database, late, sell(variant_id, now)) == ["done", "done"]
    with database.read() as db:
        found = stock_queries.levels(db, [variant_id])[variant_id].on_hand
    assert found == 8, "five are there, the book says eight"


def half_sent(database: Database, now: datetime) -> tuple[int, int]:
    """Ids of a confirmed order of four, two of which left, and of its line."""
    order_id, line_id, _variant = an_order(database, quantity=4)
    with database.transaction() as db:
        services.pack_order(
            db,
            order_id=order_id,
            picks={line_id: [(None, 2)]},
            is_part=True,
            actor_id=7,
            now=now,
        )
        services.ship(db, order_id=order_id, carrier="GHN", tracking_no="", actor_id=7, now=now)
    return order_id, line_id


def test_packing_the_rest_against_sending_nothing_more(database: Database, now: datetime) -> None:
    for _ in range(ROUNDS):
        order_id, line_id = half_sent(database, now)

        def cut(db: Session, order_id: int = order_id) -> None:
            services.cut_rest(db, order_id=order_id, reason="other", actor_id=8, now=now)

        outcomes = together(database, pack(order_id, now), cut)
        assert outcomes.count("done") == 1, outcomes
        assert broken(database) == []
        with database.read() as db:
            assert queries.units_left(db, [order_id]) == {order_id: {line_id: 0}}


@pytest.mark.control
def test_control_the_rest_is_packed_and_cut(database: Database, now: datetime) -> None:
    order_id, line_id = half_sent(database, now)

    def left(db: Session) -> Any:
        return queries.units_left(db, [order_id])[order_id][line_id]

    def send_rest(db: Session, seen: Any) -> None:
        parcel = Shipment(order_id=order_id, state="packed", packed_at=now)
        db.add(parcel)
        db.flush()
        db.add(ShipmentLine(shipment_id=parcel.id, order_line_id=line_id, quantity=seen))

    def cut(db: Session, seen: Any) -> None:
        row = OrderCut(order_line_id=line_id, units=seen, amount_vnd=0, reason="other", at=now)
        db.add(row)

    outcomes = together(database, naively(left, send_rest, database), naively(left, cut, database))
    assert outcomes == ["done", "done"]
    assert "orders.packed_at_most_once" in broken(database)
