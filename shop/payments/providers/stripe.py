"""Cards through Stripe Checkout. Off unless keys are set; the money goes to the operator's account.

VND is zero-decimal at Stripe: 125000 is 125 000 đồng. One line item equal to the order's total, so
that Stripe's ``amount_total`` is ours exactly. Neither ``payment_method_types`` nor ``ui_mode`` is
sent: newer versions refuse them and their defaults are what we want. Every event is a hint only:
the session is read again from the API, which takes the order of messages out of the matter.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from shop.core.outgoing import is_safe_address
from shop.core.text import N_
from shop.payments import stripe_api, stripe_refunds
from shop.payments.messages import read_object
from shop.payments.provider import (
    AttemptView,
    BadSignature,
    Capabilities,
    Instruction,
    Malformed,
    OrderView,
    PaymentConfig,
    Provider,
    ProviderRefused,
    ProviderSilent,
    ProviderTxn,
    Pulled,
    Pushed,
    RefundFact,
    RefundView,
    StripeConfig,
)
from shop.payments.stripe_refunds import DISPUTE_ID, INTENT_ID, REFUND_ID

SLUG = "stripe"
SESSION_LIFE = timedelta(minutes=60)
"""Stripe takes 30 minutes to 24 hours, counted from the call; a late retry must still fit."""
GRACE = timedelta(minutes=15)
"""Our hold outlasts the session, so a payment in its last minute still finds the goods."""
MAX_AMOUNT = 10**12

_SESSION_ID = re.compile(r"cs_[A-Za-z0-9_]{1,100}")
_EVENT_ID = re.compile(r"evt_[A-Za-z0-9_]{1,100}")
_OURS: Mapping[str, tuple[str, re.Pattern[str]]] = {
    "checkout.session.completed": ("id", _SESSION_ID),
    "checkout.session.async_payment_succeeded": ("id", _SESSION_ID),
    "checkout.session.async_payment_failed": ("id", _SESSION_ID),
    "checkout.session.expired": ("id", _SESSION_ID),
    "refund.created": ("id", REFUND_ID),
    "refund.updated": ("id", REFUND_ID),
    "refund.failed": ("id", REFUND_ID),
    "charge.refunded": ("payment_intent", INTENT_ID),
    "charge.dispute.created": ("id", DISPUTE_ID),
    "charge.dispute.updated": ("id", DISPUTE_ID),
    "charge.dispute.closed": ("id", DISPUTE_ID),
    "charge.dispute.funds_withdrawn": ("id", DISPUTE_ID),
    "charge.dispute.funds_reinstated": ("id", DISPUTE_ID),
}
"""Events that matter, and which field of theirs names the thing to ask about."""
_FAILED_INTENTS = frozenset({"requires_payment_method", "canceled"})


def _settings(config: PaymentConfig) -> StripeConfig:
    if config.stripe is None:
        raise ProviderRefused
    return config.stripe


def _start(config: PaymentConfig, order: OrderView, attempt: AttemptView) -> Instruction:
    settings = _settings(config)
    back = config.order_link(order.code)
    named = {"order_id": order.code}
    session = stripe_api.call(
        settings,
        "POST",
        "/v1/checkout/sessions",
        key=f"{attempt.idempotency_key}:create:1",
        values={
            "mode": "payment",
            "client_reference_id": order.code,
            "locale": order.language,
            "customer_email": order.email,
            "expires_at": attempt.expires_at,
            "success_url": back,
            "cancel_url": back,
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": "vnd",
                        "unit_amount": attempt.amount_vnd,
                        "product_data": {"name": f"{order.code} · {order.producer_name}"[:250]},
                    },
                }
            ],
            "metadata": named,
            "payment_intent_data": {"metadata": named},
        },
    )
    session_id, url = str(session.get("id", "")), str(session.get("url") or "")
    if not _SESSION_ID.fullmatch(session_id):
        raise ProviderSilent
    if not is_safe_address(url, api_base=settings.api_base):
        raise ProviderRefused
    return Instruction(kind="url", url=url, provider_ref=session_id, expires_at=attempt.expires_at)


def _parse_push(
    config: PaymentConfig, headers: Mapping[str, str], body: bytes, now: datetime
) -> Pushed:
    if config.stripe is None:
        raise BadSignature
    settings = config.stripe
    stripe_api.verify_signature(settings, headers.get("Stripe-Signature", ""), body, now)
    event = read_object(body)
    event_id, kind = event.get("id"), str(event.get("type"))
    if not isinstance(event_id, str) or not _EVENT_ID.fullmatch(event_id):
        raise Malformed
    if event.get("livemode") is not settings.is_live or kind not in _OURS:
        return Pushed(event_key=event_id, provider_ref="")
    data = event.get("data")
    thing = data.get("object") if isinstance(data, dict) else None
    field, pattern = _OURS[kind]
    name = thing.get(field) if isinstance(thing, dict) else None
    if name is None and field != "id":
        return Pushed(event_key=event_id, provider_ref="")
    if not isinstance(name, str) or not pattern.fullmatch(name):
        raise Malformed
    return Pushed(event_key=event_id, provider_ref=name)


def _pull(config: PaymentConfig, provider_ref: str, now: datetime) -> Pulled:
    settings = _settings(config)
    if not _SESSION_ID.fullmatch(provider_ref):
        return _pull_beside(settings, provider_ref, now)
    session = stripe_api.call(
        settings,
        "GET",
        f"/v1/checkout/sessions/{provider_ref}",
        values={"expand": ["payment_intent"]},
    )
    if session.get("id") != provider_ref or session.get("livemode") is not settings.is_live:
        raise Malformed
    return _read_session(session, now)


def _pull_beside(settings: StripeConfig, name: str, now: datetime) -> Pulled:
    """What is known of a refund, a dispute or a payment's refunds, and of the charge behind it.

    The charge comes along, so that it does not matter which message arrives first.
    """
    if DISPUTE_ID.fullmatch(name):
        dispute = stripe_refunds.dispute_called(settings, name, now)
        charge = _charge_of(settings, dispute.charge_id, now)
        return Pulled("open", charge, disputes=(dispute,)) if charge else Pulled("open")
    if REFUND_ID.fullmatch(name):
        refunds = [stripe_refunds.refund_called(settings, name, now)]
    elif INTENT_ID.fullmatch(name):
        refunds = stripe_refunds.refunds_of(settings, name, now)
    else:
        raise Malformed
    charge = _charge_of(settings, refunds[0].charge_id, now) if refunds else ()
    return Pulled("open", charge, refunds=tuple(refunds)) if charge else Pulled("open")


def _charge_of(settings: StripeConfig, intent_id: str, now: datetime) -> tuple[ProviderTxn, ...]:
    session = stripe_refunds.session_of(settings, intent_id)
    if session is None or session.get("livemode") is not settings.is_live:
        return ()
    return _read_session(session, now).txns


def _refund(config: PaymentConfig, view: RefundView) -> RefundFact:
    return stripe_refunds.make_refund(_settings(config), view, view.asked_at)


def _read_session(session: Mapping[str, Any], now: datetime) -> Pulled:
    """What a session says about money. Raises Malformed."""
    status, paid = session.get("status"), session.get("payment_status")
    if paid == "paid" and status == "complete":
        return Pulled("succeeded", (_txn(session, "charge", now),))
    if status == "expired":
        return Pulled("expired")
    intent = session.get("payment_intent")
    has_failed = isinstance(intent, dict) and intent.get("status") in _FAILED_INTENTS
    if status == "complete" and paid == "unpaid" and has_failed:
        return Pulled("failed", (_txn(session, "charge_failed", now),))
    return Pulled("open")


def _txn(session: Mapping[str, Any], kind: Any, now: datetime) -> ProviderTxn:
    intent = session.get("payment_intent")
    intent_id = intent.get("id") if isinstance(intent, dict) else intent
    amount, currency = session.get("amount_total"), session.get("currency")
    metadata = session.get("metadata")
    order_code = metadata.get("order_id") if isinstance(metadata, dict) else None
    if not isinstance(intent_id, str) or not INTENT_ID.fullmatch(intent_id):
        raise Malformed
    if type(amount) is not int or not 0 < amount <= MAX_AMOUNT:
        raise Malformed
    if not isinstance(currency, str) or not re.fullmatch(r"[A-Za-z]{3}", currency):
        raise Malformed
    facts = [session["id"], intent_id, amount, currency, session.get("payment_status"), order_code]
    return ProviderTxn(
        provider=SLUG,
        txn_id=intent_id,
        kind=kind,
        amount_vnd=amount,
        currency=currency.upper(),
        occurred_at=_instant(intent.get("created") if isinstance(intent, dict) else None, now),
        raw_digest=hashlib.sha256(json.dumps(facts).encode()).hexdigest(),
        order_hint=order_code if isinstance(order_code, str) else "",
        provider_ref=session["id"],
    )


def _instant(stamp: Any, now: datetime) -> datetime:
    if type(stamp) is int and 0 < stamp <= now.timestamp() + 300:
        return datetime.fromtimestamp(stamp, UTC)
    return now


def _cancel(config: PaymentConfig, attempt: AttemptView) -> None:
    if attempt.provider_ref:
        stripe_api.call(
            _settings(config),
            "POST",
            f"/v1/checkout/sessions/{attempt.provider_ref}/expire",
            key=f"{attempt.idempotency_key}:expire:1",
        )


PROVIDER = Provider(
    slug=SLUG,
    label=N_("Thẻ quốc tế (Stripe)"),
    hint=N_("Visa, Mastercard, JCB; trả trên trang của Stripe."),
    capabilities=Capabilities(
        redirect=True,
        push=True,
        pull=True,
        exact_amount=True,
        expires=True,
        refund=True,
        operator_money=True,
    ),
    hold=lambda _config: SESSION_LIFE + 2 * GRACE,
    life=SESSION_LIFE,
    grace=GRACE,
    start=_start,
    is_on=lambda config: config.stripe is not None,
    parse_push=_parse_push,
    pull=_pull,
    cancel=_cancel,
    refund=_refund,
    order=30,
)
