"""SePay: a bank feed on transfers. Messages forged, stale, doubled, shuffled; the list; the ways at
once."""

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from shop.core import clock
from shop.core.db import Database
from shop.core.jobs import run_once
from shop.orders.models import Order
from shop.payments import queries
from shop.payments.models import PaymentTxn, PaymentTxnDetail, WebhookEvent
from shop.payments.provider import BadSignature, Malformed, PaymentConfig, SepayConfig
from shop.payments.providers.sepay import PROVIDER, sign
from shop.payments.rules import Money
from shop.payments.wiring import UnsafeSetting
from tests.factories.catalogue import make_producer
from tests.factories.payments import NOW, make_attempt
from tests.shop.payments.test_ledger import assert_sound, at_once
from tests.stand_ins import banks
from tests.stand_ins.banks import BankStandIn, sepay_headers

Feed = tuple[Flask, BankStandIn]


@pytest.fixture
def feed(make_app: Callable[..., Flask]) -> Iterator[Feed]:
    """The application with SePay switched on, and the stand-in in real time."""
    with BankStandIn() as bank:
        yield (
            make_app(
                sepay_webhook_secret=banks.SEPAY_SECRET,
                sepay_api_token=banks.SEPAY_TOKEN,
                sepay_api_base=bank.api_base,
            ),
            bank,
        )


def waiting(database: Database, **over: Any) -> tuple[Order, Any]:
    with database.transaction() as db:
        return make_attempt(db, now=clock.now(), **over)


def push(app: Flask, body: bytes, headers: dict[str, str] | None = None) -> Any:
    headers = sepay_headers(body, clock.now().timestamp()) if headers is None else headers
    return app.test_client().post("/webhooks/sepay", data=body, headers=headers)


def reload(database: Database, order: Order) -> Order:
    with database.read() as db:
        return db.get_one(Order, order.id)


def count(database: Database, model: Any) -> int:
    with database.read() as db:
        return db.scalar(select(func.count()).select_from(model)) or 0


# The plug


def parsed(config: SepayConfig, body: bytes, headers: dict[str, str]) -> Any:
    assert PROVIDER.parse_push is not None
    whole = PaymentConfig("https://shop.test", order_link=str, sepay=config)
    return PROVIDER.parse_push(whole, headers, body, NOW)


HMAC = SepayConfig(webhook_secret=banks.SEPAY_SECRET)
KEY = SepayConfig(webhook_apikey="k-123")
BODY = json.dumps(
    {
        "id": 92_704,
        "gateway": "Vietcombank",
        "transactionDate": "2026-11-22 10:00:00",
        "accountNumber": "0123499999",
        "code": None,
        "content": "chuyen tien mua mat ong",
        "transferType": "in",
        "transferAmount": 2_277_000,
        "accumulated": 19_077_000,
        "subAccount": None,
        "referenceCode": "MBVCB.3278907687",
        "description": "",
    }
).encode()


def test_message_becomes_a_fact() -> None:
    told = parsed(HMAC, BODY, sepay_headers(BODY, NOW.timestamp()))
    (txn,) = told.txns
    assert (told.event_key, told.provider_ref) == ("92704", "")
    assert (txn.txn_id, txn.amount_vnd, txn.currency) == ("92704", 2_277_000, "VND")
    assert (txn.account, txn.reference) == ("0123499999", "MBVCB.3278907687")
    assert txn.occurred_at == NOW, "10:00 in Vietnam is 03:00 UTC"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-SePay-Signature": "sha256=" + "0" * 64, "X-SePay-Timestamp": str(int(NOW.timestamp()))},
        sepay_headers(BODY, NOW.timestamp() - 301),
        sepay_headers(BODY, NOW.timestamp() + 301),
        sepay_headers(BODY + b" ", NOW.timestamp()),
        sepay_headers(BODY, NOW.timestamp(), secret="guess"),
        sepay_headers(BODY, NOW.timestamp()) | {"X-SePay-Timestamp": "1e9"},
        sepay_headers(BODY, NOW.timestamp()) | {"X-SePay-Signature": "sha256=é"},
        {"Authorization": "Apikey k-123"},
    ],
)
def test_unproven_messages_are_refused(headers: dict[str, str]) -> None:
    with pytest.raises(BadSignature):
        parsed(HMAC, BODY, headers)


