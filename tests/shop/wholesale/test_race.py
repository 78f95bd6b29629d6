"""A quote accepted by many at once is one order."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier

from flask import Flask
from sqlalchemy import func, select, text

from shop.core.db import Database
from shop.orders.models import Order
from shop.wholesale import rules, services
from shop.wholesale.invariants import INVARIANTS
from tests.factories.catalogue import make_producer, make_product, variant_of
from tests.factories.stock import make_stock
from tests.factories.wholesale import make_acceptance, make_quote

CLICKS = 6


def _ready(database: Database) -> tuple[str, int, int]:
    with database.transaction() as db:
        producer = make_producer(db)
        variant = variant_of(db, make_product(db, producer=producer))
        make_stock(db, variant.id, 1_000)
        return make_quote(db, producer=producer, variant=variant).code, variant.id, producer.id


def test_many_clicks_one_order(app: Flask, database: Database, now: datetime) -> None:
    code, variant_id, _producer_id = _ready(database)
    gate = Barrier(CLICKS)

    def press(_number: int) -> int:
        gate.wait()
        with database.transaction() as db:
            order, _is_new = services.accept_quote(
                db,
                code=code,
                acceptance=make_acceptance({variant_id: 60}),
                buyer_id=None,
                now=now,
            )
            return order.id

    with ThreadPoolExecutor(CLICKS) as pool:
        assert len(set(pool.map(press, range(CLICKS)))) == 1
    _check(database, 1)


def test_accepted_or_withdrawn_never_both(app: Flask, database: Database, now: datetime) -> None:
    code, variant_id, producer_id = _ready(database)
    gate = Barrier(2)

    def accept() -> str:
        gate.wait()
        try:
            with database.transaction() as db:
                services.accept_quote(
                    db,
                    code=code,
                    acceptance=make_acceptance({variant_id: 60}),
                    buyer_id=None,
                    now=now,
                )
        except rules.QuoteWithdrawn:
            return ""
        return "accepted"

    def withdraw() -> str:
        gate.wait()
        try:
            with database.transaction() as db:
                services.withdraw_quote(
                    db,
                    code=code,
                    producer_ids=frozenset({producer_id}),
                    actor_id=1,
                    now=now,
                )
        except rules.QuoteOver:
            return ""
        return "withdrawn"

    with ThreadPoolExecutor(2) as pool:
        outcomes = [pool.submit(accept), pool.submit(withdraw)]
        done = [one.result() for one in outcomes if one.result()]
    assert len(done) == 1
    _check(database, 1 if done == ["accepted"] else 0)


def _check(database: Database, made: int) -> None:
    with database.read() as db:
        assert db.scalar(select(func.count()).select_from(Order)) == made
        for name, query in INVARIANTS.items():
            assert db.execute(text(query)).all() == [], name
