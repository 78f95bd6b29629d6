"""VNPAY, MoMo, ZaloPay: signing, paying, messages, refunds, against a strict stand-in."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from shop.core.db import Database
from shop.orders import services as orders
from shop.orders.models import Order
from shop.payments import asking, queries, services
from shop.payments.models import PaymentAttempt, Refund, WebhookEvent
from shop.payments.provider import (
    AttemptView,
    BadSignature,
    Malformed,
    OrderView,
    PaymentConfig,
    ProviderRefused,
    ProviderSilent,
)
from shop.payments.providers import momo, vnpay, zalopay
from shop.payments.registry import provider_called
from shop.payments.rules import Money
from shop.payments.sending import ASK_PAUSE, send_refunds
from shop.payments.starting import start_attempt
from tests.factories.payments import NOW, make_attempt, make_config
from tests.shop.payments.test_ledger import assert_sound, at_once
from tests.stand_ins.wallets import WalletsStandIn, mac256, mac512

SLUGS = ("vnpay", "momo", "zalopay")
EACH = pytest.mark.parametrize("slug", SLUGS)
ORDER = OrderView(code="ABCDEFGH12", total_vnd=125_000, producer_name="HTX Mật ong bạc hà")
ATTEMPT = AttemptView(amount_vnd=125_000, idempotency_key="0f" * 16, created_at=NOW)


def started(
    slug: str, database: Database, config: PaymentConfig, wallet: WalletsStandIn
) -> tuple[Order, str]:
    """A committed order whose payment page was opened, and the provider's reference."""
    with database.transaction() as db:
        order, attempt = make_attempt(db, provider=slug)
        attempt_id = attempt.id
    told = start_attempt(database, attempt_id, config, NOW)
    if slug == "vnpay":
        assert wallet.open_vnpay(told.url) == told.provider_ref
    return order, told.provider_ref


def take(slug: str, database: Database, config: PaymentConfig, body: bytes, **over: Any) -> str:
    return asking.take_push(database, provider_called(slug), config, {}, body, over.get("now", NOW))


def reload(database: Database, order: Order) -> Order:
    with database.read() as db:
        return db.get_one(Order, order.id)


# Signing


def test_vnpay_is_times_a_hundred_in_vietnams_time(
    every_config: PaymentConfig, wallet: WalletsStandIn
) -> None:
    told = vnpay.PROVIDER.start(every_config, ORDER, ATTEMPT)
    assert "vnp_Amount=12500000&" in told.url
    assert "vnp_CreateDate=20261122100000&" in told.url
    assert "vnp_ExpireDate=20261122103000" in told.url
    assert "vnp_OrderInfo=Don+hang+ABCDEFGH12" in told.url
    assert told.provider_ref == "20261122100000ABCDEFGH12"
    wallet.open_vnpay(told.url)
    with pytest.raises(ValueError, match="hash"):
        wallet.open_vnpay(told.url.replace("12500000", "100"))


def test_signatures_are_plain_hmacs() -> None:
    """RFC 4231, test case 2."""
    text = "what do ya want for nothing?"
    assert vnpay.sign("Jefe", text).startswith("164b7a7bfcf819e2e395fbe73b56e0a3")
    assert vnpay.sign("Jefe", text) == mac512("Jefe", text)
    assert zalopay.mac("Jefe", text).startswith("5bdcc146bf60754e6a042426089575c7")
    assert zalopay.mac("k", "a", 1, "b") == mac256("k", "a|1|b")


def test_zalopay_names_begin_with_vietnams_day(every_config: PaymentConfig) -> None:
    late = replace(ATTEMPT, created_at=NOW.replace(hour=18))
    told = zalopay.PROVIDER.start(every_config, ORDER, late)
    assert told.provider_ref.startswith("261123_ABCDEFGH12x")


def test_secrets_are_not_in_the_settings_repr(every_config: PaymentConfig) -> None:
    shown = repr(every_config)
    for secret in ("vnpay-stand-in-key", "momo-stand-in-key", "zalo-key-1", "zalo-key-2"):
        assert secret not in shown


# Paying


