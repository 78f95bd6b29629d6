"""Cookies that name something of a visitor's own: a basket, a wish list.

The cookie holds a random token (our table only its SHA-256) and, for the header, how many things
there are; so the header of every page costs no query.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from flask import request
from werkzeug.wrappers import Response

from shop.web.request import house

MAX_SHOWN = 99


@dataclass(frozen=True)
class TokenCookie:
    """One such cookie."""

    name: str
    age: timedelta

    @property
    def full_name(self) -> str:
        """The name as the browser keeps it; bound to our host where the connection is secure."""
        return f"__Host-{self.name}" if house().is_secure else self.name

    def token(self) -> str:
        """What the visitor brought; empty when there is none."""
        return request.cookies.get(self.full_name, "").partition(".")[0][:100]

    def token_hash(self) -> str:
        """As the table holds it; empty when there is none."""
        token = self.token()
        return hash_token(token) if token else ""

    def count(self) -> int:
        """How many things there are, as the cookie says."""
        said = request.cookies.get(self.full_name, "").partition(".")[2]
        return int(said) if said.isascii() and said.isdigit() and len(said) <= 2 else 0

    def remember(self, response: Response, token: str, count: int) -> Response:
        """The answer with the cookie set anew."""
        response.set_cookie(
            self.full_name,
            f"{token}.{min(count, MAX_SHOWN)}",
            max_age=self.age,
            secure=house().is_secure,
            httponly=True,
            samesite="Lax",
            path="/",
        )
        return response


def hash_token(token: str) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def fresh_token() -> str:
    """A new token from the system's secure source."""
    return secrets.token_urlsafe(24)
