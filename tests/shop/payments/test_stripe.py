"""Stripe: form encoding, retries, signatures, sessions; against a real server on loopback."""

import json
import time
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.core.outgoing import is_safe_address
from shop.payments import stripe_api
from shop.payments.provider import (
    AttemptView,
    BadSignature,
    Malformed,
    OrderView,
    PaymentConfig,
    ProviderRefused,
    ProviderSilent,
    StripeConfig,
)
from shop.payments.providers import stripe as plug
from tests.factories.payments import NOW
from tests.stand_ins.stripe import StripeStandIn, decode_form

PROVIDER = plug.PROVIDER
ORDER = OrderView(code="ABCDEFGH12", total_vnd=125_000, producer_name="HTX Mật ong bạc hà")
ATTEMPT = AttemptView(
    amount_vnd=125_000,
    idempotency_key="0f" * 16,
    created_at=NOW,
    expires_at=NOW + plug.SESSION_LIFE,
)
SECRET = StripeConfig(secret_key="sk_test_x", webhook_secret="whsec_x")


# Encoding


def test_form_encoding_is_stripes() -> None:
    encoded = stripe_api.form_encode(
        {"a": {"b": 1, "c": None}, "l": [{"q": True}, "x"], "t": NOW, "n": "mật ong & [x]"}
    )
    assert parse_qsl(encoded) == [
        ("a[b]", "1"),
        ("l[0][q]", "true"),
        ("l[1]", "x"),
        ("t", str(int(NOW.timestamp()))),
        ("n", "mật ong & [x]"),
    ]
    assert encoded.isascii()


LEAVES = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=20)
NAMES = st.from_regex(r"[a-z][a-z_]{0,8}", fullmatch=True)


@given(
    st.dictionaries(
        NAMES,
        st.recursive(
            LEAVES,
            lambda inner: (
                st.lists(inner, min_size=1, max_size=3)
                | st.dictionaries(NAMES, inner, min_size=1, max_size=3)
            ),
            max_leaves=8,
        ),
        min_size=1,
        max_size=4,
    )
)
def test_what_is_encoded_is_read_back(values: dict[str, Any]) -> None:
    assert decode_form(stripe_api.form_encode(values)) == values


# Addresses


@pytest.mark.parametrize(
    ("address", "is_safe"),
    [
        ("https://api.stripe.com", True),
        ("http://127.0.0.1:12111", True),
        ("http://localhost:1", True),
        ("http://api.stripe.com", False),
        ("http://169.254.169.254", False),
        ("https://key@api.stripe.com", False),
        ("ftp://127.0.0.1", False),
        ("javascript:alert(1)", False),
        ("//evil.example", False),
        ("", False),
    ],
)
def test_only_https_or_loopback_is_called(address: str, is_safe: bool) -> None:
    assert is_safe_address(address) is is_safe


def test_pay_page_on_plain_http_must_be_the_stand_ins() -> None:
    base = "http://127.0.0.1:12111"
    assert is_safe_address(f"{base}/pay/x", api_base=base)
    assert not is_safe_address("http://127.0.0.1:1/pay/x", api_base=base)
    assert not is_safe_address("http://127.0.0.1:1/pay", api_base="https://api.stripe.com")


def test_keys_are_not_in_the_settings_repr() -> None:
    assert "sk_test_x" not in repr(SECRET)
    assert "whsec_x" not in repr(SECRET)


# Signatures

BODY = b'{"id":"evt_1"}'


HOOK_KEY = "whsec_x"


def _header(offset: float = 0, secret: str = HOOK_KEY, body: bytes = BODY) -> str:
    stamp = str(int(NOW.timestamp() + offset))
    return f"t={stamp},v1={stripe_api.sign(secret, stamp, body)}"


def test_published_vector() -> None:
    """HMAC-SHA256 of "1492774577.{}" under "secret", computed with openssl."""
    expected = "2ddb0fdc1ad242a0eece9d964270ad86442b7381d25d1f99cd41a46999919e32"
    assert stripe_api.sign("secret", "1492774577", b"{}") == expected