@EACH
def test_paid_by_message(
    slug: str, database: Database, every_config: PaymentConfig, wallet: WalletsStandIn
) -> None:
    order, ref = started(slug, database, every_config, wallet)
    early = wallet.message(slug, ref)
    if slug == "momo":
        assert take(slug, database, every_config, early) == "open", "the message alone is no money"
    wallet.pay(slug, ref)
    body = wallet.message(slug, ref)
    assert take(slug, database, every_config, body) == "applied"
    assert [take(slug, database, every_config, body) for _n in range(3)] == ["duplicate"] * 3
    after = reload(database, order)
    assert (after.state, after.payment_state) == ("confirmed", "paid")
    assert_sound(database)


@EACH
def test_paid_though_no_message_came(
    slug: str, database: Database, every_config: PaymentConfig, wallet: WalletsStandIn
) -> None:
    order, ref = started(slug, database, every_config, wallet)
    asking.poll_attempts(database, every_config, NOW + timedelta(minutes=2))
    assert reload(database, order).payment_state == "unpaid"
    wallet.pay(slug, ref)
    asking.poll_attempts(database, every_config, NOW + timedelta(minutes=4))
    assert reload(database, order).payment_state == "paid"
    assert_sound(database)


@EACH
def test_failed_payment_closes_the_attempt(
    slug: str, database: Database, every_config: PaymentConfig, wallet: WalletsStandIn
) -> None:
    order, ref = started(slug, database, every_config, wallet)
    wallet.pay(slug, ref, state="failed")
    asking.poll_attempts(database, every_config, NOW + timedelta(minutes=2))
    with database.read() as db:
        attempt = queries.attempt_of(db, order.id, slug)
        assert attempt is not None
        assert attempt.state == "failed"
    assert reload(database, order).payment_state == "unpaid"


@EACH
def test_another_amount_goes_to_the_desk(
    slug: str, database: Database, every_config: PaymentConfig, wallet: WalletsStandIn
) -> None:
    order, ref = started(slug, database, every_config, wallet)
    wallet.payments[slug, ref]["amount"] -= 1000
    wallet.pay(slug, ref)
    assert take(slug, database, every_config, wallet.message(slug, ref)) == "unmatched"
    assert reload(database, order).payment_state == "unpaid"
    assert_sound(database)


@EACH
def test_message_about_a_strangers_payment_changes_nothing(
    slug: str, database: Database, every_config: PaymentConfig, wallet: WalletsStandIn
) -> None:
    strange = {
        "vnpay": "20261122100000ZZZZZZZZ99",
        "momo": "ZZZZZZZZ99-0123456789ab",
        "zalopay": "261122_ZZZZZZZZ99x01234567",
    }[slug]
    outcome = take(slug, database, every_config, wallet.message(slug, strange))
    assert outcome in {"unknown", "open"}
    told = provider_called(slug).reply(outcome)
    if slug == "vnpay":
        assert told == (200, {"RspCode": "01", "Message": "Order not found"})
    assert_sound(database)


def test_unpaid_vnpay_attempt_is_not_asked_about_for_ever(
    database: Database, every_config: PaymentConfig, wallet: WalletsStandIn
) -> None:
    order, _ref = started("vnpay", database, every_config, wallet)
    asking.poll_attempts(database, every_config, NOW + timedelta(hours=3))
    with database.read() as db:
        attempt = queries.attempt_of(db, order.id, "vnpay")
        assert attempt is not None
        assert attempt.state == "expired"


@EACH
def test_replies_are_what_each_wants(slug: str) -> None:
    reply = provider_called(slug).reply
    wanted = {
        "vnpay": {"applied": "00", "duplicate": "02", "unmatched": "04", "unknown": "01"},
        "momo": {"applied": None, "duplicate": None},
        "zalopay": {"applied": 1, "duplicate": 2},
    }[slug]
    for outcome, code in wanted.items():
        status, told = reply(outcome)
        if slug == "momo":
            assert (status, told) == (204, None)
        else:
            assert status == 200
            assert told is not None
            assert told["RspCode" if slug == "vnpay" else "return_code"] == code
    assert (provider_called(slug).push_method == "GET") is (slug == "vnpay")


