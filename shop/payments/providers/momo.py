"""MoMo: the wallet's own page and app. Off without a contract's keys.

Amounts are whole đồng; ``requestId`` is MoMo's idempotency. What is signed is ``k=v`` joined by
``&``, raw, keys in alphabetical order, the access key among them; which keys differs per call. The
message (POST) is only a hint: the payment is asked about before anything changes, and MoMo wants
204 for an answer. Sources: facts, payments §4 (create, message and query are read from MoMo's own
repository; refund and its query from public integrations, not tried against MoMo).
"""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from shop.core.outgoing import is_safe_address
from shop.core.text import N_
from shop.payments.messages import read_object
from shop.payments.outgoing import send_json
from shop.payments.provider import (
    AttemptView,
    BadSignature,
    Capabilities,
    Instruction,
    Malformed,
    MomoConfig,
    OrderView,
    PaymentConfig,
    Provider,
    ProviderRefused,
    ProviderSilent,
    ProviderTxn,
    Pulled,
    Pushed,
    RefundFact,
    RefundFate,
    RefundView,
)

SLUG: Final = "momo"
LIFE: Final = timedelta(minutes=100)
"""How long MoMo's page stays payable when nothing is said (not in MoMo's own words)."""
GRACE: Final = timedelta(minutes=10)
MAX_AMOUNT: Final = 50_000_000
"""More than a wallet holds; a nonsense answer is far above."""
MESSAGE_FIELDS: Final = (
    "amount",
    "extraData",
    "message",
    "orderId",
    "orderInfo",
    "orderType",
    "partnerCode",
    "payType",
    "requestId",
    "responseTime",
    "resultCode",
    "transId",
)

_REF = re.compile(r"[A-Z0-9]{4,20}-[0-9a-f]{12}")
_PENDING: Final = frozenset({1000, 7000, 7002, 9000})


def _settings(config: PaymentConfig) -> MomoConfig:
    if config.momo is None:
        raise ProviderRefused
    return config.momo


def sign(settings: MomoConfig, values: Mapping[str, Any]) -> str:
    """The signature of these values and the access key, keys in alphabetical order."""
    signed = {"accessKey": settings.access_key, **values}
    text = "&".join(f"{name}={signed[name]}" for name in sorted(signed))
    return hmac.new(settings.secret_key.encode(), text.encode(), hashlib.sha256).hexdigest()


def _call(settings: MomoConfig, path: str, values: dict[str, Any], more: Any) -> dict[str, Any]:
    """Send signed ``values`` and unsigned ``more``; the answer. Raises ProviderSilent."""
    body = values | more | {"signature": sign(settings, values), "lang": "vi"}
    url = f"{settings.api_base}/v2/gateway/api/{path}"
    answer = send_json(settings.patience, "POST", url, headers={}, values=body).values
    if type(answer.get("resultCode")) is not int:
        raise ProviderSilent
    return answer


def _start(config: PaymentConfig, order: OrderView, attempt: AttemptView) -> Instruction:
    settings = _settings(config)
    reference = f"{order.code}-{attempt.idempotency_key[:12]}"
    values = {
        "amount": attempt.amount_vnd,
        "extraData": "",
        "ipnUrl": f"{config.public_url}/webhooks/momo",
        "orderId": reference,
        "orderInfo": f"Don hang {order.code}",
        "partnerCode": settings.partner_code,
        "redirectUrl": config.order_link(order.code),
        "requestId": attempt.idempotency_key,
        "requestType": settings.request_type,
    }
    answer = _call(settings, "create", values, {})
    url = answer.get("payUrl")
    if answer["resultCode"] != 0:
        raise ProviderRefused
    if answer.get("orderId") != reference or answer.get("amount") != attempt.amount_vnd:
        raise ProviderSilent
    if not isinstance(url, str) or not is_safe_address(url, api_base=settings.api_base):
        raise ProviderRefused
    return Instruction(kind="url", url=url, provider_ref=reference, expires_at=attempt.expires_at)


def _parse_push(
    config: PaymentConfig, _headers: Mapping[str, str], body: bytes, _now: datetime
) -> Pushed:
    if config.momo is None:
        raise BadSignature
    read = read_object(body)
    given = read.get("signature")
    values = {name: read.get(name, "") for name in MESSAGE_FIELDS}
    if not all(isinstance(one, (str, int)) for one in values.values()):
        raise Malformed
    try:
        expected = sign(config.momo, values).encode()
        is_good = isinstance(given, str) and hmac.compare_digest(expected, given.lower().encode())
    except UnicodeEncodeError:
        raise BadSignature from None
    if not is_good or read.get("partnerCode") != config.momo.partner_code:
        raise BadSignature
    reference = str(read["orderId"])
    if not _REF.fullmatch(reference):
        raise Malformed
    facts = [reference, read.get("requestId"), read.get("transId"), read.get("resultCode")]
    key = hashlib.sha256(json.dumps(facts).encode()).hexdigest()
    return Pushed(event_key=key, provider_ref=reference)


