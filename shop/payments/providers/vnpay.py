"""VNPAY 2.1.0: cards and bank apps on VNPAY's page. Off without a contract's keys.

The only place where amounts are ×100. Dates are yyyyMMddHHmmss in Vietnam's time; our reference
begins with the date of its making, which asking and refunding need. Signed is what is sent: sorted
``k=quote_plus(v)``; a received hash is checked over the values as they were received, encoded.
The IPN is a GET and only a hint: the payment is asked about (``querydr``) before anything changes;
the return page only shows. Sources: facts, payments §4. Not tried against VNPAY itself: that a
payment also needs ``vnp_TransactionStatus`` 00, how a refund on its way is told (05, 06), and
whether an answer's hash covers the two promotion fields (either is taken).
"""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final
from urllib.parse import parse_qsl, quote_plus, urlencode

from shop.core.text import N_
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
    ProviderTxn,
    Pulled,
    Pushed,
    RefundFact,
    RefundFate,
    RefundView,
    VnpayConfig,
)

SLUG: Final = "vnpay"
VERSION: Final = "2.1.0"
LIFE: Final = timedelta(minutes=30)
GRACE: Final = timedelta(minutes=15)
MAX_AMOUNT: Final = 10**12

_VN = timezone(timedelta(hours=7))
_REF = re.compile(r"([0-9]{14})([A-Z0-9]{4,20})")
_TXN_NO = re.compile(r"[0-9A-Za-z]{1,30}")
_UNFINISHED: Final = frozenset({"01", "04", "05", "06", "07"})
_TAKEN: Final = "00"
_REPLIES: Final = {
    "duplicate": ("02", "Order already confirmed"),
    "unmatched": ("04", "Invalid amount"),
    "unknown": ("01", "Order not found"),
}


def _settings(config: PaymentConfig) -> VnpayConfig:
    if config.vnpay is None:
        raise ProviderRefused
    return config.vnpay


def sign(secret: str, text: str) -> str:
    """HMAC-SHA512, hexadecimal."""
    return hmac.new(secret.encode(), text.encode(), hashlib.sha512).hexdigest()


def _stamp(moment: datetime) -> str:
    return moment.astimezone(_VN).strftime("%Y%m%d%H%M%S")


def _moment(stamp: Any, now: datetime) -> datetime:
    try:
        read = datetime.strptime(str(stamp), "%Y%m%d%H%M%S").replace(tzinfo=_VN)
    except ValueError:
        return now
    return read.astimezone(UTC) if read <= now + timedelta(minutes=5) else now


def _start(config: PaymentConfig, order: OrderView, attempt: AttemptView) -> Instruction:
    settings = _settings(config)
    expires_at = attempt.expires_at or attempt.created_at + LIFE
    reference = f"{_stamp(attempt.created_at)}{order.code}"
    values = {
        "vnp_Version": VERSION,
        "vnp_Command": "pay",
        "vnp_TmnCode": settings.tmn_code,
        "vnp_Amount": str(attempt.amount_vnd * 100),
        "vnp_CurrCode": "VND",
        "vnp_TxnRef": reference,
        "vnp_OrderInfo": f"Don hang {order.code}",
        "vnp_OrderType": "other",
        "vnp_Locale": "en" if order.language == "en" else "vn",
        "vnp_ReturnUrl": config.order_link(order.code),
        "vnp_IpAddr": settings.ip_address,
        "vnp_CreateDate": _stamp(attempt.created_at),
        "vnp_ExpireDate": _stamp(expires_at),
    }
    query = urlencode(sorted(values.items()), quote_via=quote_plus)
    url = f"{settings.pay_url}?{query}&vnp_SecureHash={sign(settings.hash_secret, query)}"
    return Instruction(kind="url", url=url, provider_ref=reference, expires_at=expires_at)


def _parse_push(
    config: PaymentConfig, _headers: Mapping[str, str], body: bytes, _now: datetime
) -> Pushed:
    if config.vnpay is None:
        raise BadSignature
    try:
        text = body.decode("ascii")
        pairs = [part.partition("=")[::2] for part in text.split("&")]
        values = dict(parse_qsl(text, keep_blank_values=True, max_num_fields=60))
    except (UnicodeDecodeError, ValueError):
        raise Malformed from None
    _verify(config.vnpay, pairs)
    reference, number = values.get("vnp_TxnRef", ""), values.get("vnp_TransactionNo", "")
    if len(pairs) != len(values) or not _REF.fullmatch(reference):
        raise Malformed
    facts = [reference, number, values.get("vnp_ResponseCode"), values.get("vnp_TransactionStatus")]
    key = hashlib.sha256(json.dumps(facts).encode()).hexdigest()
    return Pushed(event_key=key, provider_ref=reference)


