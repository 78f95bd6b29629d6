"""What sending a product costs, to a province that the visitor chooses once."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from flask import redirect, request
from markupsafe import Markup
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from shop.checkout.queries import delivery_terms
from shop.checkout.rules import Estimate, Home, Terms, estimate
from shop.places.remembered import remember_province, remembered_province
from shop.places.rules import short_name
from shop.storefront.routes.frame import bp, known_slug
from shop.storefront.state import shopfront
from shop.web.access import public
from shop.web.assets import localized_path
from shop.web.request import read_session


@dataclass(frozen=True)
class Delivery:
    """The estimate as the page shows it."""

    province_code: str
    """Empty when the visitor has not chosen yet: the estimate then spans the whole country."""
    place: str
    cost: Estimate | None
    """None: not sent there."""
    is_everywhere: bool
    """Whether the whole country is sent to."""


def delivery_of(
    db: Session,
    pieces: Sequence[tuple[int, int]],
    *,
    origin: str,
    producer_id: int,
    has_rates: bool,
) -> Delivery | None:
    """The estimate for one piece; ``pieces`` are (packed grams, price) of the sizes on offer.

    None without any size. ``has_rates`` False saves the statement: the built-in zones count.
    """
    if not pieces:
        return None
    home = {producer_id: origin}
    terms = delivery_terms(db, home)[producer_id] if has_rates else Terms(Home(origin))
    names = shopfront().places(db).names
    is_everywhere = terms.has_post and all(terms.zone_to(code) for code in names)
    code = remembered_province()
    if code not in names:
        cost = estimate(terms, names, pieces)
        return Delivery("", "", cost, is_everywhere)
    cost = estimate(terms, [code], pieces)
    return Delivery(code, short_name(names[code]), cost, is_everywhere)


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
    is_known = code in shopfront().places(read_session()).names
    return remember_province(answer, code if is_known else "")
