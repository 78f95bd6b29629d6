"""A parcel of several comes back: its share is no longer due and the order goes on without it."""

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalogue.models import Variant
from shop.core.outbox import OutboxMessage
from shop.orders import queries, services
from shop.orders.models import Order, OrderCut, Shipment
from shop.orders.pages import order_page
from shop.orders.rules import CAME_BACK
from shop.orders.rules.parcels import Back
from shop.payments import services as payments
from shop.payments.models import Refund
from shop.payments.rules import WrongStep
from shop.payments.services import apply_txn
from shop.shipping.queries.cod import cod_left, expected_cod
from tests.factories.accounts import make_person
from tests.factories.payments import make_attempt, make_txn
from tests.shop.orders.test_cutting import _followed, check, cut, line_of, send, variant

VND_LIMIT = 5_000_000

__all__ = ["_followed", "variant"]


def come_back(db: Session, order: Order, parcel: Shipment, now: datetime) -> None:
    services.fail_delivery(db, order_id=order.id, shipment_id=parcel.id, actor_id=7, now=now)
    [rows] = [p.lines for p in queries.parcels(db, order.id) if p.shipment.id == parcel.id]
    services.take_back(
        db,
        order_id=order.id,
        shipment_id=parcel.id,
        back=[Back(row.id, row.quantity, 0) for row in rows],
        actor_id=7,
        now=now,
    )
    check(db)


@pytest.mark.parametrize("first_back", [True, False])
@pytest.mark.parametrize("is_late", [True, False])
def test_cod_of_two_parcels_ends_with_the_one_that_arrived(
    db: Session, variant: Variant, now: datetime, first_back: bool, is_late: bool
) -> None:
    """Five of 65,000 and 30,000 for the delivery: 3 in one parcel, 2 in the other."""
    order, attempt = make_attempt(db, provider="cod", variant=variant, quantity=5, confirmed=True)
    parcels = [send(db, order, 3, now), send(db, order, 2, now)]
    back, kept = parcels if first_back else reversed(parcels)
    told = cod_left(db, [order.id])[kept.id]
    if not is_late:
        come_back(db, order, back, now)
        assert order.fulfilment_state == "shipped"
        assert cod_left(db, [order.id]) == {kept.id: told}
    services.deliver(db, order_id=order.id, shipment_id=kept.id, actor_id=7, now=now)
    if is_late:
        come_back(db, order, back, now)
    assert (order.due_vnd, order.state) == (told, "confirmed")
    assert expected_cod(db, [order.id]) == {kept.id: told, back.id: 0}
    apply_txn(db, make_txn(attempt, amount_vnd=told, order_hint=order.code), now=now)
    assert (order.state, order.payment_state) == ("completed", "paid")
    assert db.scalars(select(Refund)).all() == []
    kinds = list(db.scalars(select(OutboxMessage.kind)))
    assert (kinds.count("orders.back_cut"), kinds.count("orders.delivered")) == (1, 1)
    assert db.scalars(
        select(OutboxMessage.payload).where(OutboxMessage.kind == "orders.back_cut")
    ).one()["sum"]
    check(db)


def test_what_was_paid_for_it_becomes_a_refund_task(
    db: Session, variant: Variant, now: datetime
) -> None:
    order, attempt = make_attempt(db, provider="vietqr", variant=variant, quantity=5)
    apply_txn(db, make_txn(attempt, amount_vnd=order.total_vnd, order_hint=order.code), now=now)
    first, second = send(db, order, 3, now), send(db, order, 2, now)
    services.deliver(db, order_id=order.id, shipment_id=first.id, actor_id=7, now=now)
    come_back(db, order, second, now)
    assert (order.state, order.cut_vnd) == ("completed", 142_000)
    [refund] = db.scalars(select(Refund)).all()
    assert (refund.amount_vnd, refund.kind, refund.state) == (142_000, "owed", "requested")
    found = queries.order_by_code(db, order.code)
    assert found is not None
    page = order_page(db, found, now)
    assert (page.cuts, page.backs) == ({}, {line_of(db, order): 2})  # sent, and back again


@pytest.mark.parametrize(
    ("granted", "is_paid"), [(142_000, True), (142_000, False), (40_000, True)]
)
def test_what_was_granted_for_the_same_goods_is_not_paid_twice(
    db: Session, variant: Variant, now: datetime, granted: int, is_paid: bool
) -> None:
    seller, payer = make_person(db).id, make_person(db).id
    order, attempt = make_attempt(db, provider="vietqr", variant=variant, quantity=5)
    apply_txn(db, make_txn(attempt, amount_vnd=order.total_vnd, order_hint=order.code), now=now)
    first, second = send(db, order, 3, now), send(db, order, 2, now)
    services.deliver(db, order_id=order.id, shipment_id=first.id, actor_id=7, now=now)
    [given] = payments.ask_refund(
        db,
        order_id=order.id,
        amount_vnd=granted,
        reason="damaged",
        asked_by="producer",
        actor_id=seller,
        cause="form:1",
        now=now,
    )
    if is_paid:
        payments.finish_refund(
            db, refund_id=given.id, reference="FT1", actor_id=payer, now=now, limit_vnd=VND_LIMIT
        )
    come_back(db, order, second, now)
    [owed] = db.scalars(select(Refund).where(Refund.kind == "owed")).all()
    assert owed.amount_vnd == 142_000
    payments.count_once(db, refund_id=owed.id, actor_id=seller, now=now)
    check(db)
    promised = [r.amount_vnd for r in db.scalars(select(Refund).where(Refund.state != "rejected"))]
    assert sum(promised) == 142_000
    with pytest.raises(WrongStep):
        payments.count_once(db, refund_id=owed.id, actor_id=seller, now=now)


def test_the_rest_goes_on_or_is_cut_and_a_second_one_back_ends_it(
    db: Session, variant: Variant, now: datetime
) -> None:
    order, _attempt = make_attempt(db, provider="cod", variant=variant, quantity=5, confirmed=True)
    come_back(db, order, send(db, order, 2, now), now)
    assert (order.cut_vnd, order.fulfilment_state) == (142_000, "none")
    assert queries.units_left(db, [order.id])[order.id] == {line_of(db, order): 3}
    second = send(db, order, 1, now)
    assert cod_left(db, [order.id])[second.id] == 71_000
    cut(db, order, now)
    assert (order.cut_vnd, order.due_vnd, order.fulfilment_state) == (284_000, 71_000, "shipped")
    check(db)
    come_back(db, order, second, now)  # nothing is left: a person calls it off
    assert (order.fulfilment_state, order.cut_vnd) == ("returned", 284_000)
    assert db.query(OrderCut).filter_by(reason=CAME_BACK).count() == 1
    services.cancel_order(
        db, order_id=order.id, by="seller", reason="undelivered", actor_id=7, now=now
    )
    check(db)
