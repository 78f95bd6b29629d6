"""The life of an order on real commits."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.catalogue.models import Product, ProductFacets, Variant
from shop.core import jobs
from shop.core.db import Database
from shop.core.errors import DomainError, Invalid
from shop.core.outbox import OutboxMessage
from shop.orders import invariants, queries, services, signals
from shop.orders import jobs as _declared  # noqa: F401
from shop.orders.models import Order, OrderEvent
from shop.orders.rules import CannotPack, OrderDraft, OrderOver, TooLate, WrongState
from shop.stock import invariants as stock_invariants
from shop.stock import queries as stock_queries
from shop.stock import services as stock
from shop.stock.rules import Level, OutOfStock, Want
from tests.factories.accounts import make_member, make_person
from tests.factories.catalogue import make_product, variant_of
from tests.factories.orders import make_contact, make_line, make_order
from tests.factories.stock import make_stock

LATER = timedelta(hours=49)


def check(db: Session) -> None:
    for name, query in (invariants.INVARIANTS | stock_invariants.INVARIANTS).items():
        assert db.execute(text(query)).all() == [], name


def kinds(db: Session, order: Order) -> list[str]:
    return [event.kind for event in queries.timeline(db, order.id, public_only=False)]


def fresh(db: Session, order: Order) -> Order:
    return db.get_one(Order, order.id, populate_existing=True)


@pytest.fixture
def variant(db: Session) -> Variant:
    return variant_of(db, make_product(db))


def level(db: Session, variant: Variant) -> Level:
    return stock_queries.levels(db, [variant.id])[variant.id]


def test_a_paid_on_delivery_order_from_placing_to_the_end(
    db: Session, variant: Variant, now: datetime
) -> None:
    order = make_order(db, variant=variant, quantity=3)
    assert (order.state, order.payment_state, order.total_vnd) == (
        "awaiting_confirmation",
        "unpaid",
        3 * 65_000 + 30_000,
    )
    assert level(db, variant) == Level(3, 3)
    check(db)
    services.confirm_order(db, order_id=order.id, actor_id=None, now=now)
    services.pack_order(db, order_id=order.id, actor_id=None, now=now)
    assert level(db, variant) == Level(0, 0)
    facets = db.get_one(ProductFacets, variant.product_id, populate_existing=True)
    assert facets.sold_count == 3
    check(db)
    services.ship(
        db, order_id=order.id, carrier="Bưu điện", tracking_no="VN1", actor_id=None, now=now
    )
    services.deliver(db, order_id=order.id, actor_id=None, now=now)
    assert fresh(db, order).state == "confirmed", "the money has not come yet"
    outcome = services.money_changed(
        db, order=order, charged_vnd=order.total_vnd, refunded_vnd=0, now=now
    )
    assert outcome == "paid"
    order = fresh(db, order)
    assert (order.state, order.payment_state, order.fulfilment_state) == (
        "completed",
        "paid",
        "delivered",
    )
    assert kinds(db, order) == [
        "placed",
        "confirmed",
        "packed",
        "shipped",
        "delivered",
        "paid",
        "completed",
    ]
    check(db)
    db.commit()


def test_money_confirms_a_transfer_order_and_asking_twice_changes_nothing(
    db: Session, variant: Variant, now: datetime
) -> None:
    order = make_order(db, variant=variant, provider="vietqr")
    assert order.state == "awaiting_payment"
    sums: dict[str, Any] = {"order": order, "refunded_vnd": 0, "now": now}
    assert services.money_changed(db, charged_vnd=10_000, **sums) == "noted"
    assert fresh(db, order).payment_state == "partial"
    assert services.money_changed(db, charged_vnd=order.total_vnd, **sums) == "paid"
    assert services.money_changed(db, charged_vnd=order.total_vnd, **sums) == "unchanged"
    order = fresh(db, order)
    assert (order.state, order.payment_state, order.expires_at) == ("confirmed", "paid", None)
    assert kinds(db, order) == ["placed", "money", "paid", "confirmed"]
    check(db)


def test_an_order_expires_by_job_and_gives_its_goods_back(
    database: Database, now: datetime
) -> None:
    with database.transaction() as db:
        variant = variant_of(db, make_product(db))
        order = make_order(db, variant=variant, quantity=2)
        paid = make_order(db, variant=variant, provider="vietqr")
        services.money_changed(db, order=paid, charged_vnd=1, refunded_vnd=0, now=now)
    jobs.run_once("orders.expire", database, now)
    with database.read() as db:
        assert fresh(db, order).state == "awaiting_confirmation"
    for _ in range(2):
        jobs.run_once("orders.expire", database, now + LATER)
    with database.read() as db:
        assert (fresh(db, order).state, fresh(db, order).end_reason) == ("expired", "not_confirmed")
        assert fresh(db, paid).state == "awaiting_payment", "money stops the clock"
        assert level(db, variant) == Level(3, 1)
        assert kinds(db, order) == ["placed", "expired"]
        check(db)


def test_late_money_brings_an_order_back_when_its_goods_are_there(
    db: Session, variant: Variant, now: datetime
) -> None:
    order = make_order(db, variant=variant, provider="vietqr")
    assert services.expire_order(db, order_id=order.id, now=now + LATER)
    outcome = services.money_changed(
        db, order=order, charged_vnd=order.total_vnd, refunded_vnd=0, now=now + LATER
    )
    assert outcome == "reinstated"
    assert fresh(db, order).state == "confirmed"
    assert level(db, variant) == Level(1, 1)
    services.pack_order(db, order_id=order.id, actor_id=None, now=now + LATER)
    check(db)


def test_late_money_goes_back_when_the_goods_are_gone(
    db: Session, variant: Variant, now: datetime
) -> None:
    order = make_order(db, variant=variant, provider="vietqr")
    services.expire_order(db, order_id=order.id, now=now + LATER)
    stock.reserve(db, wants=[Want("session_item:1", variant.id, 1)], expires_at=None, now=now)
    for _ in range(2):
        outcome = services.money_changed(
            db, order=order, charged_vnd=order.total_vnd, refunded_vnd=0, now=now + LATER
        )
        assert outcome == "refund_needed"
    assert fresh(db, order).state == "expired"
    assert kinds(db, order).count("late_money") == 1
    check(db)


def test_money_for_a_cancelled_order_never_revives_it(
    db: Session, variant: Variant, now: datetime
) -> None:
    order = make_order(db, variant=variant, provider="vietqr")
    services.cancel_order(
        db, order_id=order.id, by="buyer", reason="changed_mind", actor_id=None, now=now
    )
    outcome = services.money_changed(
        db, order=order, charged_vnd=order.total_vnd, refunded_vnd=0, now=now
    )
    assert outcome == "refund_needed"
    assert (fresh(db, order).state, fresh(db, order).payment_state) == ("cancelled", "paid")
    check(db)


def test_buyers_cancel_until_packed_and_sellers_until_sent(
    db: Session, variant: Variant, now: datetime
) -> None:
    order = make_order(db, variant=variant, quantity=2, confirmed=True)
    services.pack_order(db, order_id=order.id, actor_id=None, now=now)
    cancel: dict[str, Any] = {"order_id": order.id, "actor_id": None, "now": now}
    with pytest.raises(TooLate):
        services.cancel_order(db, by="buyer", reason="other", **cancel)
    for _ in range(2):
        services.cancel_order(db, by="seller", reason="quality", **cancel)
    assert level(db, variant) == Level(2, 0), "goods of a parcel taken apart lie on the shelf again"
    facets = db.get_one(ProductFacets, variant.product_id, populate_existing=True)
    assert facets.sold_count == 0
    check(db)
    sent = make_order(db, variant=variant, confirmed=True)
    services.pack_order(db, order_id=sent.id, actor_id=None, now=now)
    services.ship(db, order_id=sent.id, carrier="A", tracking_no="", actor_id=None, now=now)
    with pytest.raises(TooLate):
        services.cancel_order(db, **(cancel | {"order_id": sent.id}), by="seller", reason="other")
    check(db)
    db.commit()


@pytest.mark.parametrize("reason", ["", "recalled", "x" * 10_000])
def test_a_buyer_needs_a_buyers_reason(
    db: Session, variant: Variant, now: datetime, reason: str
) -> None:
    order = make_order(db, variant=variant)
    with pytest.raises(Invalid):
        services.cancel_order(
            db, order_id=order.id, by="buyer", reason=reason, actor_id=None, now=now
        )


def test_steps_out_of_turn_are_refused(db: Session, variant: Variant, now: datetime) -> None:
    order = make_order(db, variant=variant)
    arguments: dict[str, Any] = {"order_id": order.id, "actor_id": None, "now": now}
    for step in (services.pack_order, services.deliver, services.fail_delivery, services.complete):
        with pytest.raises(WrongState):
            step(db, **arguments)
    with pytest.raises(OrderOver):
        services.confirm_order(db, **(arguments | {"now": now + LATER}))
    services.confirm_order(db, **arguments)
    with pytest.raises(WrongState):
        services.confirm_order(db, **arguments)
    services.pack_order(db, **arguments)
    with pytest.raises(WrongState):
        services.pack_order(db, **arguments)
    services.ship(db, carrier="A", tracking_no="", **arguments)
    services.fail_delivery(db, **arguments)
    assert fresh(db, order).fulfilment_state == "failed_delivery"
    services.deliver(db, **arguments)
    check(db)


def test_packing_refuses_what_may_not_be_sold(db: Session, variant: Variant, now: datetime) -> None:
    order = make_order(db, variant=variant, quantity=2, confirmed=True)
    found = queries.order_by_code(db, order.code)
    assert found is not None
    line_id = found.lines[0].id
    short = {line_id: [(None, 1)]}
    with pytest.raises(CannotPack):
        services.pack_order(db, order_id=order.id, picks=short, actor_id=None, now=now)
    with pytest.raises(DomainError):
        services.pack_order(
            db,
            order_id=order.id,
            picks={line_id: [(999_999, 2)]},
            actor_id=None,
            now=now,
        )


def test_placing_is_all_or_nothing(db: Session, variant: Variant, now: datetime) -> None:
    make_stock(db, variant.id, 1)
    with pytest.raises(OutOfStock):
        stock.reserve(db, wants=[Want("order_line:99", variant.id, 2)], expires_at=None, now=now)
    assert level(db, variant) == Level(1, 0)


def test_a_snapshot_outlives_edits_of_the_product(
    db: Session, variant: Variant, now: datetime
) -> None:
    order = make_order(db, variant=variant)
    product = db.get_one(Product, variant.product_id)
    name = product.name
    product.name = "Tên khác"
    variant.price_vnd = 99_000
    db.flush()
    found = queries.order_by_code(db, order.code)
    assert found is not None
    assert (found.lines[0].product_name, found.lines[0].unit_price_vnd) == (name, 65_000)


def test_the_timeline_can_only_grow(database: Database) -> None:
    with database.transaction() as db:
        make_order(db)
    for change in ("UPDATE order_event SET kind = 'x'", "DELETE FROM order_event"):
        with database.write() as db, pytest.raises(IntegrityError, match="append-only"):
            db.execute(text(change))
    with database.read() as db:
        assert len(db.scalars(select(OrderEvent)).all()) == 1


def test_producer_and_buyer_are_told_once(db: Session, now: datetime) -> None:
    buyer = make_person(db)
    product = make_product(db)
    owner = make_member(db, "producer", product.producer_id)
    order = make_order(db, variant=variant_of(db, product), buyer_id=buyer.id, confirmed=True)
    rows = {
        (row.kind, row.recipient)
        for row in db.scalars(select(OutboxMessage).where(OutboxMessage.channel == "inbox"))
    }
    assert rows == {
        ("orders.placed", f"person:{owner.id}"),
        ("orders.thanks", f"person:{buyer.id}"),
        ("orders.confirmed", f"person:{buyer.id}"),
    }
    assert order.code


def test_signals_are_sent_in_the_same_transaction(db: Session, now: datetime) -> None:
    seen: list[str] = []

    def note(_sender: object, *, order: Order, **_more: object) -> None:
        seen.append(order.state)

    names = (signals.order_placed, signals.order_confirmed, signals.order_cancelled)
    for signal in names:
        signal.connect(note)
    try:
        order = make_order(db, confirmed=True)
        services.cancel_order(
            db, order_id=order.id, by="seller", reason="other", actor_id=None, now=now
        )
    finally:
        for signal in names:
            signal.disconnect(note)
    assert seen == ["awaiting_confirmation", "confirmed", "cancelled"]


def test_the_desk_counts_and_lists_only_its_own(db: Session, now: datetime) -> None:
    first, second = make_order(db), make_order(db, confirmed=True)
    other = make_order(db, variant=None, hold=timedelta(hours=1))
    mine = [first.producer_id, second.producer_id]
    counts = queries.desk_counts(db, mine, now)
    assert (counts["to_confirm"], counts["to_pack"], counts["all"]) == (1, 1, 2)
    listed = queries.desk_orders(db, mine, "all", now, offset=0, limit=10)
    assert {order.id for order in listed} == {first.id, second.id}
    assert queries.producer_order(db, other.code, mine) is None
    late = queries.desk_counts(db, [other.producer_id], now + timedelta(hours=2))
    assert late["to_confirm"] == 0


def test_late_money_takes_no_place_at_the_live_price_and_gives_none_back(
    db: Session, variant: Variant, now: datetime
) -> None:
    """The price is over by then; who bought meanwhile stays counted when the late one cancels."""
    make_stock(db, variant.id, 9)
    window = stock.set_price_window(
        db,
        owner_key="session_item:1",
        variant_id=variant.id,
        price_vnd=50_000,
        starts_at=now,
        ends_at=now + timedelta(hours=2),
        cap=4,
    )

    def buy(key: str) -> Order:
        line = make_line(db, variant, 2, unit_price_vnd=50_000, price_window_id=window.id)
        return services.create_order(
            db,
            draft=OrderDraft(
                variant.producer_id, "HTX", "vietqr", True, (line,), 0, now + timedelta(minutes=30)
            ),
            contact=make_contact(),
            submit_key=key,
            now=now,
        )

    late = buy("late")
    later = now + timedelta(minutes=31)
    assert services.expire_order(db, order_id=late.id, now=later)
    buy("other")
    services.money_changed(db, order=late, charged_vnd=late.total_vnd, refunded_vnd=0, now=later)
    assert late.state == "confirmed"
    services.cancel_order(
        db, order_id=late.id, by="buyer", reason="other", actor_id=None, now=later
    )
    db.refresh(window)
    assert window.sold == 2
    check(db)
