"""Orders whose goods are still to come, and deposits: on real commits."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from shop.catalogue.models import Variant
from shop.orders import invariants, services
from shop.orders.models import Order
from shop.orders.rules import WrongState, is_enough
from shop.stock import invariants as stock_invariants
from shop.stock import queries as stock_queries
from shop.stock.rules import Level, OutOfStock
from tests.factories.catalogue import make_product, variant_of
from tests.factories.orders import make_order
from tests.factories.stock import make_stock


@pytest.fixture
def variant(db: Session) -> Variant:
    return variant_of(db, make_product(db))


def level(db: Session, variant: Variant) -> Level:
    return stock_queries.levels(db, [variant.id])[variant.id]


def fresh(db: Session, order: Order) -> Order:
    return db.get_one(Order, order.id, populate_existing=True)


def check(db: Session) -> None:
    for name, query in (invariants.INVARIANTS | stock_invariants.INVARIANTS).items():
        assert db.execute(text(query)).all() == [], name


def to_come(db: Session, variant: Variant, **over: Any) -> Order:
    """Five pieces and delivery, 355,000 đồng; 100,000 of it as a deposit by transfer."""
    values: dict[str, Any] = {"provider": "vietqr", "quantity": 5, "upfront_vnd": 100_000}
    return make_order(db, variant=variant, awaits_goods=True, **(values | over))


@pytest.mark.parametrize(
    ("upfront", "state", "kept", "is_there"),
    [
        (None, "partial", 99, False),
        (None, "paid", 100, True),
        (30, "unpaid", 0, False),
        (30, "partial", 29, False),
        (30, "partial", 30, True),
        (30, "overpaid", 101, True),
        (30, "partly_refunded", 40, False),
        (30, "disputed", 40, False),
        (0, "unpaid", 0, False),
    ],
)
def test_what_makes_an_order_stand(
    upfront: int | None, state: str, kept: int, is_there: bool
) -> None:
    assert is_enough(upfront, state, kept) is is_there


def test_a_deposit_confirms_and_nothing_is_held_or_packed_before_the_goods_come(
    db: Session, variant: Variant, now: datetime
) -> None:
    order = to_come(db, variant)
    assert (order.state, level(db, variant)) == ("awaiting_payment", Level())
    sums: dict[str, Any] = {"order": order, "refunded_vnd": 0, "now": now}
    services.money_changed(db, charged_vnd=99_999, **sums)
    assert fresh(db, order).state == "awaiting_payment", "one đồng short of the deposit"
    services.money_changed(db, charged_vnd=100_000, **sums)
    order = fresh(db, order)
    assert (order.state, order.payment_state) == ("confirmed", "partial")
    assert order.received_vnd == 100_000
    check(db)
    with pytest.raises(WrongState):
        services.pack_order(db, order_id=order.id, actor_id=None, now=now)
    make_stock(db, variant.id, 5)
    services.receive_goods(
        db, order_id=order.id, upfront_vnd=order.total_vnd, actor_id=None, now=now
    )
    assert level(db, variant) == Level(5, 5)
    check(db)
    with pytest.raises(WrongState):
        services.pack_order(db, order_id=order.id, actor_id=None, now=now)
    services.money_changed(db, charged_vnd=order.total_vnd, **sums)
    services.pack_order(db, order_id=order.id, actor_id=None, now=now)
    assert level(db, variant) == Level()
    check(db)
    db.commit()


def test_goods_are_taken_once_and_never_more_than_there_are(
    db: Session, variant: Variant, now: datetime
) -> None:
    first, second = (to_come(db, variant, upfront_vnd=0, provider="cod") for _ in range(2))
    for order in (first, second):
        services.confirm_order(db, order_id=order.id, actor_id=None, now=now)
    make_stock(db, variant.id, 7)
    services.receive_goods(db, order_id=first.id, upfront_vnd=None, actor_id=None, now=now)
    with pytest.raises(WrongState):
        services.receive_goods(db, order_id=first.id, upfront_vnd=None, actor_id=None, now=now)
    with pytest.raises(OutOfStock):
        services.receive_goods(db, order_id=second.id, upfront_vnd=None, actor_id=None, now=now)
    assert level(db, variant) == Level(7, 5)
    assert fresh(db, second).awaits_goods
    check(db)


def test_ending_gives_back_no_stock_that_was_never_taken(
    db: Session, variant: Variant, now: datetime
) -> None:
    make_stock(db, variant.id, 3)
    order = to_come(db, variant)
    services.cancel_order(db, order_id=order.id, by="buyer", reason="other", actor_id=None, now=now)
    assert level(db, variant) == Level(3, 0)
    check(db)


def test_a_late_deposit_without_a_place_left_is_to_be_given_back(
    db: Session, variant: Variant, now: datetime
) -> None:
    order = to_come(db, variant)
    assert order.expires_at is not None
    services.expire_order(db, order_id=order.id, now=order.expires_at)
    outcome = services.money_changed(db, order=order, charged_vnd=100_000, refunded_vnd=0, now=now)
    assert (outcome, fresh(db, order).state) == ("refund_needed", "expired")
    check(db)


def test_the_invariant_notices_stock_held_for_goods_to_come(
    db: Session, variant: Variant, now: datetime
) -> None:
    order = make_order(db, variant=variant)
    db.execute(
        text("UPDATE shop_order SET awaits_goods = (1 = 1) WHERE id = :id"), {"id": order.id}
    )
    query = invariants.INVARIANTS["orders.goods_to_come_hold_nothing"]
    assert db.execute(text(query)).all() == [(order.id,)]
