"""Another way to pay while the order waits: what is held, what is called off, whose money it is."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.core import clock
from shop.core.db import Database
from shop.core.errors import Conflict, DomainError, Invalid
from shop.orders import rules as order_rules
from shop.orders import services as orders
from shop.orders.models import Order
from shop.orders.services import paying
from shop.payments import queries, services
from shop.payments.models import PaymentAttempt
from shop.payments.services import Chosen
from shop.stock import queries as stock
from shop.web.access import sign
from tests.conftest import post
from tests.factories.accounts import make_person
from tests.factories.payments import NOW, make_attempt, make_config, make_txn
from tests.shop.payments.test_ledger import assert_sound, at_once
from tests.stand_ins.stripe import StripeStandIn

CONFIG = make_config()


def choose(db: Session, order: Order, slug: str, **over: Any) -> Chosen:
    values: dict[str, Any] = {"config": CONFIG, "actor_id": None, "now": NOW} | over
    return services.choose_way(db, order_id=order.id, slug=slug, **values)


def fresh(db: Session, order: Order) -> Order:
    return db.get_one(Order, order.id, populate_existing=True)


def attempt_of(db: Session, order: Order, slug: str) -> PaymentAttempt:
    found = queries.attempt_of(db, order.id, slug)
    assert found is not None
    return found


def test_there_and_back_keeps_the_goods_the_memo_and_judges_the_hold_anew(
    database: Database,
) -> None:
    with database.transaction() as db:
        order, attempt = make_attempt(db)
        memo = attempt.memo_code
        line = order.lines[0]
    later = NOW + timedelta(minutes=10)
    with database.transaction() as db:
        choose(db, order, "cod", now=later)
    with database.transaction() as db:
        now_cod = fresh(db, order)
        assert (now_cod.state, now_cod.payment_provider) == ("awaiting_confirmation", "cod")
        assert now_cod.expires_at == later + CONFIG.cod_confirm
        assert attempt_of(db, order, "vietqr").state == "cancelled"
        assert stock.levels(db, [line.variant_id])[line.variant_id].reserved == line.quantity
        choose(db, order, "vietqr", now=later)
    with database.read() as db:
        back = fresh(db, order)
        assert (back.state, back.expires_at) == (
            "awaiting_payment",
            later + CONFIG.transfer_hold,
        )
        again = attempt_of(db, order, "vietqr")
        assert (again.state, again.memo_code) == ("started", memo)
    assert_sound(database)


def test_the_same_way_again_changes_nothing(db: Session) -> None:
    order, _attempt = make_attempt(db)
    before = order.expires_at
    assert choose(db, order, "vietqr", now=NOW + timedelta(minutes=5)) == Chosen(None, None)
    assert fresh(db, order).expires_at == before


def test_money_by_the_former_way_lands_in_the_order(database: Database) -> None:
    with database.transaction() as db:
        order, attempt = make_attempt(db)
        choose(db, order, "cod")
    with database.transaction() as db:
        assert services.apply_txn(db, make_txn(attempt), now=NOW) == "applied"
    with database.read() as db:
        paid = fresh(db, order)
        assert (paid.state, paid.payment_state) == ("confirmed", "paid")
    assert_sound(database)


def test_the_producer_may_still_record_the_former_transfer_by_hand(database: Database) -> None:
    with database.transaction() as db:
        order, _attempt = make_attempt(db)
        choose(db, order, "cod")
        seller = make_person(db)
        services.confirm_receipt(db, order_id=order.id, actor_id=seller.id, now=NOW)
    with database.read() as db:
        assert fresh(db, order).payment_state == "paid"
    assert_sound(database)


def test_part_of_the_money_ends_the_choice(db: Session) -> None:
    order, attempt = make_attempt(db)
    services.apply_txn(db, make_txn(attempt, amount_vnd=10_000), now=NOW)
    with pytest.raises(order_rules.MoneyCame):
        choose(db, order, "cod")


@pytest.mark.parametrize("end", ["late", "cancelled", "confirmed", "deposit"])
def test_an_order_that_no_longer_waits_keeps_its_way(db: Session, end: str) -> None:
    order, _attempt = make_attempt(db)
    over: dict[str, Any] = {}
    if end == "late":
        over["now"] = NOW + timedelta(days=3)
    elif end == "cancelled":
        orders.cancel_order(
            db, order_id=order.id, by="buyer", reason="other", actor_id=None, now=NOW
        )
    elif end == "confirmed":
        choose(db, order, "cod")
        orders.confirm_order(db, order_id=order.id, actor_id=None, now=NOW)
    else:
        order.upfront_vnd = 10_000
    with pytest.raises(Conflict):
        choose(db, order, "vietqr" if end == "confirmed" else "cod", **over)


def test_goods_cannot_be_hoarded_by_changing_for_ever(db: Session) -> None:
    order, _attempt = make_attempt(db)
    for number in range(order_rules.MAX_PAY_CHANGES):
        choose(db, order, ("cod", "vietqr")[number % 2])
    with pytest.raises(order_rules.TooManyChanges):
        choose(db, order, "cod")


@pytest.mark.parametrize("slug", ["stripe", "", "bitcoin", "sepay"])
def test_only_what_the_producer_takes_may_be_chosen(db: Session, slug: str) -> None:
    order, _attempt = make_attempt(db)
    with pytest.raises(Invalid):
        choose(db, order, slug)


# Races


def test_changing_while_money_arrives_loses_no_money(database: Database) -> None:
    for number in range(6):
        with database.transaction() as db:
            order, attempt = make_attempt(db)
        txn = make_txn(attempt, txn_id=f"FT{number:08}")

        def change(order: Order = order) -> str:
            with database.transaction() as db:
                choose(db, order, "cod")
            return "changed"

        def pay(txn: Any = txn) -> str:
            with database.transaction() as db:
                return services.apply_txn(db, txn, now=NOW)

        said = at_once([change, pay])
        assert said[1] == "applied", said
        assert said[0] == "changed" or isinstance(said[0], DomainError), said
        with database.read() as db:
            ended = fresh(db, order)
            assert (ended.state, ended.payment_state) == ("confirmed", "paid")
        assert_sound(database)


def test_without_asking_the_locked_row_a_paid_order_would_wait_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: the change believes what it read before the money came."""
    with database.transaction() as db:
        order, attempt = make_attempt(db)
    stale = order
    with database.transaction() as db:
        services.apply_txn(db, make_txn(attempt), now=NOW)

    def believe(db: Session, order_id: int) -> Order:
        row = db.get_one(Order, order_id)
        row.state, row.payment_state = stale.state, stale.payment_state
        row.expires_at = stale.expires_at
        return row

    monkeypatch.setattr(paying, "lock_order", believe)
    with database.transaction() as db:
        choose(db, order, "cod")
    with pytest.raises(AssertionError):
        assert_sound(database)


