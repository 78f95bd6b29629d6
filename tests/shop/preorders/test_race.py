"""Last places, a window called off while it is being ordered, one order's many ends at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from shop.core.db import Database
from shop.orders import services as orders
from shop.orders.models import Order
from shop.orders.rules import OrderOver, WrongState
from shop.preorders import queries, services
from shop.preorders.invariants import INVARIANTS
from shop.preorders.models import Preorder, ShipWindow
from shop.preorders.rules import WindowClosed
from tests.factories.preorders import make_preorder, make_window, producer_of
from tests.processes import run_together
from tests.shop.preorders.race import BUYERS, take

PLACES = 5
PROCESSES = 3


def check(database: Database) -> None:
    with database.read() as db:
        for name, query in INVARIANTS.items():
            assert db.execute(text(query)).all() == [], name


@pytest.fixture
def code(app: Flask, database: Database) -> str:
    """A window with the last five places."""
    with database.transaction() as db:
        return make_window(db, capacity=PLACES).code


def by_processes(database: Database, code: str, way: str) -> int:
    url = database.url.render_as_string(hide_password=False)
    race = ("-m", "tests.shop.preorders.race", url, code)
    return sum(map(int, run_together(*((*race, str(n), way) for n in range(PROCESSES)))))


@pytest.mark.slow
def test_last_places_are_sold_once_to_processes(database: Database, code: str) -> None:
    assert PROCESSES * BUYERS > PLACES
    assert by_processes(database, code, "guarded") == PLACES
    with database.read() as db:
        assert db.scalars(select(ShipWindow.taken)).one() == PLACES
        assert db.scalar(select(func.sum(Preorder.quantity))) == PLACES
    check(database)


@pytest.mark.slow
@pytest.mark.control
def test_counting_first_and_writing_later_sells_too_many(database: Database, code: str) -> None:
    """The negative control: the same race without the conditional statement."""
    assert by_processes(database, code, "naive") > PLACES


def test_an_order_ended_three_ways_at_once_gives_its_place_back_once(
    database: Database, code: str, now: datetime
) -> None:
    with database.transaction() as db:
        window = db.scalars(select(ShipWindow)).one()
        order_id = make_preorder(db, window=window, quantity=2).id
        mine = frozenset({producer_of(db, window).id})
    gate = Barrier(3)

    def by_buyer() -> None:
        gate.wait()
        with database.transaction() as db:
            orders.cancel_order(
                db, order_id=order_id, by="buyer", reason="other", actor_id=None, now=now
            )

    def by_time() -> None:
        gate.wait()
        with database.transaction() as db:
            orders.expire_order(db, order_id=order_id, now=now + timedelta(hours=1))

    def by_window() -> None:
        gate.wait()
        with database.transaction() as db:
            services.cancel_window(
                db, code=code, reason="other", producer_ids=mine, actor_id=1, now=now
            )

    with ThreadPoolExecutor(3) as pool:
        for ended in [pool.submit(one) for one in (by_buyer, by_time, by_window)]:
            try:
                ended.result()
            except (WrongState, OrderOver):
                continue
    with database.read() as db:
        assert db.scalars(select(ShipWindow.taken)).one() == 0
        assert db.scalars(select(Order.state)).one() in {"cancelled", "expired"}
    check(database)


def test_called_off_while_it_is_being_ordered(database: Database, code: str, now: datetime) -> None:
    """Whoever got in is told and cancelled, at once or by the job; nobody gets in afterwards."""
    with database.transaction() as db:
        window = db.scalars(select(ShipWindow)).one()
        mine = frozenset({producer_of(db, window).id})
    gate = Barrier(PLACES + 1)

    def order(number: int) -> bool:
        gate.wait()
        try:
            return take(database, code, number)
        except WindowClosed:
            return False

    def call_off() -> bool:
        gate.wait()
        with database.transaction() as db:
            services.cancel_window(
                db, code=code, reason="other", producer_ids=mine, actor_id=1, now=now
            )
        return True

    with ThreadPoolExecutor(PLACES + 1) as pool:
        done = [pool.submit(order, number) for number in range(PLACES)]
        done.append(pool.submit(call_off))
        for one in done:
            one.result()
    with database.read() as db:
        left = queries.unfinished_windows(db)
    for window_id in left:
        with database.transaction() as db:
            services.settle_window(db, window_id=window_id, now=now)
    with database.read() as db:
        assert set(db.scalars(select(Order.state))) <= {"cancelled"}
        assert db.scalars(select(ShipWindow.taken)).one() == 0
        assert queries.unfinished_windows(db) == []
    check(database)
