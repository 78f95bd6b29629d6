"""payOS: official signature vectors, links, messages, the ways at once."""

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from shop.core import clock
from shop.core.db import Database
from shop.core.jobs import run_once
from shop.orders import services as orders
from shop.orders.models import Order
from shop.payments import queries
from shop.payments.configuration import config_of
from shop.payments.models import PaymentAttempt, PaymentTxn, WebhookEvent
from shop.payments.provider import Malformed, PaymentConfig, ProviderRefused, ProviderSilent
from shop.payments.providers import payos as plug
from shop.payments.rules import Money
from shop.payments.services import enabled_providers
from shop.payments.starting import start_attempt
from shop.payments.transfer_qr import BadTransferQr
from shop.payments.wiring import UnsafeSetting
from tests.conftest import post
from tests.factories.payments import make_attempt, make_payee_account
from tests.shop.payments.test_contract import ATTEMPT, ORDER
from tests.shop.payments.test_ledger import assert_sound, at_once
from tests.shop.payments.test_routes import link
from tests.stand_ins import banks
from tests.stand_ins.banks import BankStandIn

Paid = tuple[Flask, BankStandIn]
VECTORS = json.loads(Path(__file__).with_name("payos_vectors.json").read_text(encoding="utf-8"))
SETTINGS = {
    "payos_account": ":".join(banks.ACCOUNT),
    "payos_client_id": banks.CLIENT_ID,
    "payos_api_key": banks.API_KEY,
    "payos_checksum_key": banks.CHECKSUM_KEY,
}


@pytest.fixture
def paid(make_app: Callable[..., Flask]) -> Iterator[Paid]:
    """The application with payOS switched on, and the stand-in in real time."""
    with BankStandIn() as bank:
        address = f"{bank.api_base}/web/{{id}}"
        yield (
            make_app(payos_api_base=bank.api_base, payos_checkout_url=address, **SETTINGS),
            bank,
        )


def started(app: Flask, database: Database) -> tuple[Order, int]:
    """An order whose link is open, and the link's order code."""
    with database.transaction() as db:
        order, attempt = make_attempt(db, provider="payos", now=clock.now())
    own = app.extensions["house"].database
    start_attempt(own, attempt.id, config_of(own), clock.now())
    return order, plug.order_code_of(attempt.idempotency_key)


def push(app: Flask, body: bytes) -> Any:
    return app.test_client().post("/webhooks/payos", data=body)


def reload(database: Database, order: Order) -> Order:
    with database.read() as db:
        return db.get_one(Order, order.id)


def count(database: Database, model: Any) -> int:
    with database.read() as db:
        return db.scalar(select(func.count()).select_from(model)) or 0


# Signatures


@pytest.mark.parametrize("vector", VECTORS["request"], ids=lambda one: str(one["name"]))
def test_official_request_vectors(vector: dict[str, Any]) -> None:
    assert plug.request_signature(VECTORS["key"], vector["values"]) == vector["signature"]


@pytest.mark.parametrize("vector", VECTORS["data"], ids=lambda one: str(one["name"]))
def test_official_data_vectors(vector: dict[str, Any]) -> None:
    assert plug.data_signature(VECTORS["key"], vector["values"]) == vector["signature"]
    changed = vector["values"] | {"amount": 1}
    assert plug.data_signature(VECTORS["key"], changed) != vector["signature"]


def test_order_codes_are_whole_and_stay() -> None:
    codes = {plug.order_code_of(f"{number:032x}") for number in range(500)}
    assert len(codes) == 500
    assert all(0 < code < 2**53 for code in codes)
    assert plug.order_code_of("a" * 32) == plug.order_code_of("a" * 32)


# Links


def test_link_is_signed_and_expires(every_config: PaymentConfig, bank: BankStandIn) -> None:
    told = plug.PROVIDER.start(every_config, ORDER, ATTEMPT)
    (made,) = bank.links.values()
    assert (made["amount"], told.kind) == (125_000, "url")
    assert told.url == f"{bank.api_base}/web/{made['id']}"