@pytest.mark.parametrize(
    "header",
    [
        _header(),
        _header(-300),
        _header(300),
        _header() + ",v0=" + "0" * 64,
        _header().replace("v1=", "v1=" + "0" * 64 + ",v1="),
        _header() + ",v1=" + "f" * 64,
        _header().replace(",", ", "),
    ],
)
def test_good_signatures_pass(header: str) -> None:
    stripe_api.verify_signature(SECRET, header, BODY, NOW)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "t=1,v1=",
        "garbage",
        _header(-301),
        _header(301),
        _header(-86_400),
        _header(secret="whsec_other"),
        _header(secret=""),
        _header(body=BODY + b" "),
        _header().replace("v1=", "v0="),
        _header().upper(),
        _header().replace("t=", "t=-"),
        _header().replace("t=", "t=0x"),
        _header() + "," + _header(1),
        "t=" + "9" * 400 + ",v1=" + "0" * 64,
        "t=1e9,v1=" + "0" * 64,
        "t=١٤٩٢٧٧٤٥٧٧,v1=" + "0" * 64,
        _header() + "," + "v1=x," * 1000,
        "\x00" * 10,
    ],
)
def test_bad_signatures_are_refused(header: str) -> None:
    with pytest.raises(BadSignature):
        stripe_api.verify_signature(SECRET, header, BODY, NOW)


def test_no_secret_accepts_nothing() -> None:
    empty = replace(SECRET, webhook_secret="")
    with pytest.raises(BadSignature):
        stripe_api.verify_signature(empty, _header(secret=""), BODY, NOW)


@given(st.binary(max_size=200), st.text(max_size=120))
def test_noise_is_refused_calmly(body: bytes, header: str) -> None:
    with pytest.raises(BadSignature):
        stripe_api.verify_signature(SECRET, header, body, NOW)


# Sessions


def test_session_is_created_as_documented(
    stripe: StripeStandIn, stripe_config: PaymentConfig
) -> None:
    instruction = PROVIDER.start(stripe_config, ORDER, ATTEMPT)
    session = stripe.sessions[instruction.provider_ref]
    assert (session["amount_total"], session["currency"]) == (125_000, "vnd")
    assert session["metadata"] == session["intent_metadata"] == {"order_id": ORDER.code}
    assert session["success_url"] == stripe_config.order_link(ORDER.code)
    assert session["expires_at"] - NOW.timestamp() == plug.SESSION_LIFE.total_seconds()
    assert timedelta(minutes=30) <= plug.SESSION_LIFE
    assert PROVIDER.hold(stripe_config) >= plug.SESSION_LIFE + plug.GRACE
    call = stripe.calls[0]
    assert call["key"] == f"{ATTEMPT.idempotency_key}:create:1"
    assert call["version"] == "2025-09-30.clover"
    assert "payment_method_types" not in call["body"]
    assert "ui_mode" not in call["body"]
    assert instruction.url == session["url"]


@pytest.mark.parametrize(
    "faults",
    [
        ["500"],
        ["429", "503"],
        ["409", "429"],
        ["slow"],
        ["close", "half"],
        ["drip"],
        ["text"],
        ["lost"],
        ["lost", "500"],
    ],
)
def test_faults_are_ridden_out_with_the_same_key(
    stripe: StripeStandIn, stripe_config: PaymentConfig, faults: list[str]
) -> None:
    stripe.faults = list(faults)
    instruction = PROVIDER.start(stripe_config, ORDER, ATTEMPT)
    assert list(stripe.sessions) == [instruction.provider_ref]
    assert len(stripe.calls) == len(faults) + 1
    assert len({(call["key"], call["body"]) for call in stripe.calls}) == 1


@pytest.mark.parametrize("fault", ["500", "429", "close", "half", "text", "slow"])
def test_lasting_faults_leave_the_outcome_unknown(
    stripe: StripeStandIn, stripe_config: PaymentConfig, fault: str
) -> None:
    stripe.faults = [fault] * 9
    with pytest.raises(ProviderSilent):
        PROVIDER.start(stripe_config, ORDER, ATTEMPT)
    assert len(stripe.calls) == stripe_api.MAX_TRIES


