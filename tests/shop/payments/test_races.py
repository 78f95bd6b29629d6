"""Money by real processes on both databases; with the naive actors the same checks must fail."""

from collections.abc import Sequence

import pytest
from sqlalchemy import select, text

from shop.core.db import Database
from shop.orders import services as orders
from shop.orders.models import Order
from shop.payments import queries
from shop.payments.invariants import INVARIANTS
from shop.payments.models import PaymentAttempt, Refund
from shop.payments.provider import PaymentConfig
from shop.payments.rules import Money
from shop.payments.starting import start_attempt
from tests.factories.accounts import make_person
from tests.factories.payments import NOW, make_attempt
from tests.processes import run_together
from tests.shop.payments.test_ledger import assert_sound
from tests.shop.payments.test_refunds import ask, paid_order
from tests.stand_ins.stripe import StripeStandIn

pytestmark = pytest.mark.slow

Act = tuple[str, ...]


def at_once(database: Database, acts: Sequence[Act]) -> list[str]:
    """Every act in a process of its own, all at the same instant; what each printed."""
    url = database.url.render_as_string(hide_password=False)
    return run_together(*(("-m", "tests.shop.payments.race", url, *act) for act in acts))


def broken(database: Database) -> set[str]:
    """The invariants of money that do not hold."""
    with database.read() as db:
        return {name for name, query in INVARIANTS.items() if db.execute(text(query)).all()}


def waiting(database: Database) -> tuple[str, str]:
    with database.transaction() as db:
        order, attempt = make_attempt(db)
        return str(order.id), str(attempt.id)


def test_pay_against_expiry_and_cancellation(database: Database) -> None:
    order_id, attempt_id = waiting(database)
    answers = at_once(
        database,
        [("pay", attempt_id, "FT1", "95000"), ("expire", order_id), ("cancel", order_id)],
    )
    assert answers[0] == "applied", answers
    with database.read() as db:
        ended = db.get_one(Order, int(order_id))
        owed = sum(one.amount_vnd for one in queries.open_refunds(db, ended.id))
    assert (ended.state, owed) in {("confirmed", 0), ("cancelled", 95_000)}
    assert_sound(database)


@pytest.mark.control
@pytest.mark.parametrize("end", ["expired", "cancelled"])
def test_control_an_end_that_looks_first_loses_money(database: Database, end: str) -> None:
    order_id, attempt_id = waiting(database)
    at_once(database, [("naive_end", order_id, end), ("pay", attempt_id, "FT1", "95000")])
    assert "payments_owed_money_has_a_task" in broken(database)


def test_message_return_page_and_poller(
    database: Database, stripe: StripeStandIn, stripe_config: PaymentConfig
) -> None:
    with database.transaction() as db:
        order, attempt = make_attempt(db, provider="stripe")
        attempt_id = attempt.id
    session = start_attempt(database, attempt_id, stripe_config, NOW).provider_ref
    stripe.pay(session, tell=False)
    base = stripe.api_base
    answers = at_once(
        database,
        [
            ("hook", base, session, "evt_1"),
            ("hook", base, session, "evt_1"),
            ("page", base, session),
            ("poll", base),
        ],
    )
    assert {"applied", "polled 1"} & set(answers), answers
    assert not [one for one in answers if one.startswith("refused") or not one], answers
    with database.read() as db:
        assert queries.money_of(db, order.id) == Money(95_000, 0)
        assert db.get_one(PaymentAttempt, attempt_id).state == "succeeded"
        assert db.get_one(Order, order.id).payment_state == "paid"
    assert_sound(database)


@pytest.mark.control
def test_control_message_page_and_poller_that_look_first_count_thrice(database: Database) -> None:
    """One payment, recorded by each of its ways under a name of its own."""
    order_id, attempt_id = waiting(database)
    at_once(database, [("naive_take", attempt_id, way) for way in ("hook", "page", "poll")])
    with database.read() as db:
        assert queries.money_of(db, int(order_id)).charged_vnd > 95_000


def test_two_refunders(database: Database) -> None:
    with database.transaction() as db:
        order = paid_order(db)
    acts = [("ask", str(order.id), "60000", f"race:{number}") for number in range(3)]
    answers = at_once(database, acts)
    assert sorted(answers) == ["asked 1", "refused RefundTooLarge", "refused RefundTooLarge"]
    assert_sound(database)


@pytest.mark.control
def test_control_refunders_that_look_first_promise_too_much(database: Database) -> None:
    with database.transaction() as db:
        order = paid_order(db)
    acts = [("naive_ask", str(order.id), "60000", f"race:{number}") for number in range(2)]
    at_once(database, acts)
    assert "payments_refunds_promised_twice" in broken(database)


def test_one_transfer_is_recorded_once(database: Database) -> None:
    with database.transaction() as db:
        order = paid_order(db)
        refund = ask(db, order, 60_000)
        people = [make_person(db).id for _turn in range(3)]
    answers = at_once(database, [("finish", str(refund.id), str(who)) for who in people])
    assert sorted(answers) == ["done", "refused WrongStep", "refused WrongStep"]
    with database.read() as db:
        assert queries.money_of(db, order.id) == Money(95_000, 60_000)
    assert_sound(database)


@pytest.mark.control
def test_control_payers_that_look_first_pay_twice(database: Database) -> None:
    with database.transaction() as db:
        order = paid_order(db)
        refund = ask(db, order, 60_000)
        people = [make_person(db).id for _turn in range(2)]
    at_once(database, [("naive_finish", str(refund.id), str(who)) for who in people])
    assert "payments_refunds_exceed_charges" in broken(database)


def test_two_senders_ask_the_provider_once(
    database: Database, stripe: StripeStandIn, stripe_config: PaymentConfig
) -> None:
    with database.transaction() as db:
        order, attempt = make_attempt(db, provider="stripe")
        attempt_id = attempt.id
    session = start_attempt(database, attempt_id, stripe_config, NOW).provider_ref
    stripe.pay(session, tell=False)
    base = stripe.api_base
    assert at_once(database, [("page", base, session)]) == ["applied"]
    with database.transaction() as db:
        orders.cancel_order(
            db, order_id=order.id, by="seller", reason="out_of_stock", actor_id=None, now=NOW
        )
    answers = at_once(database, [("send", base)] * 3)
    assert sorted(answers) == ["sent 0", "sent 0", "sent 1"]
    assert len([one for one in stripe.calls if one["path"] == "/v1/refunds"]) == 1
    with database.read() as db:
        assert db.scalars(select(Refund.state)).all() == ["done"]
        assert queries.money_of(db, order.id) == Money(95_000, 95_000)
    assert_sound(database)