@EACH
@pytest.mark.parametrize("fault", ["500", "lost"])
def test_silent_wallet_is_asked_again_later(
    slug: str,
    fault: str,
    database: Database,
    every_config: PaymentConfig,
    wallet: WalletsStandIn,
) -> None:
    order, ref = started(slug, database, every_config, wallet)
    wallet.pay(slug, ref)
    wallet.faults = [fault] * 3
    body = wallet.message(slug, ref)
    with pytest.raises(ProviderSilent):
        take(slug, database, every_config, body)
    assert take(slug, database, every_config, body) == "applied"
    assert reload(database, order).payment_state == "paid"
    assert_sound(database)


def test_vnpay_answers_with_a_wrong_hash_change_nothing(
    database: Database, every_config: PaymentConfig, wallet: WalletsStandIn
) -> None:
    order, ref = started("vnpay", database, every_config, wallet)
    wallet.pay("vnpay", ref)
    assert every_config.vnpay is not None
    other = replace(every_config, vnpay=replace(every_config.vnpay, hash_secret="x"))
    with pytest.raises(Malformed):
        asking.ask_provider(database, vnpay.PROVIDER, other, ref, NOW)
    assert reload(database, order).payment_state == "unpaid"


@EACH
def test_off_without_keys(slug: str) -> None:
    plug = provider_called(slug)
    config = make_config()
    assert not plug.is_on(config)
    assert plug.parse_push is not None
    with pytest.raises(ProviderRefused):
        plug.start(config, ORDER, ATTEMPT)
    with pytest.raises(BadSignature):
        plug.parse_push(config, {}, b"{}", NOW)


# Messages