def test_lost_answer_finds_the_same_link(every_config: PaymentConfig, bank: BankStandIn) -> None:
    bank.faults = ["lost"]
    told = plug.PROVIDER.start(every_config, ORDER, ATTEMPT)
    assert told == plug.PROVIDER.start(every_config, ORDER, ATTEMPT)
    assert len(bank.links) == 1


def test_answer_with_a_wrong_signature_is_not_believed(
    every_config: PaymentConfig, bank: BankStandIn
) -> None:
    bank.faults = ["forged"]
    with pytest.raises(Malformed):
        plug.PROVIDER.start(every_config, ORDER, ATTEMPT)
    bank.faults = ["500"] * 3
    with pytest.raises(ProviderSilent):
        plug.PROVIDER.start(every_config, ORDER, ATTEMPT)


def test_other_payee_is_refused(every_config: PaymentConfig) -> None:
    for other in ({"account_number": "1"}, {"account_bin": "970436"}, {"account_number": None}):
        with pytest.raises(ProviderRefused):
            plug.PROVIDER.start(every_config, ORDER, replace(ATTEMPT, **other))


def test_offered_only_for_the_account_behind_the_channel(paid: Paid, database: Database) -> None:
    app, _bank = paid
    config, now = config_of(app.extensions["house"].database), clock.now()
    with database.transaction() as db:
        own, _attempt = make_attempt(db, now=now)
        other, _attempt = make_attempt(db, now=now)
        make_payee_account(db, other.producer_id, number="111222333", effective_at=now)

        def offered(order: Order, at: Any = now) -> list[str]:
            found = enabled_providers(db, producer_id=order.producer_id, config=config, now=at)
            return [one.slug for one in found]

        assert offered(own) == ["cod", "vietqr", "payos"]
        assert offered(other) == ["cod", "vietqr"]
        assert offered(other, now - timedelta(minutes=1)) == ["cod", "vietqr", "payos"]


@pytest.mark.parametrize(
    "over",
    [
        {"payos_account": ""},
        {"payos_client_id": "a,b"},
        {"payos_checksum_key": ""},
        {"payos_api_base": "http://pay.example"},
    ],
)
def test_halves_of_settings_stop_the_start(
    make_app: Callable[..., Flask], over: dict[str, str]
) -> None:
    with pytest.raises(UnsafeSetting):
        make_app(**(SETTINGS | over))


def test_account_that_is_none_stops_the_start(make_app: Callable[..., Flask]) -> None:
    with pytest.raises(BadTransferQr):
        make_app(**(SETTINGS | {"payos_account": "acb-257678859"}))


# Messages end to end


def test_paid_link_confirms_the_order(paid: Paid, database: Database) -> None:
    app, bank = paid
    order, code = started(app, database)
    bank.pay(code, 95_000)
    answer = push(app, bank.message(code))
    assert (answer.status_code, answer.get_json()) == (200, {"success": True})
    order = reload(database, order)
    assert (order.state, order.payment_state) == ("confirmed", "paid")
    with database.read() as db:
        assert db.scalars(select(PaymentAttempt.state)).one() == "succeeded"
    assert_sound(database)


def test_less_then_more_than_due(paid: Paid, database: Database) -> None:
    app, bank = paid
    order, code = started(app, database)
    for amount, state in ((40_000, "partial"), (60_000, "overpaid")):
        bank.pay(code, amount)
        assert push(app, bank.message(code)).status_code == 200
        assert reload(database, order).payment_state == state
    with database.read() as db:
        assert [one.amount_vnd for one in queries.open_refunds(db, order.id)] == [5_000]
    assert_sound(database)


