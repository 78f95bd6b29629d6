"""One apply_txn: matching, lateness, excess, replays in any order, and real concurrency."""

import itertools
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from shop.accounts.models import AuditEntry
from shop.core.db import Database
from shop.orders import services as orders
from shop.orders.models import Order
from shop.payments import queries, services
from shop.payments.invariants import INVARIANTS
from shop.payments.models import (
    PaymentAttempt,
    PaymentMatch,
    PaymentTxn,
    PaymentTxnDetail,
    Refund,
)
from shop.payments.provider import ProviderTxn
from shop.payments.registry import provider_called
from shop.payments.rules import (
    AlreadyMatched,
    AlreadyPaid,
    ForeignMoney,
    Money,
    NoPayeeAccount,
    NothingDelivered,
    WrongStep,
    add_up,
    may_step,
    owed_back,
)
from tests.factories.accounts import make_person
from tests.factories.catalogue import make_producer, make_product, variant_of
from tests.factories.orders import make_order
from tests.factories.payments import NOW, make_attempt, make_config, make_txn
from tests.factories.stock import make_stock

LATER = NOW + timedelta(hours=6)


def assert_sound(database: Database) -> None:
    """Every invariant of every feature that money touches."""
    from shop.orders.invariants import INVARIANTS as OF_ORDERS
    from shop.stock.invariants import INVARIANTS as OF_STOCK

    with database.read() as db:
        for name, query in (INVARIANTS | OF_ORDERS | OF_STOCK).items():
            assert db.execute(text(query)).all() == [], name


def detail_of(db: Session) -> PaymentTxnDetail:
    return db.scalars(select(PaymentTxnDetail).order_by(PaymentTxnDetail.txn_row_id.desc())).first()  # type: ignore[return-value]


# Rules


def test_ledger_adds_up() -> None:
    facts = [("charge", 100), ("charge", 20), ("refund", 50), ("refund_failed", 30)]
    assert add_up([*facts, ("charge_failed", 999)]) == Money(120, 20)
    assert add_up([("charge", 100), ("chargeback", 100), ("chargeback_reversed", 100)]) == Money(
        100, 0
    )
    assert add_up([]) == Money(0, 0)


@pytest.mark.parametrize(
    ("net", "state", "owed"),
    [
        (0, "awaiting_payment", 0),
        (50, "awaiting_payment", 0),
        (100, "confirmed", 0),
        (130, "confirmed", 30),
        (130, "completed", 30),
        (100, "cancelled", 100),
        (50, "expired", 50),
        (0, "expired", 0),
    ],
)
def test_owed_back(net: int, state: str, owed: int) -> None:
    assert owed_back(Money(net, 0), order_state=state, total_vnd=100) == owed


def test_refund_steps() -> None:
    assert may_step("requested", "done")
    assert may_step("done", "failed")
    assert not may_step("failed", "approved"), "a new decision is a new refund with a new key"
    assert not may_step("rejected", "done")
    assert not may_step("nonsense", "done")


# Attempts


def test_attempt_freezes_payee_memo_and_key(db: Session) -> None:
    order, attempt = make_attempt(db)
    assert attempt.amount_vnd == order.total_vnd == 95_000
    assert attempt.account_number == "257678859"
    assert attempt.memo_code is not None
    assert len(attempt.idempotency_key) == 32
    again = services.create_attempt(db, order=order, provider=provider_called("vietqr"), now=NOW)
    assert again.id == attempt.id


def test_second_attempt_of_the_same_order_is_refused_by_the_database(db: Session) -> None:
    order, _attempt = make_attempt(db)
    db.add(
        PaymentAttempt(
            order_id=order.id,
            provider="vietqr",
            amount_vnd=1,
            idempotency_key="x",
            created_at=NOW,
        )
    )
    with pytest.raises(IntegrityError):
        db.flush()