def _verify(settings: VnpayConfig, pairs: list[tuple[str, str]]) -> None:
    """Check the hash over the received, still encoded values. Raises BadSignature."""
    given = [value for name, value in pairs if name == "vnp_SecureHash"]
    signed = sorted(
        (name, value)
        for name, value in pairs
        if name.startswith("vnp_") and name not in {"vnp_SecureHash", "vnp_SecureHashType"}
    )
    expected = sign(settings.hash_secret, "&".join(f"{name}={value}" for name, value in signed))
    if len(given) != 1 or not hmac.compare_digest(expected.encode(), given[0].lower().encode()):
        raise BadSignature


def _call(settings: VnpayConfig, values: dict[str, str], signed: tuple[str, ...]) -> dict[str, Any]:
    """Ask ``api_url``; ``signed`` names the fields of the hash, in order. Raises ProviderSilent,
    Malformed for an answer that is not VNPAY's.
    """
    text = "|".join(values[name] for name in signed)
    body = values | {"vnp_SecureHash": sign(settings.hash_secret, text)}
    answer = send_json(settings.patience, "POST", settings.api_url, headers={}, values=body)
    _check_answer(settings, answer.values)
    return answer.values


_ANSWERED: Final = (
    "ResponseId",
    "Command",
    "ResponseCode",
    "Message",
    "TmnCode",
    "TxnRef",
    "Amount",
    "BankCode",
    "PayDate",
    "TransactionNo",
    "TransactionType",
    "TransactionStatus",
    "OrderInfo",
)
_PROMOTED: Final = (*_ANSWERED, "PromotionCode", "PromotionAmount")


def _check_answer(settings: VnpayConfig, answer: Mapping[str, Any]) -> None:
    given = str(answer.get("vnp_SecureHash", "")).lower().encode()
    texts = [
        "|".join("" if answer.get(f"vnp_{n}") is None else str(answer[f"vnp_{n}"]) for n in names)
        for names in (_PROMOTED, _ANSWERED)
    ]
    signed = [sign(settings.hash_secret, text).encode() for text in texts]
    if not any(hmac.compare_digest(one, given) for one in signed):
        raise Malformed


def _asked(settings: VnpayConfig, reference: str, now: datetime) -> dict[str, Any]:
    found = _REF.fullmatch(reference)
    if found is None:
        raise Malformed
    seed = f"{reference}|{now.timestamp()}"
    values = {
        "vnp_RequestId": hashlib.sha256(seed.encode()).hexdigest()[:32],
        "vnp_Version": VERSION,
        "vnp_Command": "querydr",
        "vnp_TmnCode": settings.tmn_code,
        "vnp_TxnRef": reference,
        "vnp_TransactionDate": found[1],
        "vnp_CreateDate": _stamp(now),
        "vnp_IpAddr": settings.ip_address,
        "vnp_OrderInfo": f"Hoi giao dich {found[2]}",
    }
    return _call(settings, values, tuple(values))


def _pull(config: PaymentConfig, provider_ref: str, now: datetime) -> Pulled:
    settings = _settings(config)
    answer = _asked(settings, provider_ref, now)
    is_over = _moment(provider_ref[:14], now) + LIFE + GRACE < now
    if answer.get("vnp_ResponseCode") == "91":
        return Pulled("expired" if is_over else "unknown")
    if answer.get("vnp_ResponseCode") != _TAKEN:
        return Pulled("open")
    if answer.get("vnp_TxnRef") != provider_ref or answer.get("vnp_TmnCode") != settings.tmn_code:
        raise Malformed
    status = str(answer.get("vnp_TransactionStatus"))
    was_refunded = str(answer.get("vnp_TransactionType")) in {"02", "03"}
    if was_refunded:
        return Pulled("open")
    if status == _TAKEN:
        return Pulled("succeeded", (_txn(answer, provider_ref, now),))
    if status in _UNFINISHED and not is_over:
        return Pulled("open")
    return Pulled("expired" if status in _UNFINISHED else "failed")


