"""The province a visitor said they live in, kept in a cookie of their own."""

from datetime import timedelta
from typing import Final

from flask import request
from werkzeug.wrappers import Response

from shop.web.request import house

_AGE: Final = timedelta(days=365)


def _name() -> str:
    return "__Host-giao" if house().is_secure else "giao"


def remembered_province() -> str:
    """Two characters the visitor's browser sent, not judged yet; empty when there are none."""
    return request.cookies.get(_name(), "")[:2]


def remember_province(answer: Response, code: str) -> Response:
    """The answer with the cookie set; an empty code takes it away."""
    if not code:
        answer.delete_cookie(_name(), path="/", secure=house().is_secure, samesite="Lax")
        return answer
    answer.set_cookie(
        _name(),
        code,
        max_age=_AGE,
        secure=house().is_secure,
        httponly=True,
        samesite="Lax",
        path="/",
    )
    return answer