def test_transfer_needs_a_payee_account(db: Session) -> None:
    producer = make_producer(db)
    config = make_config()
    offered = services.enabled_providers(db, producer_id=producer.id, config=config, now=NOW)
    assert [one.slug for one in offered] == ["cod"]
    order = make_order(db, producer=producer, provider="vietqr")
    with pytest.raises(NoPayeeAccount):
        services.create_attempt(db, order=order, provider=provider_called("vietqr"), now=NOW)
    make_attempt(db, producer=producer)
    offered = services.enabled_providers(db, producer_id=producer.id, config=config, now=NOW)
    assert [one.slug for one in offered] == ["cod", "vietqr"]


def test_card_session_may_not_outlive_the_hold(db: Session) -> None:
    order = make_order(db, provider="stripe", hold=timedelta(minutes=30))
    with pytest.raises(ValueError, match="hold"):
        services.create_attempt(db, order=order, provider=provider_called("stripe"), now=NOW)


# Matching


def test_full_transfer_confirms_the_order(database: Database, db: Session) -> None:
    order, attempt = make_attempt(db)
    assert services.apply_txn(db, make_txn(attempt), now=NOW) == "applied"
    assert (order.state, order.payment_state, attempt.state) == ("confirmed", "paid", "succeeded")
    db.commit()
    assert_sound(database)


@pytest.mark.parametrize(
    "hint",
    [
        "MBVCB.3278907687.{memo}.CT tu 0123456789 NONG THI HA toi HTX",
        "ct den {lower} cam on",
        "{spaced}",
    ],
)
def test_mangled_memo_still_finds_its_order(db: Session, hint: str) -> None:
    order, attempt = make_attempt(db)
    memo = attempt.memo_code or ""
    hint = hint.format(memo=memo, lower=memo.lower(), spaced=" ".join(memo))
    assert services.apply_txn(db, make_txn(attempt, order_hint=hint), now=NOW) == "applied"
    assert order.payment_state == "paid"


def test_partial_then_the_rest(database: Database, db: Session) -> None:
    order, attempt = make_attempt(db)
    services.apply_txn(db, make_txn(attempt, txn_id="a", amount_vnd=40_000), now=NOW)
    assert (order.state, order.payment_state) == ("awaiting_payment", "partial")
    assert attempt.state == "started"
    assert services.left_to_pay(db, order) == 55_000
    services.apply_txn(db, make_txn(attempt, txn_id="b", amount_vnd=55_000), now=NOW)
    assert (order.state, order.payment_state) == ("confirmed", "paid")
    assert db.scalars(select(Refund)).all() == []
    db.commit()
    assert_sound(database)


def test_excess_becomes_a_refund_task(database: Database, db: Session) -> None:
    order, attempt = make_attempt(db)
    services.apply_txn(db, make_txn(attempt, amount_vnd=100_000), now=NOW)
    (refund,) = db.scalars(select(Refund)).all()
    assert (order.payment_state, refund.amount_vnd, refund.reason) == ("overpaid", 5_000, "excess")
    db.commit()
    assert_sound(database)


def test_two_different_transfers_are_both_money(database: Database, db: Session) -> None:
    _order, attempt = make_attempt(db)
    services.apply_txn(db, make_txn(attempt, txn_id="a"), now=NOW)
    services.apply_txn(db, make_txn(attempt, txn_id="b"), now=NOW)
    assert [refund.amount_vnd for refund in db.scalars(select(Refund))] == [95_000]
    db.commit()
    assert_sound(database)


def test_same_fact_twice_counts_once(database: Database, db: Session) -> None:
    order, attempt = make_attempt(db)
    txn = make_txn(attempt)
    outcomes = [services.apply_txn(db, txn, now=NOW) for _ in range(20)]
    assert outcomes == ["applied"] + ["duplicate"] * 19
    assert queries.money_of(db, order.id) == Money(95_000, 0)
    db.commit()
    assert_sound(database)


