"""A quote accepted by many at once is one order; accepted or withdrawn; and one quote is open."""

from datetime import datetime
from threading import Barrier
from unittest.mock import patch

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from shop.core.db import Database
from shop.core.text import random_code
from shop.orders.models import Order
from shop.orders.services import create_order
from shop.wholesale import services
from shop.wholesale.invariants import INVARIANTS
from shop.wholesale.models import Quote
from shop.wholesale.queries import last_seq
from tests.at_once import BROKE, Act, at_once, carelessly
from tests.factories.catalogue import make_producer, make_product, variant_of
from tests.factories.payments import make_payee_account
from tests.factories.stock import make_stock
from tests.factories.wholesale import make_acceptance, make_enquiry, make_offer, make_quote

CLICKS = 6
ONE_OF_BOTH = {("done", "QuoteOver"), ("QuoteWithdrawn", "done")}

pytestmark = pytest.mark.usefixtures("app")


def _ready(database: Database) -> tuple[str, int, int]:
    """The quote's code, its variant, its producer."""
    with database.transaction() as db:
        producer = make_producer(db)
        variant = variant_of(db, make_product(db, producer=producer))
        make_stock(db, variant.id, 1_000)
        return make_quote(db, producer=producer, variant=variant).code, variant.id, producer.id


def _accept(code: str, variant_id: int, now: datetime, met: list[int] | None = None) -> Act:
    def accept(db: Session) -> None:
        order, _is_new = services.accept_quote(
            db,
            code=code,
            acceptance=make_acceptance({variant_id: 60}),
            buyer_id=None,
            now=now,
        )
        if met is not None:
            met.append(order.id)

    return accept


def test_many_clicks_one_order(database: Database, now: datetime) -> None:
    code, variant_id, _producer_id = _ready(database)
    met: list[int] = []
    clicks = [_accept(code, variant_id, now, met)] * CLICKS
    assert at_once(database, clicks) == ["done"] * CLICKS
    assert len(set(met)) == 1
    _check(database, 1)


@pytest.mark.control
def test_without_the_lock_and_the_key_each_click_orders(database: Database, now: datetime) -> None:
    """The quote's row is locked, and its code is the order's submit key: either would do."""
    code, variant_id, _producer_id = _ready(database)

    def forget_the_key(*given: object, submit_key: str, **about: object) -> Order:
        return create_order(*given, submit_key=random_code(20), **about)  # type: ignore[arg-type]

    with patch("shop.wholesale.services.orders.create_order", forget_the_key):
        carelessly(database, [_accept(code, variant_id, now)] * 3)
    with database.read() as db:
        assert db.scalar(select(func.count()).select_from(Order)) != 1


def _accept_and_withdraw(database: Database, now: datetime) -> list[Act]:
    code, variant_id, producer_id = _ready(database)
    return [
        _accept(code, variant_id, now),
        lambda db: services.withdraw_quote(
            db, code=code, producer_ids=frozenset({producer_id}), actor_id=1, now=now
        ),
    ]


def test_accepted_or_withdrawn_never_both(database: Database, now: datetime) -> None:
    accepted, withdrawn = at_once(database, _accept_and_withdraw(database, now))
    assert (accepted, withdrawn) in ONE_OF_BOTH
    _check(database, 1 if accepted == "done" else 0)


@pytest.mark.control
def test_without_the_lock_it_is_accepted_and_withdrawn(database: Database, now: datetime) -> None:
    """Or broken, where the one that comes second meets the constraint of the table."""
    accepted, withdrawn = carelessly(database, _accept_and_withdraw(database, now))
    assert (accepted, withdrawn) not in ONE_OF_BOTH


def _two_offers(database: Database, now: datetime) -> list[Act]:
    with database.transaction() as db:
        producer = make_producer(db)
        variant = variant_of(db, make_product(db, producer=producer))
        code, producer_ids = make_enquiry(db, producer).code, frozenset({producer.id})
        make_payee_account(db, producer.id)
        offers = [make_offer(variant, [(50, 60_000)]) for _ in range(2)]

    def send(offer: services.Offer) -> Act:
        return lambda db: services.offer_quote(
            db, enquiry_code=code, offer=offer, producer_ids=producer_ids, actor_id=1, now=now
        )

    return [send(offer) for offer in offers]


def _open_quotes(database: Database) -> int:
    with database.read() as db:
        return db.scalar(select(func.count(Quote.id)).where(Quote.state == "offered")) or 0


def test_of_rival_quotes_one_is_open(database: Database, now: datetime) -> None:
    assert at_once(database, _two_offers(database, now)) == ["done", "done"]
    assert _open_quotes(database) == 1


@pytest.mark.control
def test_without_the_lock_rival_quotes_break(database: Database, now: datetime) -> None:
    """Both have withdrawn what was open before either writes its own."""
    rivals, met = _two_offers(database, now), Barrier(2)

    def late(db: Session, enquiry_id: int) -> int:
        met.wait(10)
        return last_seq(db, enquiry_id)

    with patch("shop.wholesale.services.queries.last_seq", late):
        outcomes = carelessly(database, rivals)
    assert BROKE in outcomes or _open_quotes(database) == 2


def _check(database: Database, made: int) -> None:
    with database.read() as db:
        assert db.scalar(select(func.count()).select_from(Order)) == made
        for name, query in INVARIANTS.items():
            assert db.execute(text(query)).all() == [], name