# Pages


@pytest.fixture
def card(make_app: Callable[..., Flask]) -> Iterator[tuple[Flask, StripeStandIn]]:
    with StripeStandIn() as stand_in:
        yield (
            make_app(
                stripe_secret_key=stand_in.secret_key,
                stripe_webhook_secret=stand_in.webhook_secret,
                stripe_api_base=stand_in.api_base,
            ),
            stand_in,
        )


def waiting(database: Database) -> Order:
    with database.transaction() as db:
        return make_attempt(db, now=clock.now())[0]


def link(app: Flask, order: Order, tail: str = "/cach-tra-tien") -> str:
    with app.app_context():
        return f"/don-hang/{order.code}{tail}?k={sign('order', order.code)}"


def reload(database: Database, order: Order) -> Order:
    with database.read() as db:
        return db.get_one(Order, order.id)


def test_card_and_back_calls_the_session_off_and_opens_a_new_one(
    card: tuple[Flask, StripeStandIn], database: Database
) -> None:
    app, stripe = card
    client, order = app.test_client(), waiting(database)
    page = client.get(link(app, order, "")).get_data(as_text=True)
    assert "Đổi cách trả tiền" in page
    assert post(client, link(app, order), {"payment": "stripe"}).status_code == 303
    [first] = stripe.state()["sessions"]
    assert "data-pay-url" in client.get(link(app, order, "")).get_data(as_text=True)
    assert post(client, link(app, order), {"payment": "cod"}).status_code == 303
    assert stripe.state()["sessions"][first]["status"] == "expired"
    with database.read() as db:
        assert attempt_of(db, order, "stripe").state == "expired"
    assert reload(database, order).state == "awaiting_confirmation"
    assert post(client, link(app, order), {"payment": "stripe"}).status_code == 303
    second = next(name for name in stripe.state()["sessions"] if name != first)
    assert stripe.state()["sessions"][second]["status"] == "open"
    assert reload(database, order).state == "awaiting_payment"
    stripe.pay(second, tell=False)
    assert post(client, link(app, order, "/thanh-toan/kiem-tra")).status_code == 303
    assert reload(database, order).payment_state == "paid"
    assert_sound(database)