@pytest.mark.parametrize("fault", ["400", "401", "402", "403", "404", "stop409", "stop429"])
def test_refusals_are_not_repeated(
    stripe: StripeStandIn, stripe_config: PaymentConfig, fault: str
) -> None:
    stripe.faults = [fault] * 3
    with pytest.raises(ProviderRefused):
        PROVIDER.start(stripe_config, ORDER, ATTEMPT)
    assert len(stripe.calls) == 1


@pytest.mark.parametrize("fault", ["301", "302", "307", "stop500"])
def test_redirects_are_never_followed(
    stripe: StripeStandIn, stripe_config: PaymentConfig, fault: str
) -> None:
    stripe.faults = [fault] * 3
    with pytest.raises(ProviderSilent):
        PROVIDER.start(stripe_config, ORDER, ATTEMPT)
    assert len(stripe.calls) == 1


def test_a_dripping_answer_ends_at_the_deadline(
    stripe: StripeStandIn, stripe_config: PaymentConfig
) -> None:
    assert stripe_config.stripe is not None
    stripe.slow_seconds = 2.0
    stripe.faults = ["drip"] * 5
    patience = replace(stripe_config.stripe.patience, deadline_seconds=0.4)
    hurried = replace(stripe_config, stripe=replace(stripe_config.stripe, patience=patience))
    began = time.monotonic()
    with pytest.raises(ProviderSilent):
        PROVIDER.start(hurried, ORDER, ATTEMPT)
    assert time.monotonic() - began < 1.5


def test_dead_address_is_silence(stripe_config: PaymentConfig) -> None:
    assert stripe_config.stripe is not None
    dead = replace(
        stripe_config, stripe=replace(stripe_config.stripe, api_base="http://127.0.0.1:9")
    )
    with pytest.raises(ProviderSilent):
        PROVIDER.start(dead, ORDER, ATTEMPT)


def test_wrong_key_is_refused(stripe: StripeStandIn, stripe_config: PaymentConfig) -> None:
    assert stripe_config.stripe is not None
    other = replace(stripe_config, stripe=replace(stripe_config.stripe, secret_key="sk_test_no"))
    with pytest.raises(ProviderRefused):
        PROVIDER.start(other, ORDER, ATTEMPT)
    assert stripe.sessions == {}


def test_same_key_with_other_amount_is_an_error_not_a_second_session(
    stripe: StripeStandIn, stripe_config: PaymentConfig
) -> None:
    PROVIDER.start(stripe_config, ORDER, ATTEMPT)
    with pytest.raises(ProviderRefused):
        PROVIDER.start(stripe_config, ORDER, replace(ATTEMPT, amount_vnd=1))
    assert len(stripe.sessions) == 1


def test_off_without_keys(stripe_config: PaymentConfig) -> None:
    off = replace(stripe_config, stripe=None)
    assert PROVIDER.is_on(stripe_config)
    assert not PROVIDER.is_on(off)
    with pytest.raises(ProviderRefused):
        PROVIDER.start(off, ORDER, ATTEMPT)


def _pull(config: PaymentConfig, ref: str) -> Any:
    assert PROVIDER.pull is not None
    return PROVIDER.pull(config, ref, NOW)


def test_pull_tells_the_fate_of_a_session(
    stripe: StripeStandIn, stripe_config: PaymentConfig
) -> None:
    ref = PROVIDER.start(stripe_config, ORDER, ATTEMPT).provider_ref
    assert _pull(stripe_config, ref).fate == "open"
    stripe.change(ref, status="complete", payment_intent="pi_1")
    assert _pull(stripe_config, ref).fate == "open", "asynchronous money is still on its way"
    stripe.change(ref, payment_status="paid", paid_at=int(NOW.timestamp()))
    pulled = _pull(stripe_config, ref)
    (txn,) = pulled.txns
    assert pulled.fate == "succeeded"
    assert (txn.txn_id, txn.kind, txn.amount_vnd, txn.currency) == (
        "pi_1",
        "charge",
        125_000,
        "VND",
    )
    assert (txn.order_hint, txn.provider_ref, txn.occurred_at) == (ORDER.code, ref, NOW)


