"""payOS: a page with a transfer QR of its own, for accounts that have a channel there.

The money goes to the bank account behind the channel. So payOS is offered only by producers whose
payee account in force is exactly that one, and nobody holds a buyer's money for them. Source: the
official library's repository and payOS' page "Webhook" (facts, payments §3): the request's
signature covers exactly five fields; that of messages and answers covers ``data``, keys sorted.
A message is a hint only: the link is read again from the API.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

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
    PayosChannel,
    PayosConfig,
    Provider,
    ProviderRefused,
    ProviderSilent,
    ProviderTxn,
    Pulled,
    Pushed,
)

SLUG = "payos"
LIFE = timedelta(minutes=30)
GRACE = timedelta(minutes=10)
MAX_AMOUNT = 10**12
SIGNED_FIELDS = ("amount", "cancelUrl", "description", "orderCode", "returnUrl")
PATH = "/v2/payment-requests"

_VN = timezone(timedelta(hours=7))
_REF = re.compile(r"([0-9a-f]{8})\.([0-9]{1,16})")
"""Our name of a link: its channel (``tag_of``) and its order code there."""
_LINK_ID = re.compile(r"[A-Za-z0-9_-]{1,58}")
_REFERENCE = re.compile(r"[A-Za-z0-9._:/\\-]{1,60}")
_FATES = {
    "PENDING": "open",
    "UNDERPAID": "open",
    "PROCESSING": "open",
    "PAID": "succeeded",
    "EXPIRED": "expired",
    "CANCELLED": "expired",
    "FAILED": "failed",
}


def _settings(config: PaymentConfig) -> PayosConfig:
    if config.payos is None:
        raise ProviderRefused
    return config.payos


def request_signature(key: str, values: Mapping[str, Any]) -> str:
    """The signature of a request for a link: of exactly SIGNED_FIELDS."""
    return _hmac(key, "&".join(f"{name}={values[name]}" for name in SIGNED_FIELDS))


def data_signature(key: str, data: Mapping[str, Any]) -> str:
    """The signature of ``data`` in a message or an answer: ``k=v&…``, keys sorted, null empty,
    lists as compact JSON whose objects have sorted keys.
    """
    return _hmac(key, "&".join(f"{name}={_signed(data[name])}" for name in sorted(data)))


def _signed(value: Any) -> str:
    if value is None or value in ("null", "undefined"):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, dict)):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return str(value)


def _hmac(key: str, text: str) -> str:
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()


def order_code_of(idempotency_key: str) -> int:
    """The whole number payOS knows an attempt by: 52 bits of its key, the same at each retry."""
    return int(hashlib.sha256(idempotency_key.encode()).hexdigest()[:13], 16) or 1


def tag_of(channel: PayosChannel) -> str:
    """A short name of a channel that stays when others come and go."""
    return hashlib.sha256(channel.client_id.encode()).hexdigest()[:8]


def _channel_for(settings: PayosConfig, attempt: AttemptView) -> PayosChannel:
    payee = (attempt.account_bin, attempt.account_number)
    for channel in settings.channels:
        if payee == (channel.account_bin, channel.account_number):
            return channel
    raise ProviderRefused


def _channel_of(settings: PayosConfig, provider_ref: str) -> tuple[PayosChannel, str]:
    """The channel and order code that ``provider_ref`` names. Raises Malformed."""
    found = _REF.fullmatch(provider_ref)
    for channel in settings.channels:
        if found is not None and tag_of(channel) == found[1]:
            return channel, found[2]
    raise Malformed


def _call(
    settings: PayosConfig, channel: PayosChannel, method: str, path: str, values: Any = None
) -> dict[str, Any] | None:
    """The ``data`` of an answer; None when payOS says no. Raises ProviderSilent, ProviderRefused
    for bad credentials, Malformed for an answer whose signature is wrong.
    """
    answer = send_json(
        settings.patience,
        method,
        settings.api_base + path,
        headers={"x-client-id": channel.client_id, "x-api-key": channel.api_key},
        values=values,
    )
    if answer.status in {401, 403}:
        raise ProviderRefused
    data = answer.values.get("data")
    if answer.values.get("code") != "00" or not isinstance(data, dict):
        return None
    signature = answer.values.get("signature")
    expected = data_signature(channel.checksum_key, data)
    if signature is not None and not hmac.compare_digest(
        expected.encode(), str(signature).encode()
    ):
        raise Malformed
    return data


def _start(config: PaymentConfig, order: OrderView, attempt: AttemptView) -> Instruction:
    settings = _settings(config)
    channel = _channel_for(settings, attempt)
    back = config.order_link(order.code)
    code = order_code_of(attempt.idempotency_key)
    values: dict[str, Any] = {
        "orderCode": code,
        "amount": attempt.amount_vnd,
        "description": order.code,
        "cancelUrl": back,
        "returnUrl": back,
    }
    values["signature"] = request_signature(channel.checksum_key, values)
    if attempt.expires_at is not None:
        values["expiredAt"] = int(attempt.expires_at.timestamp())
    made = _call(settings, channel, "POST", PATH, values)
    url = made.get("checkoutUrl") if made is not None else None
    if made is None:
        made, url = _made_before(settings, channel, code)
    if made.get("orderCode") != code or made.get("amount") != attempt.amount_vnd:
        raise ProviderSilent
    if not isinstance(url, str) or not is_safe_address(url, api_base=settings.api_base):
        raise ProviderRefused
    return Instruction(
        kind="url",
        url=url,
        provider_ref=f"{tag_of(channel)}.{code}",
        expires_at=attempt.expires_at,
    )


def _made_before(
    settings: PayosConfig, channel: PayosChannel, code: int
) -> tuple[dict[str, Any], str]:
    """The link that an earlier call made although its answer was lost, and its address.

    payOS refuses an order code that it knows. Raises ProviderRefused when there is no such link.
    """
    link = _call(settings, channel, "GET", f"{PATH}/{code}")
    if link is None or not _LINK_ID.fullmatch(str(link.get("id"))):
        raise ProviderRefused
    return link, settings.checkout_url.replace("{id}", str(link["id"]))


def _parse_push(
    config: PaymentConfig, _headers: Mapping[str, str], body: bytes, _now: datetime
) -> Pushed:
    if config.payos is None:
        raise BadSignature
    read = read_object(body)
    data = read.get("data")
    if not isinstance(data, dict):
        raise Malformed
    tag = tag_of(_signer(config.payos, data, read.get("signature")))
    code, link, reference = data.get("orderCode"), data.get("paymentLinkId"), data.get("reference")
    if type(code) is not int or not 0 <= code < 2**53:
        raise Malformed
    if not isinstance(link, str) or not isinstance(reference, str):
        raise Malformed
    key = hashlib.sha256(f"{tag}|{code}|{link}|{reference}".encode()).hexdigest()
    return Pushed(event_key=key, provider_ref=f"{tag}.{code}")


def _signer(settings: PayosConfig, data: Mapping[str, Any], signature: Any) -> PayosChannel:
    """Which channel signed ``data``. Raises BadSignature."""
    if not isinstance(signature, str):
        raise BadSignature
    try:
        given = signature.lower().encode()
        signed = [data_signature(one.checksum_key, data).encode() for one in settings.channels]
    except (UnicodeEncodeError, RecursionError):
        raise BadSignature from None
    for channel, expected in zip(settings.channels, signed, strict=True):
        if hmac.compare_digest(expected, given):
            return channel
    raise BadSignature


def _pull(config: PaymentConfig, provider_ref: str, now: datetime) -> Pulled:
    settings = _settings(config)
    channel, code = _channel_of(settings, provider_ref)
    link = _call(settings, channel, "GET", f"{PATH}/{code}")
    if link is None:
        return Pulled("open")
    if str(link.get("orderCode")) != code or link.get("status") not in _FATES:
        raise Malformed
    listed = link.get("transactions")
    if not isinstance(listed, list):
        raise Malformed
    txns = tuple(_txn(one, link, provider_ref, now) for one in listed)
    return Pulled(_FATES[str(link["status"])], txns)  # type: ignore[arg-type]


def _txn(one: Any, link: Mapping[str, Any], provider_ref: str, now: datetime) -> ProviderTxn:
    """One transfer into the link. Raises Malformed."""
    if not isinstance(one, dict):
        raise Malformed
    amount, reference, link_id = one.get("amount"), one.get("reference"), link.get("id")
    if type(amount) is not int or not 0 < amount <= MAX_AMOUNT:
        raise Malformed
    if not isinstance(reference, str) or not _REFERENCE.fullmatch(reference):
        raise Malformed
    if not isinstance(link_id, str) or not _LINK_ID.fullmatch(link_id):
        raise Malformed
    facts = [provider_ref, link_id, reference, amount]
    return ProviderTxn(
        provider=SLUG,
        txn_id=f"{link_id}:{reference}",
        kind="charge",
        amount_vnd=amount,
        currency="VND",
        occurred_at=_instant(one.get("transactionDateTime"), now),
        raw_digest=hashlib.sha256(json.dumps(facts).encode()).hexdigest(),
        account=_words(one.get("accountNumber")),
        sub_account=_words(one.get("virtualAccountNumber")),
        provider_ref=provider_ref,
        counterparty=_words(one.get("counterAccountName")),
        reference=reference,
    )


def _words(value: Any) -> str:
    return value[:160].replace("\x00", "") if isinstance(value, str) else ""


def _instant(value: Any, now: datetime) -> datetime:
    """The bank's time, with its zone or in Vietnam's; unreadable or ahead of us, it is now."""
    try:
        read = datetime.fromisoformat(str(value)[:35])
    except ValueError:
        return now
    read = read if read.tzinfo is not None else read.replace(tzinfo=_VN)
    is_likely = now - timedelta(days=400) < read <= now + timedelta(minutes=5)
    return read.astimezone(UTC) if is_likely else now


def _cancel(config: PaymentConfig, attempt: AttemptView) -> None:
    settings = _settings(config)
    if attempt.provider_ref:
        channel, code = _channel_of(settings, attempt.provider_ref)
        _call(settings, channel, "POST", f"{PATH}/{code}/cancel", {})


def _accounts(config: PaymentConfig) -> frozenset[tuple[str, str]]:
    channels = config.payos.channels if config.payos is not None else ()
    return frozenset((one.account_bin, one.account_number) for one in channels)


PROVIDER = Provider(
    slug=SLUG,
    label=N_("Chuyển khoản qua trang payOS"),
    hint=N_("Quét mã trên trang của payOS; tiền vào thẳng tài khoản người bán."),
    capabilities=Capabilities(
        redirect=True, push=True, pull=True, needs_payee_account=True, expires=True
    ),
    hold=lambda _config: LIFE + 2 * GRACE,
    life=LIFE,
    grace=GRACE,
    start=_start,
    is_on=lambda config: config.payos is not None,
    parse_push=_parse_push,
    pull=_pull,
    cancel=_cancel,
    accounts=_accounts,
    reply=lambda _outcome: (200, {"success": True}),
    order=25,
)