@pytest.mark.parametrize(
    ("over", "reason"),
    [
        ({"order_hint": "tien com trua"}, "no_order"),
        ({"order_hint": ""}, "no_order"),
        ({"currency": "USD"}, "wrong_currency"),
        ({"account": "999"}, "wrong_account"),
        ({"order_hint": "x" * 100_000}, "no_order"),
        ({"order_hint": "\x00" * 10}, "no_order"),
    ],
)
def test_money_that_fits_nowhere_waits_at_the_desk(
    database: Database, db: Session, over: dict[str, Any], reason: str
) -> None:
    order, attempt = make_attempt(db)
    assert services.apply_txn(db, make_txn(attempt, **over), now=NOW) == "unmatched"
    assert (order.state, order.payment_state) == ("awaiting_payment", "unpaid")
    assert detail_of(db).reason == reason
    assert db.scalar(select(func.count()).where(queries.is_unmatched())) == 1
    db.commit()
    assert_sound(database)


def test_several_codes_are_for_a_person(db: Session) -> None:
    producer = make_producer(db)
    _first, one = make_attempt(db, producer=producer)
    _second, two = make_attempt(db, producer=producer)
    txn = make_txn(one, order_hint=f"{one.memo_code} {two.memo_code}")
    assert services.apply_txn(db, txn, now=NOW) == "unmatched"
    assert detail_of(db).reason == "several_codes"


def test_card_money_must_be_exact(database: Database, db: Session) -> None:
    order, attempt = make_attempt(db, provider="stripe")
    attempt.provider_ref, attempt.state = "cs_1", "started"
    db.flush()
    wrong = make_txn(attempt, order_hint=order.code, amount_vnd=94_999, txn_id="pi_1")
    assert services.apply_txn(db, wrong, now=NOW) == "unmatched"
    other = replace(wrong, txn_id="pi_2", amount_vnd=95_000, order_hint="ANOTHER123")
    assert services.apply_txn(db, other, now=NOW) == "unmatched"
    assert detail_of(db).reason == "wrong_order"
    stranger = replace(wrong, txn_id="pi_3", amount_vnd=95_000, provider_ref="cs_2")
    assert services.apply_txn(db, stranger, now=NOW) == "unmatched"
    assert order.payment_state == "unpaid"
    right = replace(wrong, txn_id="pi_4", amount_vnd=95_000)
    assert services.apply_txn(db, right, now=NOW) == "applied"
    assert order.state == "confirmed"
    db.commit()
    assert_sound(database)


def test_card_money_before_our_answer_was_stored(db: Session) -> None:
    """The provider's answer was lost, but its money names the order."""
    order, attempt = make_attempt(db, provider="stripe")
    txn = make_txn(attempt, order_hint=order.code, provider_ref="cs_9", txn_id="pi_1")
    assert services.apply_txn(db, txn, now=NOW) == "applied"
    assert order.state == "confirmed"


def test_failed_charge_changes_only_the_attempt(db: Session) -> None:
    order, attempt = make_attempt(db, provider="stripe")
    txn = make_txn(attempt, order_hint=order.code, kind="charge_failed", txn_id="pi_1")
    assert services.apply_txn(db, txn, now=NOW) == "applied"
    db.refresh(attempt)
    assert (order.state, order.payment_state, attempt.state) == (
        "awaiting_payment",
        "unpaid",
        "failed",
    )


# Late money


def test_late_money_brings_the_order_back(database: Database, db: Session) -> None:
    order, attempt = make_attempt(db)
    assert orders.expire_order(db, order_id=order.id, now=LATER)
    assert services.apply_txn(db, make_txn(attempt), now=LATER) == "applied"
    assert (order.state, order.payment_state) == ("confirmed", "paid")
    assert db.scalars(select(Refund)).all() == []
    db.commit()
    assert_sound(database)


def test_late_money_without_goods_becomes_a_refund(database: Database, db: Session) -> None:
    order, attempt = make_attempt(db)
    orders.expire_order(db, order_id=order.id, now=LATER)
    lines = db.execute(text("SELECT variant_id FROM order_line")).scalar_one()
    from shop.catalogue.models import Variant

    make_order(db, variant=db.get_one(Variant, lines), now=LATER)
    services.apply_txn(db, make_txn(attempt), now=LATER)
    (refund,) = db.scalars(select(Refund)).all()
    assert order.state == "expired"
    assert (refund.amount_vnd, refund.reason, refund.state) == (
        95_000,
        "order_expired",
        "requested",
    )
    db.commit()
    assert_sound(database)