def test_pull_sees_failed_and_expired(stripe: StripeStandIn, stripe_config: PaymentConfig) -> None:
    first = PROVIDER.start(stripe_config, ORDER, ATTEMPT).provider_ref
    stripe.change(
        first, status="complete", payment_intent="pi_1", intent_status="requires_payment_method"
    )
    pulled = _pull(stripe_config, first)
    assert (pulled.fate, pulled.txns[0].kind) == ("failed", "charge_failed")
    other = replace(ATTEMPT, idempotency_key="aa" * 16)
    second = PROVIDER.start(stripe_config, ORDER, other).provider_ref
    assert PROVIDER.cancel is not None
    PROVIDER.cancel(stripe_config, replace(other, provider_ref=second))
    assert _pull(stripe_config, second).fate == "expired"


@pytest.mark.parametrize(
    "change",
    [
        {"livemode": True},
        {"amount_total": "125000"},
        {"amount_total": 0},
        {"amount_total": -1},
        {"amount_total": 10**15},
        {"amount_total": True},
        {"currency": None},
        {"currency": "vndx"},
        {"payment_intent": ""},
        {"payment_intent": "pi_../../x"},
        {"id": "cs_test_other"},
    ],
)
def test_nonsense_answers_change_nothing(
    stripe: StripeStandIn, stripe_config: PaymentConfig, change: dict[str, Any]
) -> None:
    ref = PROVIDER.start(stripe_config, ORDER, ATTEMPT).provider_ref
    stripe.change(ref, status="complete", payment_status="paid", payment_intent="pi_1")
    stripe.sessions[ref].update(change)
    with pytest.raises(Malformed):
        _pull(stripe_config, ref)


@pytest.mark.parametrize(
    "ref", ["", "cs_../x", "ch_1", "pi_1/../x", "re_", "dp_1?x", "cs_x?a=1", "cs_" + "x" * 500]
)
def test_strange_session_ids_are_never_called(
    stripe: StripeStandIn, stripe_config: PaymentConfig, ref: str
) -> None:
    with pytest.raises(Malformed):
        _pull(stripe_config, ref)
    assert stripe.calls == []


# Events


def _push(config: PaymentConfig, stripe: StripeStandIn, body: bytes) -> Any:
    assert PROVIDER.parse_push is not None
    headers = {"Stripe-Signature": stripe.signature(body)}
    return PROVIDER.parse_push(config, headers, body, NOW)


def test_event_names_its_session(stripe: StripeStandIn, stripe_config: PaymentConfig) -> None:
    ref = PROVIDER.start(stripe_config, ORDER, ATTEMPT).provider_ref
    body = stripe.event(ref, "checkout.session.completed", id="evt_1")
    pushed = _push(stripe_config, stripe, body)
    assert (pushed.event_key, pushed.provider_ref) == ("evt_1", ref)


@pytest.mark.parametrize(
    "over", [{"type": "customer.created"}, {"livemode": True}, {"type": None}, {"livemode": None}]
)
def test_other_events_are_none_of_our_business(
    stripe: StripeStandIn, stripe_config: PaymentConfig, over: dict[str, Any]
) -> None:
    ref = PROVIDER.start(stripe_config, ORDER, ATTEMPT).provider_ref
    body = stripe.event(ref, "checkout.session.completed", **over)
    assert _push(stripe_config, stripe, body).provider_ref == ""


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b"{",
        b'{"id": 5}',
        b'{"id": "refused:2026112203:1"}',
        b'{"id": "evt_1", "type": "checkout.session.completed", "livemode": false}',
        b'{"id": "evt_1", "type": "checkout.session.completed", "livemode": false, "data": []}',
        (
            b'{"id": "evt_1", "type": "checkout.session.completed", "livemode": false,'
            b' "data": {"object": {"id": "pi_1"}}}'
        ),
        b"[" * 100_000,
        b"\xff\xfe",
        json.dumps({"id": "evt_" + "x" * 500}).encode(),
    ],
)
def test_signed_nonsense_is_malformed(
    stripe: StripeStandIn, stripe_config: PaymentConfig, body: bytes
) -> None:
    with pytest.raises(Malformed):
        _push(stripe_config, stripe, body)
