"""Stripe's refunds and disputes: events as hints, dashboards, lost answers, any order."""

import itertools
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from shop.core.db import Database
from shop.orders import services as orders
from shop.orders.models import Order
from shop.payments import asking, queries, services
from shop.payments.models import Dispute, Refund
from shop.payments.provider import Malformed, PaymentConfig
from shop.payments.providers.stripe import PROVIDER
from shop.payments.rules import Money
from shop.payments.sending import ASK_PAUSE, send_refunds
from shop.payments.starting import start_attempt
from tests.factories.accounts import make_person
from tests.factories.payments import NOW, make_attempt
from tests.shop.payments.test_ledger import assert_sound, at_once
from tests.stand_ins.stripe import StripeStandIn


def paid(
    database: Database, config: PaymentConfig, stripe: StripeStandIn, *, is_told: bool = True
) -> tuple[Order, str]:
    """An order paid at the stand-in, and its session."""
    with database.transaction() as db:
        order, attempt = make_attempt(db, provider="stripe")
        attempt_id = attempt.id
    session = start_attempt(database, attempt_id, config, NOW).provider_ref
    stripe.pay(session, tell=False)
    if is_told:
        body = stripe.event(session, "checkout.session.completed")
        assert take(database, config, stripe, body) == "applied"
    return order, session


def take(database: Database, config: PaymentConfig, stripe: StripeStandIn, body: bytes) -> str:
    headers = {"Stripe-Signature": stripe.signature(body)}
    return asking.take_push(database, PROVIDER, config, headers, body, NOW)


def reload(database: Database, order: Order) -> Order:
    with database.read() as db:
        return db.get_one(Order, order.id)


def cancelled(database: Database, order: Order) -> int:
    with database.transaction() as db:
        orders.cancel_order(
            db, order_id=order.id, by="seller", reason="out_of_stock", actor_id=None, now=NOW
        )
        return db.scalars(select(Refund.id).where(Refund.order_id == order.id)).one()


def test_owed_money_goes_back_with_our_key(
    database: Database, stripe: StripeStandIn, stripe_config: PaymentConfig
) -> None:
    order, _session = paid(database, stripe_config, stripe)
    cancelled(database, order)
    assert send_refunds(database, stripe_config, NOW) == 1
    (call,) = [one for one in stripe.calls if one["path"] == "/v1/refunds"]
    with database.read() as db:
        refund = db.scalars(select(Refund)).one()
    assert call["key"] == f"{refund.idempotency_key}:refund:1"
    assert call["version"] == "2025-09-30.clover"
    assert (refund.state, refund.provider_refund_id) == ("done", next(iter(stripe.refunds)))
    assert reload(database, order).payment_state == "refunded"
    assert send_refunds(database, stripe_config, NOW + ASK_PAUSE * 2) == 0
    assert_sound(database)


@pytest.mark.parametrize(
    "faults", [["lost"] * 3, ["500"] * 3, ["slow"] * 3, ["lost", "500", "429"]]
)
def test_lost_answers_never_refund_twice(
    database: Database, stripe: StripeStandIn, stripe_config: PaymentConfig, faults: list[str]
) -> None:
    order, _session = paid(database, stripe_config, stripe)
    cancelled(database, order)
    stripe.faults = list(faults)
    send_refunds(database, stripe_config, NOW)
    assert reload(database, order).payment_state == "paid"
    with database.read() as db:
        assert db.scalars(select(Refund.state)).all() == ["sent"]
    send_refunds(database, stripe_config, NOW + ASK_PAUSE * 2)
    assert len(stripe.refunds) == 1
    assert reload(database, order).payment_state == "refunded"
    assert_sound(database)


def test_two_senders_at_once_send_once(
    database: Database, stripe: StripeStandIn, stripe_config: PaymentConfig
) -> None:
    order, _session = paid(database, stripe_config, stripe)
    cancelled(database, order)
    done = at_once([lambda: send_refunds(database, stripe_config, NOW)] * 6)
    assert sum(done) == 1
    assert len(stripe.refunds) == 1
    assert_sound(database)


def test_large_and_disputed_refunds_wait(
    database: Database, stripe: StripeStandIn, stripe_config: PaymentConfig
) -> None:
    from dataclasses import replace

    order, session = paid(database, stripe_config, stripe)
    refund_id = cancelled(database, order)
    careful = replace(stripe_config, second_person_vnd=50_000)
    assert send_refunds(database, careful, NOW) == 0, "a person looks at large ones"
    with database.transaction() as db:
        services.approve_refund(
            db, refund_id=refund_id, limit_vnd=50_000, actor_id=make_person(db).id, now=NOW
        )
    dispute = stripe.dispute(session, balance_transactions=[])
    body = stripe.event_of(dispute, "charge.dispute.created")
    assert take(database, careful, stripe, body) == "applied"
    assert send_refunds(database, careful, NOW) == 0, "the bank may take the same money"
    stripe.disputes[dispute["id"]]["status"] = "warning_closed"
    take(database, careful, stripe, stripe.event_of(dispute, "charge.dispute.closed"))
    assert send_refunds(database, careful, NOW) == 1
    assert_sound(database)


@pytest.mark.parametrize("end", ["failed", "canceled"])
def test_refund_fails_weeks_later(
    database: Database, stripe: StripeStandIn, stripe_config: PaymentConfig, end: str
) -> None:
    order, _session = paid(database, stripe_config, stripe)
    cancelled(database, order)
    send_refunds(database, stripe_config, NOW)
    (refund,) = stripe.refunds.values()
    refund |= {"status": end, "failure_reason": "expired_or_canceled_card"}
    body = stripe.event_of(refund, "refund.failed")
    assert take(database, stripe_config, stripe, body) == "applied"
    assert reload(database, order).payment_state == "paid"
    with database.read() as db:
        rows = db.execute(select(Refund.state, Refund.fault).order_by(Refund.id)).all()
    assert rows[0][0] == "failed"
    assert rows[1][0] == "requested"
    assert send_refunds(database, stripe_config, NOW) == 0, "a person looks first"
    assert_sound(database)