def test_drift_within_five_minutes_passes_both_ways() -> None:
    for drift in (-300, 0, 300):
        assert parsed(HMAC, BODY, sepay_headers(BODY, NOW.timestamp() + drift)).txns


def test_key_alone_and_key_beside_signature() -> None:
    assert parsed(KEY, BODY, {"Authorization": "Apikey k-123"}).txns
    for wrong in ("", "Apikey k-12", "Bearer k-123", "Apikey é"):
        with pytest.raises(BadSignature):
            parsed(KEY, BODY, {"Authorization": wrong})
    both = replace(HMAC, webhook_apikey="k-123")
    signed = sepay_headers(BODY, NOW.timestamp())
    assert parsed(both, BODY, signed | {"Authorization": "Apikey k-123"}).txns
    with pytest.raises(BadSignature):
        parsed(both, BODY, signed)
    with pytest.raises(BadSignature):
        parsed(SepayConfig(), BODY, signed)


def test_signed_text_can_be_set() -> None:
    other = replace(HMAC, signed_text="{body}")
    stamp = str(int(NOW.timestamp()))
    headers = {"X-SePay-Timestamp": stamp, "X-SePay-Signature": sign(other, stamp, BODY).upper()}
    assert parsed(other, BODY, headers).txns
    with pytest.raises(BadSignature):
        parsed(HMAC, BODY, headers)


@pytest.mark.parametrize(
    "over",
    [
        {"id": 0},
        {"id": -1},
        {"id": True},
        {"id": "refused:x"},
        {"id": "x" * 200},
        {"id": None},
        {"transferType": "sideways"},
        {"transferAmount": 0},
        {"transferAmount": -5},
        {"transferAmount": 1.5},
        {"transferAmount": 10**13},
        {"transferAmount": "NaN"},
        {"transferAmount": True},
        {"transferAmount": None},
        {"accountNumber": ""},
        {"accountNumber": 123},
    ],
)
def test_proven_nonsense_is_malformed(over: dict[str, Any]) -> None:
    body = json.dumps(json.loads(BODY) | over).encode()
    with pytest.raises(Malformed):
        parsed(HMAC, body, sepay_headers(body, NOW.timestamp()))


def test_money_out_is_none_of_ours() -> None:
    body = json.dumps(json.loads(BODY) | {"transferType": "out"}).encode()
    told = parsed(HMAC, body, sepay_headers(body, NOW.timestamp()))
    assert (told.txns, told.provider_ref) == ((), "")


# Messages end to end


def test_transfer_confirms_the_order(feed: Feed, database: Database) -> None:
    app, bank = feed
    order, attempt = waiting(database)
    text = f"MBVCB.3278907687.{attempt.memo_code.lower()}CT tu 0123 TRAN VAN KHACH"
    answer = push(app, bank.told(bank.transfer(amount=95_000, text=text)))
    assert (answer.status_code, answer.get_json()) == (200, {"success": True})
    order = reload(database, order)
    assert (order.state, order.payment_state) == ("confirmed", "paid")
    assert_sound(database)


def test_is_never_offered_at_checkout(feed: Feed, database: Database) -> None:
    from shop.payments.configuration import config_of
    from shop.payments.services import enabled_providers

    app, _bank = feed
    order, _attempt = waiting(database)
    config = config_of(app.extensions["house"].database)
    assert PROVIDER.is_on(config)
    with database.read() as db:
        offered = enabled_providers(
            db, producer_id=order.producer_id, config=config, now=clock.now()
        )
    assert [one.slug for one in offered] == ["cod", "vietqr"]


def test_doubled_and_shuffled_messages_count_once(feed: Feed, database: Database) -> None:
    app, bank = feed
    with database.transaction() as db:
        producer = make_producer(db)
    pairs = [waiting(database, producer=producer) for _ in range(3)]
    told = [
        bank.told(bank.transfer(amount=95_000, text=f"tt {attempt.memo_code}"))
        for _order, attempt in pairs
    ]
    queue = told * 20
    random.Random(5).shuffle(queue)
    assert {push(app, body).status_code for body in queue} == {200}
    assert {reload(database, order).payment_state for order, _attempt in pairs} == {"paid"}
    assert (count(database, PaymentTxn), count(database, WebhookEvent)) == (3, 3)
    assert_sound(database)


