"""The feature's blueprint and what its pages share."""

from collections.abc import Sequence

from flask import Blueprint, request
from sqlalchemy.orm import Session

from shop.orders.models import Order
from shop.orders.rules import read_code
from shop.shipping import queries
from shop.shipping.rules.papers import MAX_AT_ONCE, NothingToPrint, TooManyToPrint
from shop.web.access import actor

bp = Blueprint("shipping", __name__)


def own() -> Sequence[int]:
    """The producers the person works for."""
    return sorted(actor().producers)


def asked_orders(db: Session) -> list[Order]:
    """The orders that ``don`` names, or (``muc=to_pack``) all that wait to be packed.

    Foreign, unknown and unconfirmed ones are left out. Raises NothingToPrint, TooManyToPrint.
    """
    named = request.args.getlist("don")
    if len(named) > MAX_AT_ONCE:
        raise TooManyToPrint
    codes = {code for code in map(read_code, named) if code}
    is_all = request.args.get("muc") == "to_pack"
    found = queries.to_pack(db, own()) if is_all else queries.printable_orders(db, own(), codes)
    if not found:
        raise NothingToPrint
    if len(found) > MAX_AT_ONCE:
        raise TooManyToPrint
    return found
