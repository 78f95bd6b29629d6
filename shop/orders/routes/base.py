"""What both sides of the order pages stand on: the blueprint, drawn panels, whose orders."""

from collections.abc import Sequence

from flask import Blueprint, render_template
from markupsafe import Markup
from sqlalchemy.orm import Session

from shop.core.errors import NotFound
from shop.orders import queries, rules
from shop.orders.models import Order
from shop.web.access import actor
from shop.web.slots import Panel

bp = Blueprint("orders", __name__)


def drawn(panels: Sequence[Panel]) -> list[Markup]:
    """The panels that features above add to the page."""
    return [Markup(render_template(panel.template, **panel.context)) for panel in panels]  # noqa: S704


def own() -> Sequence[int]:
    """The producers the actor works for."""
    return sorted(actor().producers)


def sellers_order(db: Session, code: str) -> Order:
    """The order for members of its producer. Raises NotFound."""
    known = rules.read_code(code)
    order = queries.producer_order(db, known, own()) if known is not None else None
    if order is None:
        raise NotFound
    return order
