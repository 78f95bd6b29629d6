"""Shopee Live over the Shopee Open Platform, API v2; off by default.

A user-type API: signed with the account's ``user_id``, not a shop's. The signature is HMAC-SHA256
with the partner key over partner id, path, time, access token and user id, in hex. Source: public
libraries that mirror Shopee's reference of the livestream module, read in November 2026 (facts:
livestream_scheduling.md 1.1); nothing here was tried against Shopee itself, only against a
stand-in on loopback. The access token lives for hours: it is read from its file at each sending,
so that whoever renews it need not restart us.
"""

import hashlib
import hmac
import json
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

import requests

from livestream.packs.senders import (
    NotConnected,
    Parcel,
    Sender,
    SenderRefused,
    SendingConfig,
    TokenEnded,
)
from shop.core.outgoing import NoAnswer, send, send_json
from shop.core.text import N_

BASE: Final = "/api/v2/livestream/"
MAX_WORDS: Final = 200
"""Longest title and description, as the reference says."""
PAGE: Final = 20
MOST_PAGES: Final = 25
AT_ONCE: Final = 20
"""Products in one call; the reference names no limit, so small."""
TOKEN_FAULTS: Final = frozenset(
    {"invalid_acceess_token", "invalid_access_token", "error_access_token"}
)
"""A token that ended, as public clients of the platform meet it; the misspelling is Shopee's."""
_CODE: Final = re.compile(r"[A-Za-z0-9]{4,12}")
_ITEM: Final = re.compile(r"(\d{1,18})\.(\d{1,18})")


@dataclass(frozen=True)
class _Account:
    user_id: int
    token: str


def signature(key: str, partner_id: int, path: str, moment: int, account: _Account) -> str:
    """The ``sign`` of one call at ``moment`` (epoch seconds)."""
    text = f"{partner_id}{path}{moment}{account.token}{account.user_id}"
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()


def is_on(config: SendingConfig) -> bool:
    """Whether the operator has set everything that a call needs."""
    return bool(config.shopee_partner_id and config.shopee_partner_key and config.shopee_tokens)


def _account(config: SendingConfig, code: str) -> _Account:
    """Who speaks for the channel ``code``. Raises NotConnected."""
    if config.shopee_tokens is None or not _CODE.fullmatch(code):
        raise NotConnected(code=code)
    try:
        read = json.loads((config.shopee_tokens / f"{code}.json").read_text("utf-8"))
        account = _Account(int(read["user_id"]), str(read["access_token"]))
    except (OSError, ValueError, KeyError, TypeError):
        raise NotConnected(code=code) from None
    if account.user_id <= 0 or not account.token:
        raise NotConnected(code=code)
    return account


def _address(config: SendingConfig, account: _Account, call: str, more: Mapping[str, Any]) -> str:
    path, moment = BASE + call, int(time.time())
    signed = signature(config.shopee_partner_key, config.shopee_partner_id, path, moment, account)
    query = {
        "partner_id": config.shopee_partner_id,
        "timestamp": moment,
        "access_token": account.token,
        "user_id": account.user_id,
        "sign": signed,
        **more,
    }
    return f"{config.shopee_api}{path}?{urlencode(query)}"


def _call(
    config: SendingConfig,
    account: _Account,
    call: str,
    values: Mapping[str, Any] | None = None,
    *,
    tries: int = 3,
    **query: Any,
) -> dict[str, Any]:
    """The ``response`` of one call. Raises NoAnswer, SenderRefused."""
    address = _address(config, account, call, query)
    method = "GET" if values is None else "POST"
    answer = send_json(config.patience, method, address, headers={}, values=values, tries=tries)
    return _read(answer.values, answer.status)


def _read(values: Mapping[str, Any], status: int) -> dict[str, Any]:
    fault = values.get("error")
    if fault or status != 200:
        said = " · ".join(str(part) for part in (fault, values.get("message")) if part)
        refused = TokenEnded if fault in TOKEN_FAULTS else SenderRefused
        raise refused(said or f"HTTP {status}")
    read = values.get("response")
    return read if isinstance(read, dict) else {}