def _asked(settings: MomoConfig, path: str, reference: str, now: datetime) -> dict[str, Any]:
    values = {
        "orderId": reference,
        "partnerCode": settings.partner_code,
        "requestId": f"{reference}-{int(now.timestamp())}"[:50],
    }
    return _call(settings, path, values, {})


def _pull(config: PaymentConfig, provider_ref: str, now: datetime) -> Pulled:
    settings = _settings(config)
    if not _REF.fullmatch(provider_ref):
        raise Malformed
    answer = _asked(settings, "query", provider_ref, now)
    code = answer["resultCode"]
    if code == 0:
        return Pulled("succeeded", (_txn(settings, answer, provider_ref, now),))
    if code == 42:
        return Pulled("unknown")
    if code in _PENDING:
        return Pulled("open")
    return Pulled("expired" if code == 1005 else "failed")


def _txn(
    settings: MomoConfig, answer: Mapping[str, Any], reference: str, now: datetime
) -> ProviderTxn:
    """A payment. Raises Malformed."""
    amount, trans_id = answer.get("amount"), answer.get("transId")
    if answer.get("orderId") != reference or answer.get("partnerCode") != settings.partner_code:
        raise Malformed
    if type(amount) is not int or not 0 < amount <= MAX_AMOUNT:
        raise Malformed
    if type(trans_id) is not int or not 0 < trans_id < 10**30:
        raise Malformed
    return ProviderTxn(
        provider=SLUG,
        txn_id=str(trans_id),
        kind="charge",
        amount_vnd=amount,
        currency="VND",
        occurred_at=_instant(answer.get("responseTime"), now),
        raw_digest=hashlib.sha256(f"{reference}|{trans_id}|{amount}".encode()).hexdigest(),
        order_hint=reference.partition("-")[0],
        provider_ref=reference,
    )


def _instant(stamp: Any, now: datetime) -> datetime:
    """Milliseconds; unreadable or ahead of us, it is now."""
    if type(stamp) is int and 0 < stamp <= (now.timestamp() + 300) * 1000:
        return datetime.fromtimestamp(stamp / 1000, UTC)
    return now


def _refund(config: PaymentConfig, view: RefundView) -> RefundFact:
    """Make a refund under a name of its own, or ask about it by that name."""
    settings = _settings(config)
    name = f"R{view.key[:34]}"
    if view.refund_id or view.is_repeat:
        answer = _asked(settings, "refund/query", name, view.asked_at)
        if view.refund_id or answer["resultCode"] in {0, *_PENDING}:
            return _fact(view, name, answer["resultCode"])
    if not view.charge_id.isdigit():
        raise Malformed
    values = {
        "amount": view.amount_vnd,
        "description": f"Hoan tien {view.order_code}",
        "orderId": name,
        "partnerCode": settings.partner_code,
        "requestId": name,
        "transId": int(view.charge_id),
    }
    code = _call(settings, "refund", values, {})["resultCode"]
    if code not in {0, *_PENDING}:
        raise ProviderRefused
    return _fact(view, name, code)


def _fact(view: RefundView, name: str, code: int) -> RefundFact:
    fate: RefundFate = "pending" if code in _PENDING else "succeeded" if code == 0 else "failed"
    return RefundFact(
        refund_id=name,
        charge_id=view.charge_id,
        amount_vnd=view.amount_vnd,
        currency="VND",
        fate=fate,
        occurred_at=view.asked_at,
        raw_digest=hashlib.sha256(f"{name}|{code}".encode()).hexdigest(),
        key=view.key,
        fault=str(code) if fate == "failed" else "",
    )


PROVIDER = Provider(
    slug=SLUG,
    label=N_("Ví MoMo"),
    hint=N_("Trả trong ứng dụng hoặc trên trang của MoMo."),
    capabilities=Capabilities(
        redirect=True, push=True, pull=True, exact_amount=True, refund=True, operator_money=True
    ),
    hold=lambda _config: LIFE + 2 * GRACE,
    life=LIFE,
    grace=GRACE,
    start=_start,
    is_on=lambda config: config.momo is not None,
    parse_push=_parse_push,
    pull=_pull,
    refund=_refund,
    reply=lambda _outcome: (204, None),
    order=36,
)