@EACH
def test_forged_and_changed_messages_are_refused(
    slug: str, database: Database, every_config: PaymentConfig, wallet: WalletsStandIn
) -> None:
    order, ref = started(slug, database, every_config, wallet)
    wallet.pay(slug, ref)
    good = wallet.message(slug, ref)
    bad = [
        good.replace(ref.encode(), (ref[:-1] + ("0" if ref[-1] != "0" else "1")).encode()),
        good.replace(b"95000", b"15000"),
        good[: len(good) // 2],
        b"",
        b"x" * 5_000_000,
        b"\xff\xfe",
        b"[" * 100_000,
        json.dumps({"data": 5, "mac": 5, "signature": 5}).encode(),
        b"vnp_SecureHash=" + b"0" * 128,
        "vnp_TxnRef=đ&vnp_SecureHash=đ".encode(),
        b'{"signature": "\\ud800", "mac": "\\ud800", "data": "{}", "orderId": "\\ud800"}',
    ]
    for body in bad:
        with pytest.raises((BadSignature, Malformed)):
            take(slug, database, every_config, body)
    assert reload(database, order).payment_state == "unpaid"
    with database.read() as db:
        kept = db.scalars(select(WebhookEvent)).all()
    assert all(len(event.raw) <= asking.REFUSED_BYTES for event in kept)
    assert take(slug, database, every_config, good) == "applied"
    assert_sound(database)


def test_vnpay_hash_is_checked_over_what_was_received(
    every_config: PaymentConfig, wallet: WalletsStandIn
) -> None:
    """A tilde and a star are encoded differently by different languages."""
    parse = vnpay.PROVIDER.parse_push
    assert parse is not None
    for info in ("a~b", "a*b", "a+b", "a b"):
        body = wallet.message("vnpay", "20261122100000ABCDEFGH12", vnp_OrderInfo=info)
        assert parse(every_config, {}, body, NOW).provider_ref == "20261122100000ABCDEFGH12"
    twice = wallet.message("vnpay", "20261122100000ABCDEFGH12") + b"&vnp_TxnRef=x"
    with pytest.raises((BadSignature, Malformed)):
        parse(every_config, {}, twice, NOW)


@EACH
def test_twenty_at_once_count_once(
    slug: str, database: Database, every_config: PaymentConfig, wallet: WalletsStandIn
) -> None:
    order, ref = started(slug, database, every_config, wallet)
    wallet.pay(slug, ref)
    body = wallet.message(slug, ref)
    outcomes = at_once([lambda: take(slug, database, every_config, body)] * 20)
    assert set(outcomes) <= {"applied", "duplicate"}
    assert outcomes.count("applied") == 1
    with database.read() as db:
        assert queries.money_of(db, order.id) == Money(95_000, 0)
    assert_sound(database)


# Refunds


def refunding(
    slug: str, database: Database, config: PaymentConfig, wallet: WalletsStandIn
) -> tuple[Order, int]:
    """A paid order that was called off, and the refund that it owes."""
    order, ref = started(slug, database, config, wallet)
    wallet.pay(slug, ref)
    assert take(slug, database, config, wallet.message(slug, ref)) == "applied"
    with database.transaction() as db:
        orders.cancel_order(
            db, order_id=order.id, by="seller", reason="out_of_stock", actor_id=None, now=NOW
        )
        refund = db.scalars(select(Refund)).one()
        assert not refund.is_by_hand
        return order, refund.id


@EACH
def test_owed_money_goes_back_by_itself(
    slug: str, database: Database, every_config: PaymentConfig, wallet: WalletsStandIn
) -> None:
    order, refund_id = refunding(slug, database, every_config, wallet)
    assert send_refunds(database, every_config, NOW) == 1
    assert send_refunds(database, every_config, NOW + ASK_PAUSE * 2) == 0
    with database.read() as db:
        assert db.get_one(Refund, refund_id).state == "done"
    assert reload(database, order).payment_state == "refunded"
    assert_sound(database)


@EACH
def test_refund_on_its_way_is_asked_about(
    slug: str, database: Database, every_config: PaymentConfig, wallet: WalletsStandIn
) -> None:
    order, refund_id = refunding(slug, database, every_config, wallet)
    wallet.refund_code = 1
    send_refunds(database, every_config, NOW)
    with database.read() as db:
        assert db.get_one(Refund, refund_id).state == "sent"
    assert reload(database, order).payment_state == "paid"
    wallet.refund_code = 0
    send_refunds(database, every_config, NOW + ASK_PAUSE * 2)
    assert reload(database, order).payment_state == "refunded"
    assert_sound(database)


@EACH
def test_lost_answer_never_refunds_twice(
    slug: str, database: Database, every_config: PaymentConfig, wallet: WalletsStandIn
) -> None:
    order, _refund_id = refunding(slug, database, every_config, wallet)
    wallet.faults = ["lost"] * 3
    send_refunds(database, every_config, NOW)
    assert reload(database, order).payment_state == "paid"
    for turn in range(1, 4):
        send_refunds(database, every_config, NOW + turn * ASK_PAUSE * 2)
    assert reload(database, order).payment_state == "refunded"
    made = {key for key in wallet.refunds if not key.startswith("vnpay:")}
    assert len(made) == 1
    assert_sound(database)


@EACH
def test_refused_refund_waits_for_a_person(
    slug: str, database: Database, every_config: PaymentConfig, wallet: WalletsStandIn
) -> None:
    order, refund_id = refunding(slug, database, every_config, wallet)
    wallet.refund_code = 2
    send_refunds(database, every_config, NOW)
    send_refunds(database, every_config, NOW + ASK_PAUSE * 2)
    with database.read() as db:
        assert db.get_one(Refund, refund_id).state == "failed"
        states = db.scalars(select(Refund.state).order_by(Refund.id)).all()
    assert states == ["failed", "requested"], "and nothing is sent in a circle"
    with database.transaction() as db:
        again = db.scalars(select(Refund).where(Refund.state == "requested")).one()
        services.pay_by_hand(db, refund_id=again.id, actor_id=1, now=NOW)
    assert reload(database, order).payment_state == "paid"
    assert_sound(database)


def test_attempts_are_one_per_provider(database: Database, every_config: PaymentConfig) -> None:
    with database.transaction() as db:
        make_attempt(db, provider="momo")
        assert db.scalars(select(PaymentAttempt.provider)).all() == ["momo"]
    assert momo.PROVIDER.hold(every_config) > momo.LIFE
