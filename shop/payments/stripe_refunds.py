"""What Stripe says about refunds and disputes, as facts; and asking it for a refund.

A dispute's money is read from how many balance transactions it has (one: withdrawn, two: reinstated
as well), never from their amounts, which are in the account's own currency. Sources: Stripe API
reference, "The Refund object", "The Dispute object".
"""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from shop.payments import stripe_api
from shop.payments.provider import (
    DisputeFact,
    DisputeState,
    Malformed,
    ProviderSilent,
    RefundFact,
    RefundFate,
    RefundView,
    StripeConfig,
)

MAX_AMOUNT: Final = 10**12
REFUND_ID: Final = re.compile(r"re_[A-Za-z0-9_]{1,100}")
INTENT_ID: Final = re.compile(r"pi_[A-Za-z0-9_]{1,100}")
DISPUTE_ID: Final = re.compile(r"d[pu]_[A-Za-z0-9_]{1,100}")

_FATES: Final[Mapping[str, RefundFate]] = {
    "pending": "pending",
    "requires_action": "pending",
    "succeeded": "succeeded",
    "failed": "failed",
    "canceled": "failed",
}
_ENDS: Final[Mapping[str, DisputeState]] = {
    "won": "won",
    "lost": "lost",
    "warning_closed": "closed",
    "charge_refunded": "closed",
    "prevented": "closed",
}


def make_refund(settings: StripeConfig, view: RefundView, now: datetime) -> RefundFact:
    """Make the refund, or find the one already made. Raises ProviderSilent, ProviderRefused."""
    if view.refund_id:
        return read_refund(_get(settings, f"/v1/refunds/{view.refund_id}"), now)
    if not INTENT_ID.fullmatch(view.charge_id):
        raise Malformed
    if view.is_repeat:
        for known in refunds_of(settings, view.charge_id, now):
            if known.key == view.key:
                return known
    made = stripe_api.call(
        settings,
        "POST",
        "/v1/refunds",
        key=f"{view.key}:refund:1",
        values={
            "payment_intent": view.charge_id,
            "amount": view.amount_vnd,
            "reason": "requested_by_customer",
            "metadata": {"order_id": view.order_code, "refund_key": view.key},
        },
    )
    try:
        return read_refund(made, now)
    except Malformed:
        raise ProviderSilent from None


def _get(settings: StripeConfig, path: str, **values: Any) -> dict[str, Any]:
    return stripe_api.call(settings, "GET", path, values=values)


def refunds_of(settings: StripeConfig, intent_id: str, now: datetime) -> list[RefundFact]:
    """Every refund of a payment, those made in the dashboard too. Raises Malformed."""
    listed = _get(settings, "/v1/refunds", payment_intent=intent_id, limit=100).get("data")
    if not isinstance(listed, list):
        raise Malformed
    return [read_refund(one, now) for one in listed]


def refund_called(settings: StripeConfig, refund_id: str, now: datetime) -> RefundFact:
    """One refund. Raises Malformed."""
    return read_refund(_get(settings, f"/v1/refunds/{refund_id}"), now)


def dispute_called(settings: StripeConfig, dispute_id: str, now: datetime) -> DisputeFact:
    """One dispute. Raises Malformed."""
    thing = _get(settings, f"/v1/disputes/{dispute_id}")
    if thing.get("id") != dispute_id or thing.get("livemode") is not settings.is_live:
        raise Malformed
    return _read_dispute(thing, now)


def session_of(settings: StripeConfig, intent_id: str) -> dict[str, Any] | None:
    """The checkout session that a payment came by; None for a payment that is none of ours."""
    listed = _get(
        settings,
        "/v1/checkout/sessions",
        payment_intent=intent_id,
        limit=1,
        expand=["data.payment_intent"],
    ).get("data")
    first = listed[0] if isinstance(listed, list) and listed else None
    return first if isinstance(first, dict) else None


def read_refund(thing: Any, now: datetime) -> RefundFact:
    """A refund object as a fact. Raises Malformed."""
    if not isinstance(thing, dict):
        raise Malformed
    metadata = thing.get("metadata")
    key = metadata.get("refund_key") if isinstance(metadata, dict) else None
    status = str(thing.get("status"))
    if status not in _FATES:
        raise Malformed
    facts = [thing.get("id"), thing.get("payment_intent"), thing.get("amount"), status]
    return RefundFact(
        refund_id=_named(REFUND_ID, thing.get("id")),
        charge_id=_named(INTENT_ID, _id_of(thing.get("payment_intent"))),
        amount_vnd=_amount(thing.get("amount")),
        currency=_currency(thing.get("currency")),
        fate=_FATES[status],
        occurred_at=_instant(thing.get("created"), now),
        raw_digest=_digest(facts),
        key=key if isinstance(key, str) else "",
        fault=str(thing.get("failure_reason") or "")[:60],
    )


def _read_dispute(thing: Mapping[str, Any], now: datetime) -> DisputeFact:
    status = thing.get("status")
    moves = thing.get("balance_transactions")
    details = thing.get("evidence_details")
    due = details.get("due_by") if isinstance(details, dict) else None
    if not isinstance(status, str) or not isinstance(moves, list):
        raise Malformed
    facts = [thing["id"], _id_of(thing.get("payment_intent")), status, len(moves)]
    return DisputeFact(
        dispute_id=thing["id"],
        charge_id=_named(INTENT_ID, _id_of(thing.get("payment_intent"))),
        amount=_amount(thing.get("amount")),
        currency=_currency(thing.get("currency")),
        state=_ENDS.get(status, "open"),
        status=status[:40],
        reason=str(thing.get("reason") or "")[:40],
        opened_at=_instant(thing.get("created"), now),
        raw_digest=_digest(facts),
        is_withdrawn=len(moves) >= 1,
        is_reinstated=len(moves) >= 2,
        answer_by=_future(due),
    )


def _id_of(thing: Any) -> Any:
    """An expandable field's id, whether or not it was expanded."""
    return thing.get("id") if isinstance(thing, dict) else thing


def _named(pattern: re.Pattern[str], value: Any) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise Malformed
    return value


def _amount(value: Any) -> int:
    if type(value) is not int or not 0 < value <= MAX_AMOUNT:
        raise Malformed
    return value


def _currency(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z]{3}", value):
        raise Malformed
    return value.upper()


def _instant(stamp: Any, now: datetime) -> datetime:
    if type(stamp) is int and 0 < stamp <= now.timestamp() + 300:
        return datetime.fromtimestamp(stamp, UTC)
    return now


def _future(stamp: Any) -> datetime | None:
    return datetime.fromtimestamp(stamp, UTC) if type(stamp) is int and 0 < stamp < 2**33 else None


def _digest(facts: list[Any]) -> str:
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()