def test_late_partial_then_rest_withdraws_the_refund(database: Database, db: Session) -> None:
    order, attempt = make_attempt(db)
    orders.expire_order(db, order_id=order.id, now=LATER)
    services.apply_txn(db, make_txn(attempt, txn_id="a", amount_vnd=45_000), now=LATER)
    assert [r.amount_vnd for r in queries.open_refunds(db, order.id)] == [45_000]
    services.apply_txn(db, make_txn(attempt, txn_id="b", amount_vnd=50_000), now=LATER)
    assert order.state == "confirmed"
    assert queries.open_refunds(db, order.id) == []
    db.commit()
    assert_sound(database)


def test_money_for_a_cancelled_order_goes_back(database: Database, db: Session) -> None:
    order, attempt = make_attempt(db)
    orders.cancel_order(
        db, order_id=order.id, by="buyer", reason="changed_mind", actor_id=None, now=NOW
    )
    services.apply_txn(db, make_txn(attempt), now=NOW)
    assert order.state == "cancelled"
    assert [r.amount_vnd for r in queries.open_refunds(db, order.id)] == [95_000]
    db.commit()
    assert_sound(database)


def test_cancelling_a_paid_order_makes_the_refund_task(database: Database, db: Session) -> None:
    order, attempt = make_attempt(db)
    services.apply_txn(db, make_txn(attempt), now=NOW)
    orders.cancel_order(
        db, order_id=order.id, by="seller", reason="out_of_stock", actor_id=None, now=NOW
    )
    (refund,) = queries.open_refunds(db, order.id)
    actor = make_person(db)
    paid: dict[str, Any] = {
        "refund_id": refund.id,
        "reference": "FT9",
        "actor_id": actor.id,
        "limit_vnd": 10**9,
    }
    services.finish_refund(db, **paid, now=NOW)
    assert (order.payment_state, refund.state) == ("refunded", "done")
    assert queries.money_of(db, order.id) == Money(95_000, 95_000)
    with pytest.raises(WrongStep):
        services.finish_refund(db, **paid, now=NOW)
    db.commit()
    assert_sound(database)


# By hand


def receive(db: Session, order: Order, **over: Any) -> str:
    values: dict[str, Any] = {"actor_id": 1, "now": NOW} | over
    return services.confirm_receipt(db, order_id=order.id, **values)


def test_receipt_by_hand_is_for_what_is_left(database: Database, db: Session) -> None:
    order, _attempt = make_attempt(db)
    assert receive(db, order, amount_vnd=30_000, submit_key="k1") == "applied"
    assert receive(db, order, submit_key="k2") == "applied"
    assert (order.state, order.payment_state) == ("confirmed", "paid")
    with pytest.raises(AlreadyPaid):
        receive(db, order, submit_key="k3")
    assert receive(db, order, submit_key="k2") == "duplicate"
    assert receive(db, order, submit_key="k4", amount_vnd=7_000, is_extra=True) == "applied"
    assert order.payment_state == "overpaid"
    db.commit()
    assert_sound(database)


def test_same_bank_reference_counts_once(db: Session) -> None:
    order, _attempt = make_attempt(db)
    receive(db, order, amount_vnd=30_000, reference="FT26-326 001", submit_key="a")
    assert receive(db, order, reference="ft26326001", submit_key="b") == "duplicate"
    assert queries.money_of(db, order.id) == Money(30_000, 0)


def test_cash_is_recorded_after_confirmation_only(database: Database, db: Session) -> None:
    order = make_order(db, provider="cod")
    services.create_attempt(db, order=order, provider=provider_called("cod"), now=NOW)
    with pytest.raises(NothingDelivered):
        receive(db, order)
    orders.confirm_order(db, order_id=order.id, actor_id=None, now=NOW)
    assert receive(db, order) == "applied"
    assert order.payment_state == "paid"
    db.commit()
    assert_sound(database)


def test_card_money_is_never_typed_in(db: Session) -> None:
    order, _attempt = make_attempt(db, provider="stripe")
    from shop.payments.rules import NotByHand

    with pytest.raises(NotByHand):
        receive(db, order)


