"""Giving money back: asked, approved, paid by hand with proof, coming back; disputes."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from shop.accounts.models import AuditEntry
from shop.core.db import Database
from shop.core.errors import DomainError, NotFound
from shop.core.outbox import OutboxMessage
from shop.orders import services as orders
from shop.orders.models import Order, OrderEvent
from shop.payments import queries, services
from shop.payments.models import Dispute, PaymentTxn, Refund
from shop.payments.provider import DisputeFact, RefundFact
from shop.payments.rules import (
    ByProvider,
    Charge,
    InDispute,
    Money,
    NotApprovedYet,
    NothingToRefund,
    OwedMoney,
    ProofNeeded,
    RefundTooLarge,
    SecondPerson,
    StillAwaited,
    WrongStep,
    left_to_pay,
    share_out,
)
from tests.factories.accounts import make_person
from tests.factories.payments import NOW, make_attempt, make_txn
from tests.shop.payments.test_ledger import assert_sound, at_once

LIMIT = 50_000
"""The orders of these tests cost 95,000 đồng, so half of one needs one person, all of it two."""


def paid_order(db: Session, provider: str = "vietqr", **over: Any) -> Order:
    """A confirmed order of 95,000 đồng whose money came."""
    order, attempt = make_attempt(db, provider=provider, **over)
    if provider == "stripe":
        attempt.provider_ref, attempt.state = f"cs_test_{order.id}", "started"
        db.flush()
    txn = make_txn(attempt, txn_id=charge_id(order), order_hint=attempt.memo_code or order.code)
    assert services.apply_txn(db, txn, now=NOW) == "applied"
    return order


def charge_id(order: Order) -> str:
    return f"pi_{order.id}"


def ask(db: Session, order: Order, amount: int | None = 30_000, **over: Any) -> Refund:
    values: dict[str, Any] = {
        "reason": "damaged",
        "asked_by": "producer",
        "actor_id": make_person(db).id,
        "cause": "test:1",
    } | over
    (refund,) = services.ask_refund(db, order_id=order.id, amount_vnd=amount, now=NOW, **values)
    return refund


def pay(db: Session, refund: Refund, **over: Any) -> Refund:
    values: dict[str, Any] = {
        "reference": "FT26326",
        "limit_vnd": LIMIT,
        "now": NOW,
    } | over
    values.setdefault("actor_id", make_person(db).id)
    return services.finish_refund(db, refund_id=refund.id, **values)


# Rules


def test_newest_charges_give_first_and_never_more_than_they_have() -> None:
    old, new = Charge(1, "stripe", 70), Charge(2, "vietqr", 50)
    assert share_out([old, new], 60) == [(new, 50), (old, 10)]
    assert share_out([old, new], 999) == [(new, 50), (old, 70)]
    assert share_out([Charge(3, "cod", 0)], 5) == []


@pytest.mark.parametrize(
    ("money", "granted", "left"),
    [
        (Money(0, 0), 0, 100),
        (Money(40, 0), 0, 60),
        (Money(100, 30), 30, 0),
        (Money(100, 0), 30, 0),
        (Money(100, 100, 100), 0, 0),
        (Money(120, 20), 0, 0),
    ],
)
def test_what_was_given_back_on_purpose_is_not_asked_for_again(
    money: Money, granted: int, left: int
) -> None:
    assert left_to_pay(money, total_vnd=100, granted_vnd=granted) == left


# Asking


def test_part_of_an_order_goes_back(database: Database, db: Session) -> None:
    order = paid_order(db)
    refund = ask(db, order)
    assert (refund.state, refund.kind, refund.is_by_hand) == ("requested", "granted", True)
    assert services.refundable_vnd(db, order) == 65_000
    pay(db, refund)
    assert (order.state, order.payment_state, refund.state) == (
        "confirmed",
        "partly_refunded",
        "done",
    )
    assert queries.money_of(db, order.id) == Money(95_000, 30_000)
    assert services.left_to_pay(db, order) == 0
    assert queries.open_refunds(db, order.id) == []
    assert refund.done_by is not None
    steps = db.scalars(select(OrderEvent.kind).where(OrderEvent.order_id == order.id)).all()
    assert {"refund_asked", "refund_done"} <= set(steps)
    audited = db.scalars(select(AuditEntry.action)).all()
    assert {"payments.refund_asked", "payments.refund_done"} <= set(audited)
    db.commit()
    assert_sound(database)


def test_all_that_is_left_goes_back(database: Database, db: Session) -> None:
    order = paid_order(db)
    first = ask(db, order)
    rest = ask(db, order, None, cause="test:2")
    assert (first.amount_vnd, rest.amount_vnd) == (30_000, 65_000)
    with pytest.raises(NothingToRefund):
        ask(db, order, None, cause="test:3")
    db.commit()
    assert_sound(database)


def test_same_cause_is_one_decision(db: Session) -> None:
    order = paid_order(db)
    first = ask(db, order)
    again = ask(db, order, 90_000)
    assert again.id == first.id
    assert db.scalar(select(func.count()).select_from(Refund)) == 1


@pytest.mark.parametrize("amount", [0, -1, 95_001, 2**31, 10**15])
def test_absurd_amounts_are_refused(db: Session, amount: int) -> None:
    order = paid_order(db)
    with pytest.raises(RefundTooLarge) as refusal:
        ask(db, order, amount)
    assert refusal.value.field == "amount"
    assert db.scalars(select(Refund)).all() == []


def test_only_money_that_came_can_go_back(db: Session) -> None:
    waiting, _attempt = make_attempt(db)
    with pytest.raises(StillAwaited):
        ask(db, waiting)
    with pytest.raises(NotFound):
        services.ask_refund(
            db,
            order_id=2**40,
            amount_vnd=1,
            reason="other",
            asked_by="staff",
            actor_id=None,
            cause="x",
            now=NOW,
        )
    with pytest.raises(ValueError, match="nonsense"):
        ask(db, waiting, reason="nonsense")


def test_cancelling_beside_a_granted_refund_owes_the_rest(database: Database, db: Session) -> None:
    order = paid_order(db)
    ask(db, order)
    orders.cancel_order(
        db, order_id=order.id, by="seller", reason="out_of_stock", actor_id=None, now=NOW
    )
    owed = {(one.kind, one.amount_vnd) for one in queries.open_refunds(db, order.id)}
    assert owed == {("granted", 30_000), ("owed", 65_000)}
    db.commit()
    assert_sound(database)


# Two people


def test_large_refunds_need_two_people_and_proof(database: Database, db: Session) -> None:
    order = paid_order(db)
    asker, second = make_person(db), make_person(db)
    refund = ask(db, order, None, actor_id=asker.id)
    with pytest.raises(NotApprovedYet):
        pay(db, refund)
    decide: dict[str, Any] = {"refund_id": refund.id, "limit_vnd": LIMIT, "now": NOW}
    with pytest.raises(SecondPerson):
        services.approve_refund(db, **decide, actor_id=asker.id)
    services.approve_refund(db, **decide, actor_id=second.id)
    with pytest.raises(WrongStep):
        services.approve_refund(db, **decide, actor_id=second.id)
    with pytest.raises(SecondPerson):
        pay(db, refund, actor_id=second.id, proof_sha="a" * 64)
    with pytest.raises(ProofNeeded):
        pay(db, refund, actor_id=asker.id)
    pay(db, refund, actor_id=asker.id, proof_sha="a" * 64)
    assert (order.payment_state, refund.done_by) == ("refunded", asker.id)
    db.commit()
    assert_sound(database)


def test_small_refunds_need_one(db: Session) -> None:
    order = paid_order(db)
    person = make_person(db)
    refund = ask(db, order, LIMIT, actor_id=person.id)
    assert pay(db, refund, actor_id=person.id).state == "done"


def test_owed_money_is_never_refused_and_a_wish_may_be(database: Database, db: Session) -> None:
    order = paid_order(db)
    wish = ask(db, order)
    say: dict[str, Any] = {"note": "không đúng", "actor_id": make_person(db).id, "now": NOW}
    assert services.reject_refund(db, refund_id=wish.id, **say).state == "rejected"
    with pytest.raises(WrongStep):
        services.reject_refund(db, refund_id=wish.id, **say)
    with pytest.raises(WrongStep):
        pay(db, wish)
    extra = make_txn(
        queries.attempt_of(db, order.id, "vietqr"),  # type: ignore[arg-type]
        txn_id="extra",
        amount_vnd=7_000,
    )
    services.apply_txn(db, extra, now=NOW)
    (owed,) = queries.open_refunds(db, order.id)
    assert (owed.kind, owed.amount_vnd, owed.reason) == ("owed", 7_000, "excess")
    with pytest.raises(OwedMoney):
        services.reject_refund(db, refund_id=owed.id, **say)
    db.commit()
    assert_sound(database)


# By hand


def test_buyer_gives_an_account_and_a_change_needs_a_new_look(db: Session) -> None:
    order = paid_order(db)
    refund = ask(db, order)
    give: dict[str, Any] = {"order_id": order.id, "bank_bin": "970416", "now": NOW}
    assert services.give_account(db, **give, number="123456", holder="LO THI MAI") == 1
    assert (refund.payee_number, refund.state) == ("123456", "requested")
    services.approve_refund(
        db, refund_id=refund.id, limit_vnd=LIMIT, actor_id=make_person(db).id, now=NOW
    )
    services.give_account(db, **give, number="123456", holder="LO THI MAI")
    assert refund.state == "approved"
    services.give_account(db, **give, number="999999", holder="LO THI MAI")
    assert (refund.state, refund.approved_by) == ("requested", None)
    pay(db, refund)
    assert services.give_account(db, **give, number="1", holder="X") == 0
    assert refund.payee_number == "999999", "what was paid stays as it was paid"


def test_transfer_that_came_back_is_owed_again(database: Database, db: Session) -> None:
    buyer = make_person(db)
    order = paid_order(db, buyer_id=buyer.id)
    orders.cancel_order(
        db, order_id=order.id, by="seller", reason="out_of_stock", actor_id=None, now=NOW
    )
    (refund,) = queries.open_refunds(db, order.id)
    actor = make_person(db)
    services.finish_refund(
        db, refund_id=refund.id, reference="FT1", actor_id=actor.id, limit_vnd=10**9, now=NOW
    )
    back: dict[str, Any] = {"refund_id": refund.id, "note": "sai số", "actor_id": actor.id}
    services.return_refund(db, **back, now=NOW)
    assert (refund.state, order.payment_state) == ("failed", "paid")
    (again,) = queries.open_refunds(db, order.id)
    assert (again.amount_vnd, again.state) == (95_000, "requested")
    assert again.idempotency_key != refund.idempotency_key
    with pytest.raises(WrongStep):
        services.return_refund(db, **back, now=NOW)
    told = db.scalars(
        select(OutboxMessage.kind).where(OutboxMessage.recipient == f"person:{buyer.id}")
    ).all()
    assert {"orders.refunded", "orders.refund_failed"} <= set(told)
    db.commit()
    assert_sound(database)


# What providers say


def fact(order: Order, fate: Any = "succeeded", **over: Any) -> RefundFact:
    values: dict[str, Any] = {
        "refund_id": "re_1",
        "charge_id": charge_id(order),
        "amount_vnd": 30_000,
        "currency": "VND",
        "fate": fate,
        "occurred_at": NOW,
        "raw_digest": "0" * 64,
    }
    return RefundFact(**(values | over))


def say(db: Session, told: RefundFact) -> str:
    return services.record_refund(db, provider="stripe", fact=told, now=NOW)


def test_dashboard_refund_joins_the_ledger_once(database: Database, db: Session) -> None:
    order = paid_order(db, "stripe")
    for _turn in range(3):
        say(db, fact(order, "pending"))
    assert [say(db, fact(order)) for _turn in range(3)] == ["applied", "duplicate", "duplicate"]
    assert say(db, fact(order, "pending")) == "open", "old news changes nothing"
    (refund,) = db.scalars(select(Refund)).all()
    assert (refund.state, refund.asked_by, refund.reason) == ("done", "provider", "dashboard")
    assert (order.payment_state, order.state) == ("partly_refunded", "confirmed")
    db.commit()
    assert_sound(database)


@pytest.mark.parametrize("fate", ["pending", "succeeded"])
def test_dashboard_refund_takes_the_place_of_what_we_promised(
    database: Database, db: Session, fate: Any
) -> None:
    """Found by the state machine: while it was pending, ours still promised the same money."""
    order = paid_order(db, "stripe")
    orders.cancel_order(
        db, order_id=order.id, by="seller", reason="out_of_stock", actor_id=None, now=NOW
    )
    say(db, fact(order, fate))
    promised = sum(refund.amount_vnd for refund in queries.open_refunds(db, order.id))
    assert promised == (95_000 if fate == "pending" else 65_000)
    db.commit()
    assert_sound(database)


def test_refund_can_fail_after_it_was_done(database: Database, db: Session) -> None:
    order = paid_order(db, "stripe")
    orders.cancel_order(
        db, order_id=order.id, by="seller", reason="out_of_stock", actor_id=None, now=NOW
    )
    (refund,) = queries.open_refunds(db, order.id)
    assert not refund.is_by_hand
    whole: dict[str, Any] = {"amount_vnd": 95_000, "key": refund.idempotency_key}
    assert say(db, fact(order, **whole)) == "applied"
    assert (refund.state, order.payment_state) == ("done", "refunded")
    assert say(db, fact(order, "failed", **whole)) == "applied"
    assert say(db, fact(order, "failed", **whole)) == "duplicate"
    assert say(db, fact(order, **whole)) == "open", "success was told before it failed"
    assert (refund.state, order.payment_state) == ("failed", "paid")
    (again,) = queries.open_refunds(db, order.id)
    assert (again.amount_vnd, again.kind) == (95_000, "owed")
    db.commit()
    assert_sound(database)


@pytest.mark.parametrize("turn", range(6))
def test_facts_about_a_refund_in_any_order_end_the_same(
    database: Database, db: Session, turn: int
) -> None:
    import itertools

    order = paid_order(db, "stripe")
    told = [fact(order, "pending"), fact(order), fact(order, "pending")]
    for one in list(itertools.permutations(told))[turn]:
        say(db, one)
    assert queries.money_of(db, order.id) == Money(95_000, 30_000)
    db.commit()
    assert_sound(database)


def test_refund_of_a_strangers_charge_is_ignored(db: Session) -> None:
    order = paid_order(db, "stripe")
    assert say(db, fact(order, charge_id="pi_other")) == "ignored"
    assert db.scalars(select(Refund)).all() == []


def test_refund_of_unmatched_money_clears_the_desk(database: Database, db: Session) -> None:
    order, attempt = make_attempt(db, provider="stripe")
    attempt.provider_ref = "cs_test_x"
    db.flush()
    wrong = make_txn(attempt, txn_id="pi_wrong", amount_vnd=30_000, order_hint=order.code)
    assert services.apply_txn(db, wrong, now=NOW) == "unmatched"
    waiting = select(PaymentTxn.id).where(queries.is_unmatched())
    assert db.scalars(waiting).all()
    assert say(db, fact(order, charge_id="pi_wrong")) == "unmatched"
    assert db.scalars(waiting).all() == []
    db.commit()
    assert_sound(database)


def test_provider_money_is_not_paid_by_hand_unless_taken_over(db: Session) -> None:
    order = paid_order(db, "stripe")
    refund = ask(db, order)
    with pytest.raises(ByProvider):
        pay(db, refund)
    services.pay_by_hand(db, refund_id=refund.id, actor_id=make_person(db).id, now=NOW)
    assert pay(db, refund).state == "done"
    sent = ask(db, order, 5_000, cause="test:2")
    sent.state = "sent"
    db.flush()
    with pytest.raises(WrongStep):
        services.pay_by_hand(db, refund_id=sent.id, actor_id=make_person(db).id, now=NOW)


# Disputes


def dispute(order: Order, **over: Any) -> DisputeFact:
    values: dict[str, Any] = {
        "dispute_id": "dp_1",
        "charge_id": charge_id(order),
        "amount": 95_000,
        "currency": "VND",
        "state": "open",
        "status": "needs_response",
        "reason": "product_not_received",
        "opened_at": NOW,
        "raw_digest": "0" * 64,
        "is_withdrawn": True,
        "answer_by": NOW + timedelta(days=7),
    }
    return DisputeFact(**(values | over))


def tell(db: Session, told: DisputeFact) -> str:
    return services.record_dispute(db, provider="stripe", fact=told, now=NOW)


WON: dict[str, Any] = {"state": "won", "status": "won", "is_reinstated": True}
LOST: dict[str, Any] = {"state": "lost", "status": "lost"}


def test_open_dispute_stops_packing_and_refunds(database: Database, db: Session) -> None:
    order = paid_order(db, "stripe")
    assert [tell(db, dispute(order)) for _turn in range(3)] == ["applied", "duplicate", "duplicate"]
    assert order.payment_state == "disputed"
    with pytest.raises(DomainError):
        orders.pack_order(db, order_id=order.id, actor_id=None, now=NOW)
    with pytest.raises(InDispute):
        ask(db, order)
    assert services.left_to_pay(db, order) == 0
    db.commit()
    assert_sound(database)


@pytest.mark.parametrize(("end", "state"), [(WON, "paid"), (LOST, "refunded")])
def test_dispute_ends(database: Database, db: Session, end: dict[str, Any], state: str) -> None:
    order = paid_order(db, "stripe")
    tell(db, dispute(order))
    assert tell(db, dispute(order, **end)) == "applied"
    assert tell(db, dispute(order, **end)) == "duplicate"
    assert tell(db, dispute(order)) == "duplicate", "an ended dispute does not open again"
    assert order.payment_state == state
    row = db.scalars(select(Dispute)).one()
    assert row.ended_at == NOW
    db.commit()
    assert_sound(database)


def test_inquiry_takes_no_money(database: Database, db: Session) -> None:
    order = paid_order(db, "stripe")
    tell(db, dispute(order, is_withdrawn=False, status="warning_needs_response"))
    assert order.payment_state == "disputed"
    tell(db, dispute(order, is_withdrawn=False, status="warning_closed", state="closed"))
    assert order.payment_state == "paid"
    assert queries.money_of(db, order.id) == Money(95_000, 0)
    db.commit()
    assert_sound(database)


def test_lost_dispute_withdraws_what_was_promised(database: Database, db: Session) -> None:
    order = paid_order(db, "stripe")
    wish = ask(db, order)
    tell(db, dispute(order))
    assert wish.state == "rejected", "the bank has taken that money"
    tell(db, dispute(order, **LOST))
    db.commit()
    assert_sound(database)


# At once


def test_two_refunders_at_once_never_promise_more_than_came(database: Database) -> None:
    with database.transaction() as db:
        order = paid_order(db)

    def work(number: int) -> Callable[[], str]:
        def run() -> str:
            with database.transaction() as db:
                ask(db, order, 60_000, cause=f"test:{number}")
                return "asked"

        return run

    results = at_once([work(number) for number in range(4)])
    assert max(map(str, results)) == "asked"
    assert sum(one == "asked" for one in results) == 1
    assert sum(isinstance(one, RefundTooLarge) for one in results) == 3
    assert_sound(database)


@pytest.mark.control
def test_without_the_lock_too_much_is_promised(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: guards off, two people promise the same money."""
    if database.is_sqlite:
        pytest.skip("SQLite has one writer: there is no lock to take off")
    import threading

    from shop.payments.invariants import INVARIANTS
    from shop.payments.services import owing

    with database.transaction() as db:
        order = paid_order(db)
    seen = threading.Barrier(2, timeout=10)
    write = owing._write

    def slow_write(*values: Any) -> Refund:
        seen.wait()
        made = write(*values)
        seen.wait()
        return made

    monkeypatch.setattr(queries, "lock_order", lambda db, order_id: db.get(Order, order_id))
    monkeypatch.setattr("shop.payments.services.refunds.queries.lock_order", queries.lock_order)
    monkeypatch.setattr(owing, "_write", slow_write)

    def work(number: int) -> Callable[[], str]:
        def run() -> str:
            with database.transaction() as db:
                ask(db, order, 60_000, cause=f"test:{number}")
                return "asked"

        return run

    assert at_once([work(1), work(2)]) == ["asked", "asked"]
    with database.read() as db:
        assert db.execute(text(INVARIANTS["payments_refunds_promised_twice"])).all()


def test_refund_is_paid_out_once_by_two_people_at_once(database: Database) -> None:
    with database.transaction() as db:
        order = paid_order(db)
        refund = ask(db, order)
        people = [make_person(db).id for _turn in range(4)]

    def work(person: int) -> Callable[[], str]:
        def run() -> str:
            with database.transaction() as db:
                return pay(db, db.get_one(Refund, refund.id), actor_id=person).state

        return run

    results = at_once([work(person) for person in people])
    assert sum(one == "done" for one in results) == 1
    assert sum(isinstance(one, WrongStep) for one in results) == 3
    with database.read() as db:
        assert queries.money_of(db, order.id) == Money(95_000, 30_000)
    assert_sound(database)
