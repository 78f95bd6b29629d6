"""What the pages of basket and checkout share."""

import secrets
from datetime import datetime, timedelta
from typing import Any, Final

from flask import Blueprint, request, url_for
from sqlalchemy.orm import Session

from shop.checkout import queries
from shop.checkout.models import Basket
from shop.web.access import actor, sign
from shop.web.token_cookie import TokenCookie

bp = Blueprint("checkout", __name__)

BASKET_COOKIE: Final = TokenCookie("gio", timedelta(days=60))


def find_basket(db: Session) -> Basket | None:
    """The visitor's basket."""
    return queries.find_basket(
        db, token_hash=BASKET_COOKIE.token_hash(), person_id=actor().person_id
    )


def look_into_basket(db: Session) -> tuple[Basket | None, queries.Wanted]:
    """The visitor's basket and what is in it."""
    return queries.look_into_basket(
        db, token_hash=BASKET_COOKIE.token_hash(), person_id=actor().person_id
    )


def group_page(code: str) -> str:
    """The address, open to whoever holds it, of all orders of one checkout."""
    return url_for("checkout.done", code=code, k=sign("group", code))


def just_ordered(db: Session, basket: Basket | None, now: datetime) -> dict[str, Any] | None:
    """When something was ordered out of this basket a short while ago: when, and its page.

    Who comes back over a slow network (reload, back, a second tab) is led to what they have.
    """
    group = queries.last_group(db, basket, now) if basket else None
    return {"at": group.created_at, "url": group_page(group.code)} if group else None


def fresh_key() -> str:
    """A submit key for a new page."""
    return secrets.token_urlsafe(16)


FIRST_PRESS: Final = "first-press-of-a-visitor"


def add_key() -> str:
    """The submit key of a form that puts something into the basket.

    Pages for visitors without a cookie are kept for all of them and must not differ; one key does
    for them, since it counts within one basket and theirs is not there yet.
    """
    return fresh_key() if request.cookies else FIRST_PRESS


def init_context() -> dict[str, Any]:
    """What the header of every page shows of the basket, and the key of forms that fill it."""
    return {"basket_count": BASKET_COOKIE.count() if request else 0, "add_key": add_key}