# The desk


def test_staff_give_unmatched_money_to_an_order(database: Database, db: Session) -> None:
    order, attempt = make_attempt(db)
    staff = make_person(db)
    services.apply_txn(db, make_txn(attempt, order_hint="chi Ha chuyen"), now=NOW)
    row = db.scalars(select(PaymentTxn)).one()

    def give(target: Order) -> None:
        services.match_txn(
            db, txn_row_id=row.id, order=target, actor_id=staff.id, now=NOW, note="gọi điện"
        )

    give(order)
    assert (order.state, order.payment_state) == ("confirmed", "paid")
    assert db.scalar(select(func.count()).where(queries.is_unmatched())) == 0
    actions = db.scalars(select(AuditEntry.action)).all()
    assert "payments.match" in actions
    with pytest.raises(AlreadyMatched):
        give(order)
    db.commit()
    assert_sound(database)


def test_foreign_money_cannot_be_given_to_an_order(db: Session) -> None:
    order, attempt = make_attempt(db)
    services.apply_txn(db, make_txn(attempt, currency="USD"), now=NOW)
    row = db.scalars(select(PaymentTxn)).one()
    with pytest.raises(ForeignMoney):
        services.match_txn(db, txn_row_id=row.id, order=order, actor_id=1, now=NOW)


@pytest.mark.parametrize("table", ["payment_txn", "payment_match"])
def test_ledger_is_append_only(database: Database, db: Session, table: str) -> None:
    order, attempt = make_attempt(db)
    services.apply_txn(db, make_txn(attempt, order_hint="?"), now=NOW)
    row = db.scalars(select(PaymentTxn)).one()
    services.match_txn(db, txn_row_id=row.id, order=order, actor_id=1, now=NOW)
    db.commit()
    for change in (f"UPDATE {table} SET actor_id = 9", f"DELETE FROM {table}"):
        with pytest.raises(DBAPIError), database.transaction() as other:
            other.execute(text(change))


# Any order, any number of times


def test_facts_in_any_order_end_the_same(database: Database) -> None:
    ends = set()
    for turn, order_of in enumerate(itertools.permutations(range(3))):
        with database.transaction() as db:
            order, attempt = make_attempt(db)
            facts = [
                make_txn(attempt, txn_id=f"{turn}a", amount_vnd=40_000),
                make_txn(attempt, txn_id=f"{turn}b", amount_vnd=55_000),
                make_txn(attempt, txn_id=f"{turn}c", amount_vnd=5_000),
            ]
            for index in (*order_of, *order_of):
                services.apply_txn(db, facts[index], now=NOW)
            money = queries.money_of(db, order.id)
            owed = sum(one.amount_vnd for one in queries.open_refunds(db, order.id))
            ends.add((order.state, order.payment_state, money, owed))
    assert ends == {("confirmed", "overpaid", Money(100_000, 0), 5_000)}
    assert_sound(database)


# Concurrency


def at_once(works: list[Callable[[], Any]]) -> list[Any]:
    """Run every work in its own thread from one starting shot; results or exceptions."""
    barrier = threading.Barrier(len(works))
    results: list[Any] = [None] * len(works)

    def run(index: int) -> None:
        barrier.wait()
        try:
            results[index] = works[index]()
        except Exception as error:  # noqa: BLE001 - handed to the test
            results[index] = error

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def committing(database: Database, txn: ProviderTxn) -> Callable[[], str]:
    def work() -> str:
        with database.transaction() as db:
            return services.apply_txn(db, txn, now=NOW)

    return work


def test_one_fact_from_eight_threads_counts_once(database: Database) -> None:
    with database.transaction() as db:
        order, attempt = make_attempt(db)
    results = at_once([committing(database, make_txn(attempt))] * 8)
    assert sorted(results) == ["applied"] + ["duplicate"] * 7
    with database.read() as db:
        assert db.get_one(Order, order.id).payment_state == "paid"
        assert queries.money_of(db, order.id) == Money(95_000, 0)
    assert_sound(database)