def test_hostile_messages_change_nothing(feed: Feed, database: Database) -> None:
    app, bank = feed
    order, attempt = waiting(database)
    body = bank.told(bank.transfer(amount=95_000, text=attempt.memo_code))
    at = clock.now().timestamp()
    for headers in (
        {},
        sepay_headers(body, at, secret="guess"),
        sepay_headers(body, at - 400),
        sepay_headers(body, at + 400),
        sepay_headers(body[:-1], at),
    ):
        assert push(app, body, headers).status_code == 403
    for nonsense, status in (
        (body[: len(body) // 2], 422),
        (b"", 422),
        (b"[" * 5_000, 422),
        (b"\xff\x00" * 50, 422),
        (b"x" * 5_000_000, 413),
    ):
        assert push(app, nonsense).status_code == status
    for _ in range(40):
        assert push(app, b"{}", {}).status_code == 403
    assert count(database, PaymentTxn) == 0
    assert count(database, WebhookEvent) <= 32
    assert reload(database, order).payment_state == "unpaid"
    assert push(app, body).status_code == 200
    assert reload(database, order).payment_state == "paid"
    assert_sound(database)


def test_closed_without_settings(app: Flask) -> None:
    assert push(app, BODY).status_code == 403


@pytest.mark.parametrize(
    "over", [{"sepay_api_base": "http://bank.example"}, {"sepay_signed_text": "{timestamp}"}]
)
def test_unsafe_settings_stop_the_start(
    make_app: Callable[..., Flask], over: dict[str, str]
) -> None:
    with pytest.raises(UnsafeSetting):
        make_app(sepay_webhook_secret="s", **over)


# The list


def test_list_finds_what_no_message_told(feed: Feed, database: Database) -> None:
    app, bank = feed
    with database.transaction() as db:
        producer = make_producer(db)
    (order, attempt), (other, second) = (waiting(database, producer=producer) for _ in range(2))
    told = bank.transfer(amount=95_000, text=f"{attempt.memo_code} mua mat ong")
    bank.transfer(amount=95_000, text=f"{second.memo_code}")
    bank.transfer(amount=0, text="tra tien dien", amount_out="50000.00")
    bank.listed.append({"id": "broken", "transaction_date": "9999"})
    assert push(app, bank.told(told)).status_code == 200
    own, now = app.extensions["house"].database, clock.now()
    bank.faults = ["500"] * 3
    run_once("payments.read_feeds", own, now)
    assert reload(database, other).payment_state == "unpaid"
    for minutes in (20, 40):
        run_once("payments.read_feeds", own, now + timedelta(minutes=minutes))
        assert {reload(database, one).payment_state for one in (order, other)} == {"paid"}
        assert count(database, PaymentTxn) == 2
    assert_sound(database)


def test_message_and_list_at_once(feed: Feed, database: Database) -> None:
    app, bank = feed
    order, attempt = waiting(database)
    body = bank.told(bank.transfer(amount=95_000, text=attempt.memo_code))
    own = app.extensions["house"].database
    works: list[Callable[[], Any]] = [lambda: push(app, body).status_code] * 5
    works += [lambda: run_once("payments.read_feeds", own, clock.now())] * 2
    results = at_once(works)
    assert [one for one in results if isinstance(one, Exception)] == []
    assert {one for one in results if one is not None} == {200}
    with database.read() as db:
        assert queries.money_of(db, order.id) == Money(95_000, 0)
    assert count(database, PaymentTxn) == 1
    assert_sound(database)


def test_unmatched_money_stays_visible(feed: Feed, database: Database) -> None:
    app, bank = feed
    order, attempt = waiting(database)
    for text, over in (
        ("mua mat ong", {}),
        (attempt.memo_code, {"account_number": "999"}),
    ):
        body = bank.told(bank.transfer(amount=95_000, text=text, **over))
        assert push(app, body).status_code == 200
    with database.read() as db:
        assert db.scalars(
            select(PaymentTxnDetail.reason).order_by(PaymentTxnDetail.txn_row_id)
        ).all() == ["no_order", "wrong_account"]
    assert reload(database, order).payment_state == "unpaid"
    body = bank.told(
        bank.transfer(
            amount=95_000, text=attempt.memo_code, account_number="1", sub_account="257678859"
        )
    )
    assert push(app, body).status_code == 200
    assert reload(database, order).payment_state == "paid", "paid to the virtual account we gave"
    assert_sound(database)
