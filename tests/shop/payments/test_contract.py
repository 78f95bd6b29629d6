"""What every provider in the registry must keep, so that a new plug is judged without new tests."""

import inspect
from dataclasses import FrozenInstanceError, replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from shop.core.db import Database
from shop.core.errors import DomainError
from shop.payments import providers, services
from shop.payments.provider import (
    AttemptView,
    BadSignature,
    Instruction,
    Malformed,
    OrderView,
    PaymentConfig,
    Provider,
    ProviderRefused,
)
from shop.payments.registry import UnknownProvider, all_providers, provider_called
from shop.payments.transfer_qr import decode
from shop.web.access import guard_of
from tests.factories.payments import NOW, make_attempt, make_config, make_txn
from tests.stand_ins.stripe import StripeStandIn

EVERY = pytest.mark.parametrize("slug", sorted(all_providers()))
ORDER = OrderView(code="ABCDEFGH12", total_vnd=125_000, producer_name="HTX Tài Hoan")
ATTEMPT = AttemptView(
    amount_vnd=125_000,
    idempotency_key="a" * 32,
    created_at=NOW,
    expires_at=NOW + timedelta(minutes=60),
    memo_code="OC234567892",
    account_bin="970416",
    account_number="257678859",
    account_holder="NONG THI HA",
)


def test_the_shop_is_whole_without_stripe() -> None:
    on = {slug for slug, one in all_providers().items() if one.is_on(make_config())}
    assert on == {"cod", "vietqr"}


def test_unknown_slug_is_not_found() -> None:
    for slug in ("", "paypal", "../cod", "x" * 10_000):
        with pytest.raises(UnknownProvider):
            provider_called(slug)


@EVERY
def test_slug_is_its_file(slug: str) -> None:
    folder = Path(next(iter(providers.__path__)))
    assert (folder / f"{slug}.py").is_file()
    assert slug.isidentifier()
    assert len(slug) <= 20


@EVERY
def test_plug_knows_neither_web_nor_database(slug: str) -> None:
    folder = Path(next(iter(providers.__path__)))
    source = (folder / f"{slug}.py").read_text(encoding="utf-8")
    for forbidden in ("flask", "sqlalchemy", "shop.web", ".models", "services", "clock"):
        assert forbidden not in source


@EVERY
def test_capabilities_match_the_functions(slug: str) -> None:
    plug = provider_called(slug)
    can = plug.capabilities
    assert can.push is (plug.parse_push is not None)
    assert can.pull is (plug.pull is not None)
    assert can.expires is (plug.cancel is not None)
    assert can.refund is (plug.refund is not None)
    assert not can.by_hand or not can.operator_money
    assert can.feed or plug.feed is None
    assert can.by_hand or can.pull or can.feed, "money must be able to arrive"
    assert not can.push or can.pull or can.feed, "a lost message must be found again"
    assert not can.qr or can.needs_payee_account
    assert plug.label
    assert plug.hint
    with pytest.raises(FrozenInstanceError):
        plug.slug = "other"  # type: ignore[misc]


@EVERY
def test_hold_outlasts_what_the_provider_allows(slug: str) -> None:
    plug = provider_called(slug)
    assert plug.hold(make_config()) >= (plug.life or timedelta(0)) + plug.grace
    assert plug.first_state in {"awaiting_payment", "awaiting_confirmation"}


@EVERY
def test_start_gives_one_kind_of_instruction(slug: str, every_config: PaymentConfig) -> None:
    plug = provider_called(slug)
    if plug.capabilities.feed:
        with pytest.raises(ProviderRefused):
            plug.start(every_config, ORDER, ATTEMPT)
        return
    told = plug.start(every_config, ORDER, ATTEMPT)
    assert isinstance(told, Instruction)
    kinds = {"url": told.url, "qr": told.qr_payload, "text": told.text}
    assert kinds[told.kind]
    assert (told.kind == "url") is plug.capabilities.redirect
    assert (told.kind == "qr") is plug.capabilities.qr
    if told.kind == "qr":
        assert decode(told.qr_payload).amount_vnd == ATTEMPT.amount_vnd
    again = plug.start(every_config, ORDER, ATTEMPT)
    assert again == told, "asked again with the same key, the same answer"


@EVERY
@pytest.mark.parametrize("body", [b"", b"{}", b"\x00" * 50, b"[" * 5000, b"x" * 100_000])
def test_unsigned_messages_are_refused(slug: str, every_config: PaymentConfig, body: bytes) -> None:
    plug = provider_called(slug)
    if plug.parse_push is None:
        pytest.skip("takes no messages")
    for headers in ({}, {"Stripe-Signature": "t=1,v1=" + "0" * 64}, {"Authorization": "Bearer x"}):
        with pytest.raises((BadSignature, Malformed)):
            plug.parse_push(every_config, headers, body, NOW)


@EVERY
def test_strange_references_raise_our_errors_only(
    slug: str, stripe: StripeStandIn, every_config: PaymentConfig
) -> None:
    plug = provider_called(slug)
    if plug.pull is None:
        pytest.skip("cannot be asked")
    for ref in ("", "x", "../../etc/passwd", "cs_" + "9" * 20, "cs_test_none"):
        with pytest.raises(DomainError):
            plug.pull(every_config, ref, NOW)


@EVERY
def test_receiver_route_exists_and_is_guarded(slug: str, app: Flask) -> None:
    endpoint = f"payments.webhook_{slug}"
    assert (endpoint in app.view_functions) is provider_called(slug).capabilities.push
    if endpoint in app.view_functions:
        with app.app_context():
            guard = guard_of(endpoint)
        assert guard is not None
        assert (guard.kind, guard.purpose) == ("webhook", slug)


@EVERY
def test_whole_path_from_attempt_to_paid(slug: str, database: Database) -> None:
    """Whatever the provider, its money goes through the one function and ends in the order."""
    if provider_called(slug).capabilities.feed:
        pytest.skip("tells of transfers paid another way: see test_sepay")
    with database.transaction() as db:
        order, attempt = make_attempt(db, provider=slug)
        attempt.provider_ref = "ref_1"
        db.flush()
        if order.state == "awaiting_confirmation":
            from shop.orders.services import confirm_order

            confirm_order(db, order_id=order.id, actor_id=None, now=NOW)
        hint = attempt.memo_code or order.code
        txn = make_txn(attempt, order_hint="" if slug == "stripe" else hint)
        txn = replace(txn, provider_ref="ref_1" if slug == "stripe" else "")
        if not attempt.memo_code and slug != "stripe":
            attempt.provider_ref = None
            db.flush()
        assert services.apply_txn(db, txn, now=NOW) == "applied"
        assert services.apply_txn(db, txn, now=NOW) == "duplicate"
        assert (order.state, order.payment_state) == ("confirmed", "paid")


def test_every_function_of_the_contract_is_documented() -> None:
    assert inspect.getdoc(Provider)
    assert all(inspect.getdoc(one) for one in (Instruction, PaymentConfig, OrderView))
