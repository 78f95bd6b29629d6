"""SePay: a feed of what arrives on bank accounts that their owners linked to it.

Nobody pays *with* SePay. Buyers transfer by VietQR to the producer's own account; SePay tells of
it, by a message and, when one was lost, in the list of transfers. Source: SePay's pages "What are
SePay Webhooks", "How to authenticate", "Secure your webhook endpoint", "Transaction
Reconciliation" (facts, payments §3). The exact signed text is not in SePay's own words, so it is a
setting. The list's numbers come as text with decimals ("125000.00"), the message's as numbers.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from urllib.parse import urlencode

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
    Pushed,
    SepayConfig,
)

SLUG = "sepay"
TOLERANCE_SECONDS = 300
MAX_AMOUNT = 10**12
MOST_LISTED = 5_000

_VN = timezone(timedelta(hours=7))
_ID = re.compile(r"[A-Za-z0-9-]{1,60}")
_AMOUNT = re.compile(r"([0-9]{1,13})(?:\.0{1,4})?")
_HEX = re.compile(r"(?:sha256=)?([0-9a-fA-F]{64})")


def _settings(config: PaymentConfig) -> SepayConfig:
    if config.sepay is None:
        raise ProviderRefused
    return config.sepay


def _start(_config: PaymentConfig, _order: OrderView, _attempt: AttemptView) -> Instruction:
    raise ProviderRefused


def sign(settings: SepayConfig, stamp: str, body: bytes) -> str:
    """The hexadecimal HMAC-SHA256 of the text that the settings say is signed."""
    before, _, after = settings.signed_text.replace("{timestamp}", stamp).partition("{body}")
    signed = before.encode() + body + after.encode()
    return hmac.new(settings.webhook_secret.encode(), signed, hashlib.sha256).hexdigest()


def _verify(settings: SepayConfig, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
    given = {name.lower(): value for name, value in headers.items()}
    if not settings.webhook_secret and not settings.webhook_apikey:
        raise BadSignature
    if settings.webhook_apikey:
        expected = f"Apikey {settings.webhook_apikey}".encode()
        if not hmac.compare_digest(expected, given.get("authorization", "").encode()):
            raise BadSignature
    if settings.webhook_secret:
        stamp = given.get("x-sepay-timestamp", "")
        said = _HEX.fullmatch(given.get("x-sepay-signature", ""))
        if said is None or not re.fullmatch(r"[0-9]{1,12}", stamp):
            raise BadSignature
        if abs(now.timestamp() - int(stamp)) > TOLERANCE_SECONDS:
            raise BadSignature
        if not hmac.compare_digest(sign(settings, stamp, body), said[1].lower()):
            raise BadSignature


def _parse_push(
    config: PaymentConfig, headers: Mapping[str, str], body: bytes, now: datetime
) -> Pushed:
    if config.sepay is None:
        raise BadSignature
    _verify(config.sepay, headers, body, now)
    read = read_object(body)
    txn_id = _id(read.get("id"))
    if read.get("transferType") == "out":
        return Pushed(event_key=txn_id, provider_ref="")
    if read.get("transferType") != "in":
        raise Malformed
    txn = _txn(
        txn_id,
        amount=read.get("transferAmount"),
        texts=(read.get("content"), read.get("code")),
        when=read.get("transactionDate"),
        account=read.get("accountNumber"),
        sub_account=read.get("subAccount"),
        reference=read.get("referenceCode"),
        now=now,
    )
    return Pushed(event_key=txn_id, provider_ref="", txns=(txn,))


def _feed(config: PaymentConfig, since: datetime, now: datetime) -> tuple[ProviderTxn, ...]:
    settings = _settings(config)
    if not settings.api_token:
        return ()
    asked = {
        "transaction_date_min": f"{since.astimezone(_VN):%Y-%m-%d %H:%M:%S}",
        "limit": MOST_LISTED,
    }
    answer = send_json(
        settings.patience,
        "GET",
        f"{settings.api_base}/userapi/transactions/list?{urlencode(asked)}",
        headers={"Authorization": f"Bearer {settings.api_token}"},
    )
    if answer.status != 200:
        raise ProviderRefused
    listed = answer.values.get("transactions")
    if not isinstance(listed, list):
        raise ProviderSilent
    return tuple(txn for one in listed if (txn := _listed(one, now)) is not None)


def _listed(one: Any, now: datetime) -> ProviderTxn | None:
    """A line of the list; None for money out and for what cannot be read: the next may be fine."""
    if not isinstance(one, dict):
        return None
    try:
        return _txn(
            _id(one.get("id")),
            amount=one.get("amount_in"),
            texts=(one.get("transaction_content"), one.get("code")),
            when=one.get("transaction_date"),
            account=one.get("account_number"),
            sub_account=one.get("sub_account"),
            reference=one.get("reference_number"),
            now=now,
        )
    except Malformed:
        return None


def _txn(
    txn_id: str,
    *,
    amount: Any,
    texts: tuple[Any, ...],
    when: Any,
    account: Any,
    sub_account: Any,
    reference: Any,
    now: datetime,
) -> ProviderTxn:
    number = _words(account, 30)
    if not number:
        raise Malformed
    facts = [txn_id, _amount(amount), number, _words(reference, 80)]
    return ProviderTxn(
        provider=SLUG,
        txn_id=txn_id,
        kind="charge",
        amount_vnd=_amount(amount),
        currency="VND",
        occurred_at=_instant(when, now),
        raw_digest=hashlib.sha256(json.dumps(facts).encode()).hexdigest(),
        account=number,
        sub_account=_words(sub_account, 30),
        order_hint=" ".join(dict.fromkeys(filter(None, (_words(one, 600) for one in texts)))),
        reference=_words(reference, 80),
    )


def _id(value: Any) -> str:
    is_number = type(value) is int and 0 < value < 10**18
    text = str(value) if is_number or isinstance(value, str) else ""
    if not _ID.fullmatch(text) or text == "0":
        raise Malformed
    return text


def _amount(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise Malformed
    found = _AMOUNT.fullmatch(str(value))
    amount = int(found[1]) if found else 0
    if not 0 < amount <= MAX_AMOUNT:
        raise Malformed
    return amount


def _words(value: Any, most: int) -> str:
    return value[:most].replace("\x00", "") if isinstance(value, str) else ""


def _instant(value: Any, now: datetime) -> datetime:
    """SePay's local time of Vietnam; what cannot be read, or lies ahead, is now."""
    try:
        read = datetime.strptime(str(value)[:19], "%Y-%m-%d %H:%M:%S").replace(tzinfo=_VN)
    except ValueError:
        return now
    is_likely = now - timedelta(days=400) < read <= now + timedelta(minutes=5)
    return read.astimezone(UTC) if is_likely else now


PROVIDER = Provider(
    slug=SLUG,
    label=N_("Báo tiền chuyển khoản (SePay)"),
    hint=N_("Báo tiền vào tài khoản của người bán; không phải cách trả tiền."),
    capabilities=Capabilities(push=True, feed=True),
    hold=lambda config: config.transfer_hold,
    start=_start,
    is_on=lambda config: config.sepay is not None,
    parse_push=_parse_push,
    feed=_feed,
    reply=lambda _outcome: (200, {"success": True}),
    order=90,
)
