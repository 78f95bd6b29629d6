"""The receipt of an order, for its buyer and its producer."""

from flask import Blueprint, Response, url_for

from shop.core import clock
from shop.orders.models import Order
from shop.orders.routes import buyers_order
from shop.orders.routes.base import sellers_order
from shop.receipts.pdf import make_pdf
from shop.receipts.words import receipt_of
from shop.web.access import role, signed_link
from shop.web.limits import limiter
from shop.web.request import house, read_session

bp = Blueprint("receipts", __name__)


def _answer(order: Order) -> Response:
    root = house().public_url
    receipt = receipt_of(
        read_session(),
        order,
        lookup_url=root + url_for("orders.lookup"),
        public_url=root,
        now=clock.now(),
    )
    answer = Response(make_pdf(receipt), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="bien-nhan-{order.code}.pdf"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@bp.get("/don-hang/<code>/bien-nhan.pdf")
@limiter.limit("30 per minute")
@signed_link("order")
def buyers_receipt(code: str) -> Response:
    """What the buyer bought and paid, to keep."""
    return _answer(buyers_order(read_session(), code))


@bp.get("/ban-hang/don-hang/<code>/bien-nhan.pdf")
@limiter.limit("60 per minute")
@role("producer")
def sellers_receipt(code: str) -> Response:
    """The same, for the producer to put into the parcel."""
    return _answer(sellers_order(read_session(), code))