@pytest.mark.parametrize("kind", ["charge.refunded", "refund.created", "refund.updated"])
@pytest.mark.parametrize("is_told", [True, False])
def test_dashboard_refund_in_any_event(
    database: Database,
    stripe: StripeStandIn,
    stripe_config: PaymentConfig,
    kind: str,
    is_told: bool,
) -> None:
    """Even when it comes before the payment's own message."""
    order, session = paid(database, stripe_config, stripe, is_told=is_told)
    refund = stripe.refund(session, 30_000)
    thing = refund
    if kind == "charge.refunded":
        thing = {"id": "ch_1", "object": "charge", "payment_intent": refund["payment_intent"]}
    body = stripe.event_of(thing, kind)
    assert take(database, stripe_config, stripe, body) == "applied"
    with database.read() as db:
        assert queries.money_of(db, order.id) == Money(95_000, 30_000)
    assert_sound(database)


def test_shuffled_events_end_the_same(
    database: Database, stripe: StripeStandIn, stripe_config: PaymentConfig
) -> None:
    for turn in itertools.islice(itertools.permutations(range(4)), 0, 24, 5):
        order, session = paid(database, stripe_config, stripe, is_told=False)
        refund = stripe.refund(session, 30_000)
        dispute = stripe.dispute(session, amount=65_000)
        bodies = [
            stripe.event(session, "checkout.session.completed"),
            stripe.event_of(refund, "refund.updated"),
            stripe.event_of(dispute, "charge.dispute.created"),
            stripe.event_of(dispute, "charge.dispute.funds_withdrawn"),
        ]
        for index in (*turn, *turn):
            take(database, stripe_config, stripe, bodies[index])
        with database.read() as db:
            assert queries.money_of(db, order.id) == Money(95_000, 95_000, 65_000)
            assert db.get_one(Order, order.id).payment_state == "disputed"
    assert_sound(database)


@pytest.mark.parametrize(
    ("status", "moves", "state"),
    [("won", 2, "paid"), ("lost", 1, "refunded"), ("warning_closed", 0, "paid")],
)
def test_dispute_from_start_to_end(
    database: Database,
    stripe: StripeStandIn,
    stripe_config: PaymentConfig,
    status: str,
    moves: int,
    state: str,
) -> None:
    order, session = paid(database, stripe_config, stripe)
    dispute = stripe.dispute(session, balance_transactions=[{}] * min(moves, 1))
    take(database, stripe_config, stripe, stripe.event_of(dispute, "charge.dispute.created"))
    assert reload(database, order).payment_state == "disputed"
    with database.read() as db:
        assert db.scalars(select(Dispute.answer_by)).one() == NOW + timedelta(days=7)
    dispute |= {"status": status, "balance_transactions": [{}] * moves}
    take(database, stripe_config, stripe, stripe.event_of(dispute, "charge.dispute.closed"))
    assert reload(database, order).payment_state == state
    assert_sound(database)


@pytest.mark.parametrize(
    "over",
    [
        {"status": "nonsense"},
        {"amount": -5},
        {"amount": True},
        {"amount": 10**15},
        {"currency": None},
        {"payment_intent": "ch_1"},
        {"id": "re_x/../y"},
    ],
)
def test_nonsense_refunds_change_nothing(
    database: Database, stripe: StripeStandIn, stripe_config: PaymentConfig, over: dict[str, Any]
) -> None:
    order, session = paid(database, stripe_config, stripe)
    refund = stripe.refund(session, 30_000)
    name = refund["id"]
    body = stripe.event_of(dict(refund), "refund.updated")
    stripe.refunds[name].update(over)
    with pytest.raises(Malformed):
        take(database, stripe_config, stripe, body)
    with database.read() as db:
        assert queries.money_of(db, order.id) == Money(95_000, 0)
    assert_sound(database)


def test_strangers_payments_are_ignored(
    database: Database, stripe: StripeStandIn, stripe_config: PaymentConfig
) -> None:
    """The operator may sell other things through the same account."""
    thing = {"id": "re_other", "amount": 5, "currency": "vnd", "payment_intent": "pi_other"}
    stripe.refunds["re_other"] = thing | {"status": "succeeded", "created": 1, "metadata": {}}
    for body in (
        stripe.event_of(thing, "refund.updated"),
        stripe.event_of({"id": "ch_1", "payment_intent": "pi_none"}, "charge.refunded"),
        stripe.event_of({"id": "ch_1", "payment_intent": None}, "charge.refunded"),
    ):
        assert take(database, stripe_config, stripe, body) in {"open", "ignored"}
    with database.read() as db:
        assert db.scalars(select(Refund)).all() == []


def test_twenty_of_everything_at_once(
    database: Database, stripe: StripeStandIn, stripe_config: PaymentConfig
) -> None:
    order, session = paid(database, stripe_config, stripe, is_told=False)
    refund = stripe.refund(session, 30_000)
    bodies = [
        stripe.event(session, "checkout.session.completed"),
        stripe.event_of(refund, "refund.updated"),
        stripe.event_of(refund, "refund.created"),
    ]

    def telling(body: bytes) -> Callable[[], str]:
        return lambda: take(database, stripe_config, stripe, body)

    outcomes = at_once([telling(bodies[number % 3]) for number in range(20)])
    assert not [one for one in outcomes if isinstance(one, Exception)]
    with database.read() as db:
        assert queries.money_of(db, order.id) == Money(95_000, 30_000)
    assert_sound(database)