def test_a_card_paid_before_it_was_called_off_pays_the_order(
    card: tuple[Flask, StripeStandIn], database: Database
) -> None:
    app, stripe = card
    client, order = app.test_client(), waiting(database)
    post(client, link(app, order), {"payment": "stripe"})
    [session] = stripe.state()["sessions"]
    stripe.pay(session, tell=False)
    assert post(client, link(app, order), {"payment": "cod"}).status_code == 303
    paid = reload(database, order)
    assert (paid.state, paid.payment_state) == ("confirmed", "paid")
    assert_sound(database)


def test_a_lapsed_card_session_is_opened_once_more(
    card: tuple[Flask, StripeStandIn], database: Database
) -> None:
    app, stripe = card
    client, order = app.test_client(), waiting(database)
    post(client, link(app, order), {"payment": "stripe"})
    [first] = stripe.state()["sessions"]
    stripe.change(first, status="expired")
    post(client, link(app, order, "/thanh-toan/kiem-tra"))
    assert "Trả lại lần nữa" in client.get(link(app, order, "")).get_data(as_text=True)
    assert post(client, link(app, order), {"payment": "stripe"}).status_code == 303
    with database.read() as db:
        attempt = attempt_of(db, order, "stripe")
        assert attempt.state == "started"
        assert attempt.provider_ref not in {None, first}


def test_other_peoples_orders_cannot_be_changed(
    app: Flask, client: FlaskClient, database: Database, signed_in: Callable[..., FlaskClient]
) -> None:
    order, other = waiting(database), waiting(database)
    with database.transaction() as db:
        make_person(db, email="stranger@pay.test")
    assert (
        post(client, f"/don-hang/{order.code}/cach-tra-tien", {"payment": "cod"}).status_code == 404
    )
    foreign = link(app, other).replace(other.code, order.code)
    assert post(client, foreign, {"payment": "cod"}).status_code == 404
    signed_in("stranger@pay.test")
    assert (
        post(client, f"/don-hang/{order.code}/cach-tra-tien", {"payment": "cod"}).status_code == 404
    )
    assert reload(database, order).payment_provider == "vietqr"


@pytest.mark.parametrize(
    "value", ["", "\x00", "x" * 1_000_000, "stripe", "Mẹ", "-1", str(2**63), "cod'--"]
)
def test_hostile_ways_are_refused(
    app: Flask, client: FlaskClient, database: Database, value: str
) -> None:
    order = waiting(database)
    answer = post(client, link(app, order), {"payment": value})
    assert 400 <= answer.status_code < 500
    left = reload(database, order)
    assert (left.payment_provider, left.version) == ("vietqr", order.version)


def test_a_confirmed_order_answers_409_with_its_page(
    app: Flask, client: FlaskClient, database: Database
) -> None:
    order = waiting(database)
    with database.transaction() as db:
        [attempt] = db.scalars(select(PaymentAttempt).where(PaymentAttempt.order_id == order.id))
        services.apply_txn(db, make_txn(attempt), now=clock.now())
    answer = post(client, link(app, order), {"payment": "cod"})
    assert answer.status_code == 409
    page = answer.get_data(as_text=True)
    assert 'data-payment="paid"' in page
    assert "Đổi cách trả tiền" not in page