def _txn(answer: Mapping[str, Any], reference: str, now: datetime) -> ProviderTxn:
    """A payment. Raises Malformed."""
    amount, number = str(answer.get("vnp_Amount", "")), str(answer.get("vnp_TransactionNo", ""))
    if not re.fullmatch(r"[1-9][0-9]{2,15}", amount) or int(amount) % 100:
        raise Malformed
    if not _TXN_NO.fullmatch(number) or int(amount) // 100 > MAX_AMOUNT:
        raise Malformed
    return ProviderTxn(
        provider=SLUG,
        txn_id=f"{reference}:{number}",
        kind="charge",
        amount_vnd=int(amount) // 100,
        currency="VND",
        occurred_at=_moment(answer.get("vnp_PayDate"), now),
        raw_digest=hashlib.sha256(f"{reference}|{number}|{amount}".encode()).hexdigest(),
        order_hint=reference[14:],
        provider_ref=reference,
    )


def _refund(config: PaymentConfig, view: RefundView) -> RefundFact:
    """Ask for a refund; one on its way is asked about through its payment."""
    settings = _settings(config)
    reference, _, number = view.charge_id.partition(":")
    if not _REF.fullmatch(reference):
        raise Malformed
    if view.refund_id:
        return _fact(view, _asked(settings, reference, view.asked_at))
    values = {
        "vnp_RequestId": view.key[:32].replace("-", ""),
        "vnp_Version": VERSION,
        "vnp_Command": "refund",
        "vnp_TmnCode": settings.tmn_code,
        "vnp_TransactionType": "02" if view.amount_vnd == view.charge_vnd else "03",
        "vnp_TxnRef": reference,
        "vnp_Amount": str(view.amount_vnd * 100),
        "vnp_TransactionNo": number,
        "vnp_TransactionDate": reference[:14],
        "vnp_CreateBy": "cho-phien",
        "vnp_CreateDate": _stamp(view.asked_at),
        "vnp_IpAddr": settings.ip_address,
        "vnp_OrderInfo": f"Hoan tien {view.order_code}",
    }
    answer = _call(settings, values, tuple(values))
    code = answer.get("vnp_ResponseCode")
    if code not in {_TAKEN, "94"}:
        raise ProviderRefused
    return _fact(view, answer if code == _TAKEN else {})


def _fact(view: RefundView, answer: Mapping[str, Any]) -> RefundFact:
    status = str(answer.get("vnp_TransactionStatus"))
    is_refund = str(answer.get("vnp_TransactionType")) in {"02", "03"}
    fate: RefundFate = "pending"
    if is_refund and status in {_TAKEN, "09"}:
        fate = "succeeded" if status == _TAKEN else "failed"
    return RefundFact(
        refund_id=view.refund_id or f"refund:{view.key}",
        charge_id=view.charge_id,
        amount_vnd=view.amount_vnd,
        currency="VND",
        fate=fate,
        occurred_at=view.asked_at,
        raw_digest=hashlib.sha256(f"{view.key}|{status}".encode()).hexdigest(),
        key=view.key,
        fault=status if fate == "failed" else "",
    )


def _reply(outcome: str) -> tuple[int, dict[str, object] | None]:
    code, words = _REPLIES.get(outcome, ("00", "Confirm Success"))
    return 200, {"RspCode": code, "Message": words}


def _refusal(code: str) -> dict[str, object]:
    if code == "bad_signature":
        return {"RspCode": "97", "Message": "Invalid signature"}
    return {"RspCode": "99", "Message": "Input data required"}


PROVIDER = Provider(
    slug=SLUG,
    label=N_("Thẻ ATM, QR ngân hàng (VNPAY)"),
    hint=N_("Trả trên trang của VNPAY."),
    capabilities=Capabilities(
        redirect=True, push=True, pull=True, exact_amount=True, refund=True, operator_money=True
    ),
    hold=lambda _config: LIFE + 2 * GRACE,
    life=LIFE,
    grace=GRACE,
    start=_start,
    is_on=lambda config: config.vnpay is not None,
    parse_push=_parse_push,
    pull=_pull,
    refund=_refund,
    push_method="GET",
    reply=_reply,
    refusal=_refusal,
    order=35,
)