def _upload(config: SendingConfig, account: _Account, cover: bytes) -> str:
    """The address of the cover on Shopee's servers; repeating it is harmless."""
    form = requests.Request("POST", "http://x/", files={"image": ("bia.jpg", cover, "image/jpeg")})
    ready = form.prepare()
    body = ready.body if isinstance(ready.body, bytes) else b""
    answer = send(
        config.patience,
        "POST",
        _address(config, account, "upload_image", {}),
        headers={"Content-Type": ready.headers["Content-Type"]},
        body=body,
    )
    return str(_read(answer.values, answer.status).get("image_url", ""))


def _words(parcel: Parcel, cover_address: str) -> dict[str, Any]:
    return {
        "title": parcel.title[:MAX_WORDS],
        "description": parcel.description[:MAX_WORDS],
        "cover_image_url": cover_address,
        "is_test": False,
    }


def open_session(config: SendingConfig, code: str, parcel: Parcel) -> str:
    """Make a session of Shopee Live. Raises NoAnswer when it may or may not have been made."""
    account = _account(config, code)
    try:
        cover_address = _upload(config, account, parcel.cover)
    except NoAnswer:
        raise SenderRefused("upload_image: –") from None
    made = _call(config, account, "create_session", _words(parcel, cover_address), tries=1)
    remote_id = made.get("session_id")
    if not isinstance(remote_id, int) or remote_id <= 0:
        raise NoAnswer
    return str(remote_id)


def fill(config: SendingConfig, code: str, remote_id: str, parcel: Parcel) -> Sequence[str]:
    """Bring words and cover up to date, put missing products into the bag, take old ones out."""
    account = _account(config, code)
    session = {"session_id": int(remote_id)}
    words = _words(parcel, _upload(config, account, parcel.cover))
    _call(config, account, "update_session", session | words)
    there = _bag(config, account, int(remote_id))
    gone = [item for item in parcel.sent_before if item in there and item not in parcel.items]
    for some in _bundles(gone):
        _call(config, account, "delete_item_list", session | {"item_list": some})
    missing = [item for item in parcel.items if item not in there]
    for some in _bundles(missing):
        _call(config, account, "add_item_list", session | {"item_list": some})
    return tuple(parcel.items)


def _bag(config: SendingConfig, account: _Account, remote_id: int) -> set[str]:
    """The products in the session's bag as ``shop.item``."""
    found: set[str] = set()
    offset = 0
    for _page in range(MOST_PAGES):
        read = _call(
            config, account, "get_item_list", session_id=remote_id, offset=offset, page_size=PAGE
        )
        rows = read.get("list") or []
        found |= {f"{row.get('shop_id')}.{row.get('item_id')}" for row in rows}
        if not read.get("more") or not rows:
            break
        offset = int(read.get("next_offset") or offset + PAGE)
    return found


def _bundles(items: Iterable[str]) -> list[list[dict[str, int]]]:
    """Products as Shopee names them, so many at once."""
    matches = [_ITEM.fullmatch(item) for item in items]
    named = [{"item_id": int(one[2]), "shop_id": int(one[1])} for one in matches if one]
    return [named[start : start + AT_ONCE] for start in range(0, len(named), AT_ONCE)]


SENDER = Sender(
    slug="shopee",
    name="Shopee Live",
    is_on=is_on,
    open=open_session,
    fill=fill,
    doubts=(
        N_(
            "Kết nối này viết theo tài liệu đọc lại từ thư viện công khai, chưa thử với Shopee "
            "thật. Sau khi gửi, hãy mở Shopee Live xem lại."
        ),
        N_(
            "Shopee không nhận giờ hẹn qua kết nối này: người dẫn bấm bắt đầu trong ứng dụng "
            "Shopee đúng giờ."
        ),
        N_("Giá live và mã giảm giá trên Shopee phải tự đặt trong Kênh người bán."),
    ),
)
