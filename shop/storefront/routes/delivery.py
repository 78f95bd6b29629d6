"""What sending a product costs, to a province that the visitor chooses once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Final

from flask import redirect, request
from markupsafe import Markup
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from shop.checkout.queries import delivery_tables
from shop.checkout.rules import TRANSIT_DAYS, Estimate, estimate, zone_between
from shop.places.rules import short_name
from shop.storefront.routes.frame import bp, known_slug
from shop.storefront.state import shopfront
from shop.web.access import public
from shop.web.assets import localized_path
from shop.web.request import house, read_session

_COOKIE_AGE: Final = timedelta(days=365)


@dataclass(frozen=True)
class Delivery:
    """The estimate as the page shows it."""

    province_code: str
    """Empty when the visitor has not chosen yet: the estimate then spans the whole country."""
    place: str
    cost: Estimate
    is_own_province: bool


def _cookie_name() -> str:
    return "__Host-giao" if house().is_secure else "giao"


def delivery_of(
    db: Session,
    pieces: Sequence[tuple[int, int]],
    *,
    origin: str,
    producer_id: int,
    has_rates: bool,
) -> Delivery | None:
    """The estimate for one piece; ``pieces`` are (packed grams, price) of the sizes on offer.

    None without any size. ``has_rates`` False saves the statement: the built-in table counts.
    """
    if not pieces:
        return None
    tables = delivery_tables(db, producer_id) if has_rates else ()
    names = shopfront().places(db).names
    code = request.cookies.get(_cookie_name(), "")[:2]
    if code not in names:
        return Delivery("", "", estimate(tables, TRANSIT_DAYS, pieces), is_own_province=False)
    cost = estimate(tables, [zone_between(origin, code)], pieces)
    return Delivery(code, short_name(names[code]), cost, is_own_province=origin == code)


def province_options(db: Session, chosen: str) -> Markup:
    """The field's choices, drawn once for each that may be chosen: every product page has them."""
    return _options(tuple(shopfront().places(db).names.items()), chosen)


@lru_cache(maxsize=64)
def _options(names: tuple[tuple[str, str], ...], chosen: str) -> Markup:
    return Markup("").join(
        Markup('<option value="{}"{}>{}</option>').format(
            code, Markup(" selected") if code == chosen else "", short_name(name)
        )
        for code, name in names
    )


@bp.post("/san-pham/<slug>/giao-den")
@public
def deliver_to(slug: str) -> Response:
    """Remember where the visitor lives, in a cookie of their own, and go back to the product."""
    answer = redirect(f"{localized_path('/san-pham/')}{known_slug(slug)}#giao-hang", 303)
    code = request.form.get("province_code", "")[:2]
    if code in shopfront().places(read_session()).names:
        answer.set_cookie(
            _cookie_name(),
            code,
            max_age=_COOKIE_AGE,
            secure=house().is_secure,
            httponly=True,
            samesite="Lax",
            path="/",
        )
    else:
        answer.delete_cookie(_cookie_name(), path="/", secure=house().is_secure, samesite="Lax")
    return answer
