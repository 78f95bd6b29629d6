"""Late money and the most that one buyer may have at a live price."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from shop.catalogue.models import Variant
from shop.core.db import Database
from shop.orders import queries, services
from shop.orders.models import Order
from shop.orders.rules import OrderDraft
from shop.payments import invariants as payment_invariants
from shop.payments.models import PaymentAttempt, Refund
from shop.payments.services import apply_txn
from shop.stock import queries as stock_queries
from shop.stock import services as stock
from tests.at_once import at_once
from tests.factories.catalogue import make_product, variant_of
from tests.factories.orders import make_contact, make_line
from tests.factories.payments import make_attempt, make_txn
from tests.factories.stock import make_stock

LIMIT = 2


@pytest.fixture
def variant(db: Session) -> Variant:
    return variant_of(db, make_product(db))


def window_of(db: Session, variant: Variant, now: datetime) -> int:
    """Two a buyer at 50,000 đồng; plenty of goods."""
    make_stock(db, variant.id, 20)
    window = stock.set_price_window(
        db,
        owner_key="session_item:1",
        variant_id=variant.id,
        price_vnd=50_000,
        starts_at=now,
        ends_at=now + timedelta(hours=2),
        per_buyer=LIMIT,
    )
    return window.id


def buy(
    db: Session, variant: Variant, window_id: int, now: datetime, key: str, phone: str
) -> tuple[Order, PaymentAttempt]:
    """Two units at the live price, to be paid by transfer within half an hour."""
    line = make_line(db, variant, 2, unit_price_vnd=50_000, price_window_id=window_id)
    ends = now + timedelta(minutes=30)
    order = services.create_order(
        db,
        draft=OrderDraft(variant.producer_id, "HTX", "vietqr", True, (line,), 0, ends),
        contact=make_contact(phone=phone),
        submit_key=key,
        now=now,
    )
    return make_attempt(db, order=order, now=now)


@pytest.mark.parametrize(("phone", "is_back"), [("0912345678", False), ("0987654321", True)])
def test_late_money_does_not_pass_the_limit_of_a_live_price(
    db: Session, variant: Variant, now: datetime, phone: str, is_back: bool
) -> None:
    """The first order lapsed, the same phone bought its two again, then the first money came."""
    window_id = window_of(db, variant, now)
    late, attempt = buy(db, variant, window_id, now, "late", "0912345678")
    later = now + timedelta(minutes=31)
    services.expire_order(db, order_id=late.id, now=later)
    buy(db, variant, window_id, later, "again", phone)
    assert apply_txn(db, make_txn(attempt), now=later) == "applied"  # never refused
    assert (late.state == "confirmed") is is_back
    kinds = [one.kind for one in queries.timeline(db, late.id, public_only=True)]
    assert ("late_money" in kinds) is not is_back
    owed = db.scalars(select(Refund.amount_vnd)).all()
    assert owed == ([] if is_back else [100_000])
    assert stock_queries.levels(db, [variant.id])[variant.id].reserved == (4 if is_back else 2)
    db.flush()
    for name, query in payment_invariants.INVARIANTS.items():
        assert db.execute(text(query)).all() == [], name


def lapsed(database: Database, now: datetime, later: datetime) -> tuple[int, list[Any]]:
    """Two lapsed orders of one phone, each of all it may have, and the money for them."""
    with database.transaction() as db:
        variant = variant_of(db, make_product(db))
        window_id = window_of(db, variant, now)
        txns = []
        for key in ("a", "b"):
            order, attempt = buy(db, variant, window_id, now, key, "0912345678")
            services.expire_order(db, order_id=order.id, now=later)
            txns.append(make_txn(attempt, txn_id=f"FT-{key}", reference=f"FT-{key}"))
        return window_id, txns


def pay(txn: Any, now: datetime) -> Callable[[Session], Any]:
    return lambda db: apply_txn(db, txn, now=now, is_distinct=True)


def confirmed(database: Database) -> int:
    with database.read() as db:
        return len(db.scalars(select(Order.id).where(Order.state == "confirmed")).all())


def test_two_late_payments_at_once_bring_one_order_back(database: Database, now: datetime) -> None:
    later = now + timedelta(minutes=31)
    _window, txns = lapsed(database, now, later)
    assert at_once(database, [pay(txn, later) for txn in txns]) == ["done", "done"]
    assert confirmed(database) == 1
    with database.read() as db:
        assert db.scalars(select(Refund.amount_vnd)).all() == [100_000]


@pytest.mark.control
def test_control_without_the_question_both_come_back(
    database: Database, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = now + timedelta(minutes=31)
    _window, txns = lapsed(database, now, later)
    monkeypatch.setattr("shop.orders.services.life._require_live_limits", lambda *_any: None)
    at_once(database, [pay(txn, later) for txn in txns])
    assert confirmed(database) == 2