def test_doubled_shuffled_and_hostile_messages(paid: Paid, database: Database) -> None:
    app, bank = paid
    order, code = started(app, database)
    bank.pay(code, 40_000)
    first = bank.message(code)
    bank.pay(code, 55_000)
    queue = [first, bank.message(code)] * 10
    random.Random(3).shuffle(queue)
    told = json.loads(first)
    for hostile, status in (
        (b"", 422),
        (first[: len(first) // 2], 422),
        (b"[]", 422),
        (b"[" * 5_000, 422),
        (b"x" * 5_000_000, 413),
        (json.dumps(told | {"signature": "0" * 64}).encode(), 403),
        (json.dumps(told | {"signature": None}).encode(), 403),
        (json.dumps(told | {"signature": "\ud800"}).encode(), 403),
        (bank.message(code, key="guess"), 403),
        (json.dumps(told | {"data": told["data"] | {"amount": 9}}).encode(), 403),
        (bank.message(code, orderCode="12"), 422),
        (bank.message(code, orderCode=-1), 422),
        (bank.message(code, reference=None), 422),
    ):
        assert push(app, hostile).status_code == status, hostile[:60]
    assert (count(database, PaymentTxn), reload(database, order).payment_state) == (0, "unpaid")
    assert {push(app, body).status_code for body in queue} == {200}
    assert (count(database, PaymentTxn), reload(database, order).payment_state) == (2, "paid")
    with database.read() as db:
        kept = db.scalars(select(WebhookEvent).where(WebhookEvent.is_signature_good)).all()
        assert len([one for one in kept if not one.event_key.startswith("refused")]) == 2
    assert_sound(database)


def test_payos_own_trial_message_is_welcome(paid: Paid, database: Database) -> None:
    """When an address is registered, payOS sends a signed message about no link of ours."""
    app, bank = paid
    order, code = started(app, database)
    bank.pay(code, 1_000)
    trial = bank.message(code, orderCode=123)
    assert push(app, trial).status_code == 200
    assert reload(database, order).payment_state == "unpaid"


def test_closed_without_settings(app: Flask) -> None:
    assert push(app, b'{"data":{},"signature":""}').status_code == 403


def test_message_return_page_and_poll_at_once(paid: Paid, database: Database) -> None:
    app, bank = paid
    order, code = started(app, database)
    bank.pay(code, 95_000)
    own, now, body = app.extensions["house"].database, clock.now(), bank.message(code)
    works: list[Callable[[], Any]] = [lambda: push(app, body).status_code] * 4
    works += [
        lambda: run_once("payments.poll", own, now + timedelta(minutes=5)),
        lambda: post(app.test_client(), link(app, order, "/thanh-toan/kiem-tra")).status_code,
    ]
    results = at_once(works)
    assert [one for one in results if isinstance(one, Exception)] == []
    assert {one for one in results if isinstance(one, int)} <= {200, 303}
    with database.read() as db:
        assert queries.money_of(db, order.id) == Money(95_000, 0)
    assert count(database, PaymentTxn) == 1
    assert_sound(database)


def test_link_of_an_ended_order_is_called_off(paid: Paid, database: Database) -> None:
    app, bank = paid
    order, code = started(app, database)
    own, now = app.extensions["house"].database, clock.now()
    with database.transaction() as db:
        orders.cancel_order(
            db, order_id=order.id, by="buyer", reason="other", actor_id=None, now=now
        )
    run_once("payments.poll", own, now + timedelta(minutes=1))
    assert bank.links[code]["status"] == "CANCELLED"
    run_once("payments.poll", own, now + timedelta(minutes=4))
    with database.read() as db:
        assert db.scalars(select(PaymentAttempt.state)).one() == "expired"


def test_wrong_account_is_not_the_orders_money(paid: Paid, database: Database) -> None:
    app, bank = paid
    order, code = started(app, database)
    bank.pay(code, 95_000, accountNumber="999")
    assert push(app, bank.message(code)).status_code == 200
    assert reload(database, order).payment_state == "unpaid"
    assert_sound(database)
