"""Stripe's HTTP interface over ``requests``: form encoding, retry rules, webhook signature.

Sources: Stripe API reference ("Idempotent requests", "Errors", "Webhooks") and what the official
SDK does (facts, payments §1). One deadline over all tries (``outgoing``).
"""

import hashlib
import hmac
import json
import logging
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import requests

from shop.core.outgoing import NoAnswer, read_whole, repeated
from shop.payments.provider import (
    BadSignature,
    ProviderRefused,
    ProviderSilent,
    StripeConfig,
)

log = logging.getLogger(__name__)

MAX_TRIES = 3
MAX_ANSWER_BYTES = 1_000_000
TOLERANCE_SECONDS = 300
_HEX = re.compile(r"[0-9a-f]{64}")


def form_encode(values: Mapping[str, Any]) -> str:
    """Nested values as Stripe reads them: ``a[b]``, ``a[0]``, ``true``; None is left out."""
    return urlencode(list(_pairs("", values)))


def _pairs(prefix: str, value: Any) -> list[tuple[str, str]]:
    if value is None:
        return []
    if isinstance(value, Mapping):
        named = [(f"{prefix}[{key}]" if prefix else str(key), item) for key, item in value.items()]
    elif isinstance(value, (list, tuple)):
        named = [(f"{prefix}[{index}]", item) for index, item in enumerate(value)]
    elif isinstance(value, bool):
        return [(prefix, "true" if value else "false")]
    elif isinstance(value, datetime):
        return [(prefix, str(int(value.timestamp())))]
    else:
        return [(prefix, str(value))]
    return [pair for name, item in named for pair in _pairs(name, item)]


def call(
    config: StripeConfig,
    method: str,
    path: str,
    *,
    values: Mapping[str, Any] | None = None,
    key: str | None = None,
) -> dict[str, Any]:
    """Call the API and hand back its JSON object.

    Tries MAX_TRIES times with the same idempotency ``key`` on network errors, 409, 429 and 5xx,
    unless the answer's ``stripe-should-retry`` says otherwise. Raises ProviderSilent when the
    outcome is unknown, ProviderRefused for any other 4xx.
    """
    try:
        return repeated(
            config.patience,
            MAX_TRIES,
            lambda session, ends_at: _try_once(session, config, method, path, values, key, ends_at),
        )
    except (NoAnswer, ProviderSilent):
        log.warning("stripe %s %s: no usable answer", method, path)
        raise ProviderSilent from None


def _try_once(
    session: requests.Session,
    config: StripeConfig,
    method: str,
    path: str,
    values: Mapping[str, Any] | None,
    key: str | None,
    ends_at: float,
) -> dict[str, Any] | None:
    """One try: the object, or None when it is worth trying again. Raises ProviderRefused."""
    headers = {
        "Authorization": f"Bearer {config.secret_key}",
        "Stripe-Version": config.version,
        "Accept": "application/json",
        "Accept-Encoding": "identity",
        "Connection": "close",
    }
    body = form_encode(values or {})
    url = config.api_base + path
    if method == "POST":
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        headers["Idempotency-Key"] = key or ""
    elif body:
        url = f"{url}?{body}"
    try:
        with session.request(
            method,
            url,
            data=body.encode("ascii") if method == "POST" else None,
            headers=headers,
            timeout=(config.patience.connect_seconds, config.patience.read_seconds),
            allow_redirects=False,
            stream=True,
        ) as response:
            raw = read_whole(response, ends_at, MAX_ANSWER_BYTES)
    except (requests.RequestException, OSError) as error:
        log.warning("stripe %s %s: %s", method, path, error.__class__.__name__)
        return None
    return _judge(response, raw, f"{method} {path}")


def _judge(response: requests.Response, raw: bytes, what: str) -> dict[str, Any] | None:
    status = response.status_code
    if status == 200:
        return _object(raw)
    request_id = response.headers.get("Request-Id", "")
    log.warning("stripe %s: %d, request %s", what, status, request_id[:60])
    says = response.headers.get("stripe-should-retry")
    is_worth_it = status in {409, 429} or status >= 500
    if says == "true" or (says != "false" and is_worth_it):
        return None
    if status >= 500 or status < 400:
        raise ProviderSilent
    raise ProviderRefused


def _object(raw: bytes) -> dict[str, Any] | None:
    try:
        read = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return read if isinstance(read, dict) else None


def verify_signature(config: StripeConfig, header: str, body: bytes, now: datetime) -> None:
    """Check ``Stripe-Signature`` over the raw body.

    Any ``v1`` may match (two during a secret's rotation); the stamp must lie within
    TOLERANCE_SECONDS of ``now`` on either side. Raises BadSignature.
    """
    if not config.webhook_secret or len(header) > 2000:
        raise BadSignature
    pairs = [part.strip().partition("=") for part in header.split(",")]
    stamps = [value for name, _, value in pairs if name == "t"]
    given = [value for name, _, value in pairs if name == "v1" and _HEX.fullmatch(value)]
    if len(stamps) != 1 or not re.fullmatch(r"[0-9]{1,12}", stamps[0]) or not given:
        raise BadSignature
    if abs(now.timestamp() - int(stamps[0])) > TOLERANCE_SECONDS:
        raise BadSignature
    expected = sign(config.webhook_secret, stamps[0], body)
    if not any(hmac.compare_digest(expected, one) for one in given):
        raise BadSignature


def sign(secret: str, stamp: str, body: bytes) -> str:
    """The hexadecimal HMAC-SHA256 that Stripe writes as ``v1``; the secret is used as it stands."""
    return hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