def test_different_facts_of_one_order_at_once_all_count(database: Database) -> None:
    with database.transaction() as db:
        order, attempt = make_attempt(db)
    txns = [make_txn(attempt, txn_id=f"t{n}", amount_vnd=20_000) for n in range(8)]
    assert at_once([committing(database, txn) for txn in txns]) == ["applied"] * 8
    with database.read() as db:
        assert queries.money_of(db, order.id) == Money(160_000, 0)
        assert db.get_one(Order, order.id).payment_state == "overpaid"
        assert [one.amount_vnd for one in queries.open_refunds(db, order.id)][-1] > 0
    assert_sound(database)


@pytest.mark.parametrize("round_", range(3))
def test_pay_against_expire_and_cancel(database: Database, round_: int) -> None:
    with database.transaction() as db:
        order, attempt = make_attempt(db)

    def expire() -> bool:
        with database.transaction() as db:
            return orders.expire_order(db, order_id=order.id, now=LATER)

    def cancel() -> str:
        with database.transaction() as db:
            return orders.cancel_order(
                db, order_id=order.id, by="buyer", reason="other", actor_id=None, now=LATER
            ).state

    works: list[Callable[[], Any]] = [committing(database, make_txn(attempt)), expire]
    at_once([*works, cancel] if round_ else works)
    with database.read() as db:
        ended = db.get_one(Order, order.id)
        owed = sum(one.amount_vnd for one in queries.open_refunds(db, order.id))
        assert (ended.state, owed) in {("confirmed", 0), ("cancelled", 95_000)}
    assert_sound(database)


@pytest.mark.control
def test_without_the_lock_sums_go_wrong(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: take the guards off and the order no longer equals its ledger."""
    if database.is_sqlite:
        pytest.skip("SQLite has one writer: there is no lock to take off")
    monkeypatch.setattr(
        "shop.payments.services.ledger.queries.lock_order",
        lambda db, order_id: db.get(Order, order_id),
    )
    seen = threading.Barrier(2, timeout=5)

    def slow_money_changed(db: Session, *, order: Order, charged_vnd: int, **_: Any) -> None:
        seen.wait()
        state = "paid" if charged_vnd >= order.total_vnd else "partial"
        db.execute(
            text("UPDATE shop_order SET payment_state = :s WHERE id = :i"),
            {"s": state, "i": order.id},
        )

    monkeypatch.setattr("shop.payments.services.ledger.orders.money_changed", slow_money_changed)
    with database.transaction() as db:
        _order, attempt = make_attempt(db)
    halves = [
        make_txn(attempt, txn_id="a", amount_vnd=40_000),
        make_txn(attempt, txn_id="b", amount_vnd=55_000),
    ]
    at_once([committing(database, txn) for txn in halves])
    with database.read() as db:
        broken = db.execute(text(INVARIANTS["payments_state_is_derived"])).all()
    assert broken, "both saw half the money, and nobody noticed the whole"


def test_two_people_give_one_payment_to_two_orders(database: Database) -> None:
    with database.transaction() as db:
        producer = make_producer(db)
        first, attempt = make_attempt(db, producer=producer)
        second, _other = make_attempt(db, producer=producer)
        services.apply_txn(db, make_txn(attempt, order_hint="?"), now=NOW)
        row_id = db.scalars(select(PaymentTxn.id)).one()

    def give(order_id: int) -> Callable[[], str]:
        def work() -> str:
            with database.transaction() as db:
                order = db.get_one(Order, order_id)
                services.match_txn(db, txn_row_id=row_id, order=order, actor_id=1, now=NOW)
                return "given"

        return work

    results = at_once([give(first.id), give(second.id)])
    assert max(map(str, results)) == "given"
    assert sum(isinstance(one, AlreadyMatched) for one in results) == 1
    with database.read() as db:
        assert db.scalar(select(func.count()).select_from(PaymentMatch)) == 1
    assert_sound(database)


def test_fixture_goods_are_enough(db: Session) -> None:
    """The stock factory gives units, so late orders can really be served."""
    variant = variant_of(db, make_product(db))
    make_stock(db, variant.id, 3)
    assert make_order(db, variant=variant, quantity=3).state == "awaiting_confirmation"
