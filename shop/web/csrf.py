"""Forged requests: a token in every form, and what the browser says of where it came from.

A signed-in person's token is theirs. An anonymous visitor's is a signed constant, so that public
pages can be cached; for them the guard is ``Sec-Fetch-Site`` and ``Origin``, which a page on
another site cannot fake.
"""

import hashlib
import hmac
from urllib.parse import urlsplit

from flask import Flask, current_app, request

from shop.core.errors import NotAllowed
from shop.core.text import N_
from shop.web.access import guard_of, session_token
from shop.web.request import house

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class ForgedRequest(NotAllowed):
    message = N_("Trang này đã mở quá lâu hoặc được gửi từ nơi khác. Vui lòng tải lại rồi gửi lại.")


def csrf_token() -> str:
    """The hidden field ``csrf_token`` of every form."""
    secret = str(current_app.secret_key).encode()
    owner = session_token() or "anonymous"
    return hmac.new(secret, f"csrf|{owner}".encode(), hashlib.sha256).hexdigest()[:40]


def init_app(app: Flask) -> None:
    """Check every request that may change something, except those of machines."""
    app.before_request(_check)
    app.jinja_env.globals["csrf_token"] = csrf_token


def _check() -> None:
    if request.method in _SAFE or request.endpoint is None:
        return
    guard = guard_of(request.endpoint)
    if guard is not None and guard.is_machine:
        return
    if not _is_same_origin():
        raise ForgedRequest
    presented = request.headers.get("X-CSRF-Token") or request.form.get("csrf_token", "")
    if not hmac.compare_digest(presented.encode("utf-8", "replace"), csrf_token().encode()):
        raise ForgedRequest


def _is_same_origin() -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = request.headers.get("Origin")
    if origin is None:
        return True
    try:
        presented = urlsplit(origin).netloc
    except ValueError:
        return False
    return presented in {request.host, urlsplit(house().public_url).netloc}
