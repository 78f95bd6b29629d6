"""Money ends in an order or on the desk, once, however many ways tell of it (payments §3)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.accounts.models import AuditEntry
from shop.core.db import Database
from shop.core.outbox import OutboxMessage
from shop.orders.models import Order
from shop.payments import queries, services
from shop.payments.models import PaymentAttempt, PaymentSetAside, PaymentTxn, PaymentTxnDetail
from shop.payments.provider import ProviderTxn
from shop.payments.rules import (
    AlreadyMatched,
    CountedElsewhere,
    LooksCounted,
    Money,
    NotTheSame,
    WrongStep,
    merge_key,
)
from tests.factories.accounts import make_member, make_person
from tests.factories.catalogue import make_producer
from tests.factories.payments import NOW, make_attempt, make_txn
from tests.shop.payments.test_ledger import assert_sound, at_once

REF = "FT26326123456"


def told(attempt: PaymentAttempt, **over: Any) -> ProviderTxn:
    """The transfer as a feed tells of it."""
    values: dict[str, Any] = {"provider": "sepay", "txn_id": "92704", "reference": REF}
    return make_txn(attempt, **(values | over))


def reasons(db: Session) -> list[str]:
    found = select(PaymentTxnDetail.reason).order_by(PaymentTxnDetail.txn_row_id)
    return list(db.scalars(found))


def unmatched(db: Session) -> list[PaymentTxn]:
    return list(db.scalars(select(PaymentTxn).where(queries.is_unmatched())))


def by_hand(db: Session, order: Order, **over: Any) -> str:
    values: dict[str, Any] = {"actor_id": make_person(db).id, "now": NOW, "submit_key": "k" * 16}
    return services.confirm_receipt(db, order_id=order.id, **(values | over))


# Merge keys


@pytest.mark.parametrize("reference", ["", "CK", "1", "chuyen khoan", "12345", "ABCDEF12"])
def test_weak_references_name_nothing(reference: str) -> None:
    assert merge_key("257678859", 95_000, reference) is None


def test_one_transfer_has_one_name() -> None:
    key = merge_key("257678859", 95_000, REF)
    assert key is not None
    assert key == merge_key("257678859", 95_000, " ft26326-123456. ")
    for other in (("257678850", 95_000, REF), ("257678859", 95_001, REF), ("", 95_000, REF)):
        assert merge_key(*other) != key


# The table of facts, row by row


def test_equal_is_paid(db: Session) -> None:
    order, attempt = make_attempt(db)
    assert services.apply_txn(db, told(attempt), now=NOW) == "applied"
    assert (order.state, order.payment_state) == ("confirmed", "paid")


def test_less_is_partial_and_the_rest_is_asked(db: Session) -> None:
    order, attempt = make_attempt(db)
    services.apply_txn(db, told(attempt, amount_vnd=40_000), now=NOW)
    assert (order.state, order.payment_state) == ("awaiting_payment", "partial")
    assert services.left_to_pay(db, order) == 55_000


def test_more_is_paid_and_the_excess_owed(db: Session) -> None:
    order, attempt = make_attempt(db)
    services.apply_txn(db, told(attempt, amount_vnd=100_000), now=NOW)
    assert (order.state, order.payment_state) == ("confirmed", "overpaid")
    assert [one.amount_vnd for one in queries.open_refunds(db, order.id)] == [5_000]


def test_no_code_waits_even_when_the_amount_fits_exactly(db: Session) -> None:
    order, attempt = make_attempt(db)
    txn = told(attempt, order_hint="TRAN VAN KHACH chuyen tien mua mat ong")
    assert services.apply_txn(db, txn, now=NOW) == "unmatched"
    assert (order.payment_state, len(unmatched(db))) == ("unpaid", 1)


def test_two_codes_wait_for_a_person(db: Session) -> None:
    producer = make_producer(db)
    _order, first = make_attempt(db, producer=producer)
    _other, second = make_attempt(db, producer=producer)
    hint = f"{first.memo_code} {second.memo_code}"
    assert services.apply_txn(db, told(first, order_hint=hint), now=NOW) == "unmatched"
    assert reasons(db) == ["several_codes"]


def test_right_code_on_a_wrong_account_waits(db: Session) -> None:
    order, attempt = make_attempt(db)
    make_member(db, "producer", order.producer_id, "owner")
    for outcome in ("unmatched", "duplicate"):
        assert services.apply_txn(db, told(attempt, account="999"), now=NOW) == outcome
    assert (order.payment_state, reasons(db)) == ("unpaid", ["wrong_account"])
    kinds = list(db.scalars(select(OutboxMessage.kind)))
    assert kinds.count("payments.wrong_account") == 1, "the producer is told once"


def test_same_id_again_has_no_effect(db: Session) -> None:
    order, attempt = make_attempt(db)
    assert services.apply_txn(db, told(attempt), now=NOW) == "applied"
    for again in (told(attempt), told(attempt, reference="", amount_vnd=1)):
        assert services.apply_txn(db, again, now=NOW) == "duplicate"
    assert queries.money_of(db, order.id) == Money(95_000, 0)


def test_second_real_transfer_is_excess_never_a_duplicate(db: Session) -> None:
    order, attempt = make_attempt(db)
    services.apply_txn(db, told(attempt), now=NOW)
    second = told(attempt, txn_id="92705", reference="FT26326123457")
    assert services.apply_txn(db, second, now=NOW) == "applied"
    assert (order.payment_state, len(queries.open_refunds(db, order.id))) == ("overpaid", 1)


@pytest.mark.parametrize("is_gone", [False, True])
def test_late_money_reinstates_or_is_owed_back(db: Session, is_gone: bool) -> None:
    from shop.orders.services import expire_order
    from shop.stock.models import StockLevel

    order, attempt = make_attempt(db)
    late = NOW + timedelta(hours=3)
    expire_order(db, order_id=order.id, now=late)
    assert order.state == "expired"
    if is_gone:
        for level in db.scalars(select(StockLevel)):
            level.on_hand = level.reserved = 0
        db.flush()
    assert services.apply_txn(db, told(attempt), now=late) == "applied"
    owed = [one.amount_vnd for one in queries.open_refunds(db, order.id)]
    assert (order.state, owed) == (("expired", [95_000]) if is_gone else ("confirmed", []))


# The same transfer in two ways


def test_feed_then_statement_counts_once(db: Session) -> None:
    order, attempt = make_attempt(db)
    assert services.apply_txn(db, told(attempt), now=NOW) == "applied"
    listed = told(attempt, provider="statement", txn_id="row-1", reference=f"{REF}\\BNK"[:13])
    assert services.apply_txn(db, listed, now=NOW) == "duplicate"
    assert queries.money_of(db, order.id) == Money(95_000, 0)
    assert db.scalar(select(func.count()).select_from(PaymentTxn)) == 1


def test_by_hand_with_the_banks_reference_then_feed_counts_once(db: Session) -> None:
    order, attempt = make_attempt(db)
    assert by_hand(db, order, reference=REF.lower()) == "applied"
    assert services.apply_txn(db, told(attempt), now=NOW) == "duplicate"
    assert unmatched(db) == []
    assert queries.money_of(db, order.id) == Money(95_000, 0)


def test_by_hand_without_reference_then_feed_waits_for_a_person(db: Session) -> None:
    order, attempt = make_attempt(db)
    by_hand(db, order, now=NOW + timedelta(days=1))
    assert services.apply_txn(db, told(attempt), now=NOW) == "unmatched"
    assert services.apply_txn(db, told(attempt), now=NOW) == "duplicate"
    assert (order.payment_state, reasons(db)[-1]) == ("paid", "near_duplicate")
    assert queries.open_refunds(db, order.id) == []
    (row,) = unmatched(db)
    person = make_person(db).id
    services.match_txn(db, txn_row_id=row.id, order=order, actor_id=person, now=NOW)
    assert order.payment_state == "overpaid", "a person said that it is other money"


def test_by_hand_after_the_feed_is_asked_twice(db: Session) -> None:
    order, attempt = make_attempt(db)
    services.apply_txn(db, told(attempt, amount_vnd=40_000), now=NOW)
    with pytest.raises(LooksCounted):
        by_hand(db, order, amount_vnd=40_000)
    assert by_hand(db, order, amount_vnd=40_000, is_extra=True) == "applied"
    assert queries.money_of(db, order.id) == Money(80_000, 0)


def test_by_hand_gives_desk_money_to_its_order(db: Session) -> None:
    order, attempt = make_attempt(db)
    assert services.apply_txn(db, told(attempt, order_hint="mat ong"), now=NOW) == "unmatched"
    assert by_hand(db, order, reference=REF) == "applied"
    assert (order.payment_state, unmatched(db)) == ("paid", [])
    assert db.scalar(select(func.count()).select_from(PaymentTxn)) == 1


def test_reference_of_another_order_is_refused(db: Session) -> None:
    producer = make_producer(db)
    first, attempt = make_attempt(db, producer=producer)
    second, _attempt = make_attempt(db, producer=producer)
    services.apply_txn(db, told(attempt), now=NOW)
    with pytest.raises(CountedElsewhere) as refusal:
        by_hand(db, second, reference=REF)
    assert refusal.value.params == {"code": first.code}
    assert second.payment_state == "unpaid"


def test_weak_reference_by_hand_never_melts_two_orders(db: Session) -> None:
    producer = make_producer(db)
    for order in (make_attempt(db, producer=producer)[0] for _ in range(2)):
        assert by_hand(db, order, reference="CK", submit_key=order.code * 2) == "applied"
        assert order.payment_state == "paid"


def test_far_apart_is_no_repetition(db: Session) -> None:
    order, attempt = make_attempt(db)
    by_hand(db, order)
    late = told(attempt, occurred_at=NOW + timedelta(days=4))
    assert services.apply_txn(db, late, now=NOW + timedelta(days=4)) == "applied"
    assert order.payment_state == "overpaid"


# Setting aside


def test_set_aside_takes_money_off_the_desk_and_is_audited(db: Session) -> None:
    order, attempt = make_attempt(db)
    by_hand(db, order)
    services.apply_txn(db, told(attempt), now=NOW)
    (row,), person = unmatched(db), make_person(db).id
    first = db.scalars(select(PaymentTxn).order_by(PaymentTxn.id)).first()
    assert first is not None
    services.set_aside(
        db, txn_row_id=row.id, same_as_id=first.id, actor_id=person, now=NOW, note="một lần chuyển"
    )
    assert unmatched(db) == []
    assert db.scalars(select(AuditEntry.action).order_by(AuditEntry.id.desc())).first() == (
        "payments.set_aside"
    )
    with pytest.raises(WrongStep):
        services.set_aside(db, txn_row_id=row.id, actor_id=person, now=NOW)
    with pytest.raises(AlreadyMatched):
        services.set_aside(db, txn_row_id=first.id, actor_id=person, now=NOW)
    services.match_txn(db, txn_row_id=row.id, order=order, actor_id=person, now=NOW)
    assert queries.money_of(db, order.id) == Money(190_000, 0), "nothing is put away for ever"


def test_only_equal_money_can_be_the_same(db: Session) -> None:
    producer = make_producer(db)
    _order, attempt = make_attempt(db, producer=producer)
    services.apply_txn(db, told(attempt, order_hint="x"), now=NOW)
    other = told(attempt, txn_id="2", amount_vnd=1_000, order_hint="x", reference="")
    services.apply_txn(db, other, now=NOW)
    first, second = unmatched(db)
    for same_as in (second.id, first.id, 10**9):
        with pytest.raises(NotTheSame):
            services.set_aside(db, txn_row_id=first.id, same_as_id=same_as, actor_id=1, now=NOW)


def test_set_aside_can_not_be_changed(database: Database) -> None:
    with database.transaction() as db:
        _order, attempt = make_attempt(db)
        services.apply_txn(db, told(attempt, order_hint="x"), now=NOW)
        services.set_aside(db, txn_row_id=unmatched(db)[0].id, actor_id=1, now=NOW)
    with pytest.raises(IntegrityError), database.transaction() as db:
        db.execute(delete(PaymentSetAside))
    assert_sound(database)


# Really at once


def ways(database: Database, attempt: PaymentAttempt) -> list[Callable[[], Any]]:
    """One transfer told by the feed twice, by a statement, and by the producer."""
    facts = [
        told(attempt),
        told(attempt),
        told(attempt, provider="statement", txn_id="row-1"),
    ]

    def tell(txn: ProviderTxn) -> Callable[[], str]:
        def work() -> str:
            with database.transaction() as db:
                return services.apply_txn(db, txn, now=NOW)

        return work

    def state() -> str:
        with database.transaction() as db:
            order = db.get_one(Order, attempt.order_id)
            return by_hand(db, order, reference=REF, actor_id=1)

    return [*(tell(txn) for txn in facts), state]


def test_four_ways_at_once_count_once(database: Database) -> None:
    from shop.payments.rules import AlreadyPaid

    with database.transaction() as db:
        _order, attempt = make_attempt(db)
    results = at_once(ways(database, attempt))
    assert [one for one in results if isinstance(one, Exception)] == [
        one for one in results if isinstance(one, AlreadyPaid)
    ]
    assert results.count("applied") == 1
    with database.read() as db:
        assert queries.money_of(db, attempt.order_id) == Money(95_000, 0)
        assert db.scalar(select(func.count()).select_from(PaymentTxn)) == 1
        assert unmatched(db) == []
    assert_sound(database)


def test_without_the_banks_name_the_ways_count_apart(database: Database) -> None:
    """Negative control: take the reference away and the same race leaves more than one fact."""
    with database.transaction() as db:
        _order, attempt = make_attempt(db)
    facts = [
        replace(told(attempt), reference="", provider=way, txn_id=way)
        for way in ("sepay", "statement", "payos")
    ]

    def tell(txn: ProviderTxn) -> Callable[[], str]:
        def work() -> str:
            with database.transaction() as db:
                return services.apply_txn(db, txn, now=NOW)

        return work

    results = at_once([tell(txn) for txn in facts])
    assert sorted(results) == ["applied", "unmatched", "unmatched"]
    with database.read() as db:
        assert db.scalar(select(func.count()).select_from(PaymentTxn)) == 3
        assert queries.money_of(db, attempt.order_id) == Money(95_000, 0), "but the order once"
    assert_sound(database)


def test_match_and_set_aside_at_once_lose_nothing(database: Database) -> None:
    with database.transaction() as db:
        order, attempt = make_attempt(db)
        services.apply_txn(db, told(attempt, order_hint="x"), now=NOW)
        row_id = unmatched(db)[0].id

    def match() -> None:
        with database.transaction() as db:
            own = db.get_one(Order, order.id)
            services.match_txn(db, txn_row_id=row_id, order=own, actor_id=1, now=NOW)

    def aside() -> None:
        with database.transaction() as db:
            services.set_aside(db, txn_row_id=row_id, actor_id=2, now=NOW)

    results = at_once([match, aside, match, aside])
    assert results.count(None) in {1, 2}
    with database.read() as db:
        assert unmatched(db) == []
        assert queries.money_of(db, order.id) == Money(95_000, 0)
    assert_sound(database)
