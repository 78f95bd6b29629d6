"""ZaloPay v2: the wallet's own page and app. Off without a contract's keys.

``key1`` signs what we ask (fields joined by ``|``), ``key2`` the callback's ``data`` text. Our
reference begins with the day in Vietnam's time, as ZaloPay demands. The callback comes only on
success and is only a hint: the payment is asked about before anything changes. It is answered with
``return_code`` 1 (taken), 2 (known before). Sources: facts, payments §4; that ``key2`` signs
callbacks and what the codes mean is read in public integrations, not tried against ZaloPay.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
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
    ZalopayConfig,
)

SLUG: Final = "zalopay"
LIFE: Final = timedelta(minutes=15)
GRACE: Final = timedelta(minutes=10)
MAX_AMOUNT: Final = 10**9

_VN = timezone(timedelta(hours=7))
_REF = re.compile(r"([0-9]{6})_([A-Z0-9]{4,20})x([0-9a-f]{8})")
_SUCCEEDED, _FAILED, _PENDING = 1, 2, 3


def _settings(config: PaymentConfig) -> ZalopayConfig:
    if config.zalopay is None:
        raise ProviderRefused
    return config.zalopay


def mac(key: str, *parts: Any) -> str:
    """HMAC-SHA256 over the parts joined by ``|``, hexadecimal."""
    text = "|".join(map(str, parts))
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()


def _day(moment: datetime) -> str:
    return moment.astimezone(_VN).strftime("%y%m%d")


def _call(settings: ZalopayConfig, path: str, values: dict[str, Any]) -> dict[str, Any]:
    url = f"{settings.api_base}/v2/{path}"
    answer = send_json(settings.patience, "POST", url, headers={}, values=values).values
    if type(answer.get("return_code")) is not int:
        raise ProviderSilent
    return answer


def _start(config: PaymentConfig, order: OrderView, attempt: AttemptView) -> Instruction:
    settings = _settings(config)
    reference = f"{_day(attempt.created_at)}_{order.code}x{attempt.idempotency_key[:8]}"
    values: dict[str, Any] = {
        "app_id": settings.app_id,
        "app_trans_id": reference,
        "app_user": "cho-phien",
        "amount": attempt.amount_vnd,
        "app_time": int(attempt.created_at.timestamp() * 1000),
        "embed_data": json.dumps({"redirecturl": config.order_link(order.code)}),
        "item": "[]",
    }
    signed = mac(
        settings.key1,
        *(values[name] for name in ("app_id", "app_trans_id", "app_user", "amount", "app_time")),
        values["embed_data"],
        values["item"],
    )
    more = {
        "mac": signed,
        "description": f"Don hang {order.code}",
        "bank_code": "",
        "callback_url": f"{config.public_url}/webhooks/zalopay",
        "expire_duration_seconds": int(LIFE.total_seconds()),
    }
    answer = _call(settings, "create", values | more)
    url = answer.get("order_url")
    if answer["return_code"] != _SUCCEEDED:
        raise ProviderRefused
    if not isinstance(url, str) or not is_safe_address(url, api_base=settings.api_base):
        raise ProviderRefused
    return Instruction(kind="url", url=url, provider_ref=reference, expires_at=attempt.expires_at)


def _parse_push(
    config: PaymentConfig, _headers: Mapping[str, str], body: bytes, _now: datetime
) -> Pushed:
    if config.zalopay is None:
        raise BadSignature
    read = read_object(body)
    data, given = read.get("data"), read.get("mac")
    if not isinstance(data, str) or not isinstance(given, str):
        raise Malformed
    try:
        expected = mac(config.zalopay.key2, data).encode()
        is_good = hmac.compare_digest(expected, given.lower().encode())
    except UnicodeEncodeError:
        raise BadSignature from None
    if not is_good:
        raise BadSignature
    return _pushed(config.zalopay, data)


def _pushed(settings: ZalopayConfig, data: str) -> Pushed:
    """What a verified callback names. Raises Malformed."""
    told = read_object(data)
    reference = told.get("app_trans_id")
    if not isinstance(reference, str) or not _REF.fullmatch(reference):
        raise Malformed
    if told.get("app_id") != settings.app_id:
        raise Malformed
    facts = json.dumps([reference, told.get("zp_trans_id")])
    return Pushed(hashlib.sha256(facts.encode()).hexdigest(), reference)


def _pull(config: PaymentConfig, provider_ref: str, now: datetime) -> Pulled:
    settings = _settings(config)
    if not _REF.fullmatch(provider_ref):
        raise Malformed
    answer = _call(
        settings,
        "query",
        {
            "app_id": settings.app_id,
            "app_trans_id": provider_ref,
            "mac": mac(settings.key1, settings.app_id, provider_ref, settings.key1),
        },
    )
    if answer["return_code"] == _SUCCEEDED:
        return Pulled("succeeded", (_txn(answer, provider_ref, now),))
    return Pulled("open" if answer["return_code"] == _PENDING else "failed")


def _txn(answer: Mapping[str, Any], reference: str, now: datetime) -> ProviderTxn:
    """A payment. Raises Malformed."""
    amount, trans_id = answer.get("amount"), answer.get("zp_trans_id")
    if type(amount) is not int or not 0 < amount <= MAX_AMOUNT:
        raise Malformed
    if not re.fullmatch(r"[1-9][0-9]{0,29}", str(trans_id)):
        raise Malformed
    found = _REF.fullmatch(reference)
    return ProviderTxn(
        provider=SLUG,
        txn_id=str(trans_id),
        kind="charge",
        amount_vnd=amount,
        currency="VND",
        occurred_at=_instant(answer.get("server_time"), now),
        raw_digest=hashlib.sha256(f"{reference}|{trans_id}|{amount}".encode()).hexdigest(),
        order_hint=found[2] if found else "",
        provider_ref=reference,
    )


def _instant(stamp: Any, now: datetime) -> datetime:
    """Milliseconds; unreadable or ahead of us, it is now."""
    if type(stamp) is int and 0 < stamp <= (now.timestamp() + 300) * 1000:
        return datetime.fromtimestamp(stamp / 1000, UTC)
    return now


def refund_name(settings: ZalopayConfig, key: str, day: str) -> str:
    """ZaloPay's form of a refund's name: the day, the application, a number of ours."""
    number = int(hashlib.sha256(key.encode()).hexdigest()[:12], 16)
    return f"{day}_{settings.app_id}_{number:015d}"


def _refund(config: PaymentConfig, view: RefundView) -> RefundFact:
    """Make a refund, or ask about it; after a lost answer, ask by every day it may bear."""
    settings = _settings(config)
    if view.refund_id:
        return _fact(view, view.refund_id, _refund_asked(settings, view.refund_id, view.asked_at))
    today = _day(view.asked_at)
    if view.is_repeat:
        earlier = (today, _day(view.asked_at - timedelta(days=1)), _day(view.created_at))
        for name in (refund_name(settings, view.key, day) for day in earlier):
            code = _refund_asked(settings, name, view.asked_at)
            if code in {_SUCCEEDED, _PENDING}:
                return _fact(view, name, code)
    name, stamp = refund_name(settings, view.key, today), _milliseconds(view.asked_at)
    words = f"Hoan tien {view.order_code}"
    signed = mac(settings.key1, settings.app_id, view.charge_id, view.amount_vnd, words, stamp)
    values = {
        "app_id": settings.app_id,
        "m_refund_id": name,
        "zp_trans_id": view.charge_id,
        "amount": view.amount_vnd,
        "description": words,
        "timestamp": stamp,
        "mac": signed,
    }
    code = _call(settings, "refund", values)["return_code"]
    if code not in {_SUCCEEDED, _PENDING}:
        raise ProviderRefused
    return _fact(view, name, code)


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _refund_asked(settings: ZalopayConfig, name: str, now: datetime) -> int:
    stamp = _milliseconds(now)
    signed = mac(settings.key1, settings.app_id, name, stamp)
    values = {"app_id": settings.app_id, "m_refund_id": name, "timestamp": stamp, "mac": signed}
    return int(_call(settings, "query_refund", values)["return_code"])


def _fact(view: RefundView, name: str, code: int) -> RefundFact:
    fates: dict[int, RefundFate] = {_SUCCEEDED: "succeeded", _FAILED: "failed"}
    return RefundFact(
        refund_id=name,
        charge_id=view.charge_id,
        amount_vnd=view.amount_vnd,
        currency="VND",
        fate=fates.get(code, "pending"),
        occurred_at=view.asked_at,
        raw_digest=hashlib.sha256(f"{name}|{code}".encode()).hexdigest(),
        key=view.key,
        fault=str(code) if code == _FAILED else "",
    )


def _reply(outcome: str) -> tuple[int, dict[str, object] | None]:
    code = 2 if outcome == "duplicate" else 1
    return 200, {"return_code": code, "return_message": outcome}


PROVIDER = Provider(
    slug=SLUG,
    label=N_("Ví ZaloPay"),
    hint=N_("Trả trong ứng dụng hoặc trên trang của ZaloPay."),
    capabilities=Capabilities(
        redirect=True, push=True, pull=True, exact_amount=True, refund=True, operator_money=True
    ),
    hold=lambda _config: LIFE + 2 * GRACE,
    life=LIFE,
    grace=GRACE,
    start=_start,
    is_on=lambda config: config.zalopay is not None,
    parse_push=_parse_push,
    pull=_pull,
    refund=_refund,
    reply=_reply,
    order=37,
)
