"""Slips and labels to print, and where the QR of an order leads."""

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from shop.core import clock
from shop.core.errors import NotFound
from shop.orders.queries import producer_order
from shop.orders.rules import read_code
from shop.shipping import queries
from shop.shipping.papers import make_papers
from shop.shipping.printing import papers_for
from shop.shipping.routes.base import asked_orders, bp, own
from shop.shipping.rules.papers import KINDS, PAGE_SIZES, NothingToPrint
from shop.web.access import actor, public, role
from shop.web.limits import limiter
from shop.web.request import house, read_session


@bp.get("/ban-hang/in")
@role("producer")
@limiter.limit("60 per minute")
def print_papers() -> ResponseReturnValue:
    """Labels (``giay=nhan``) or slips (``phieu``) of the chosen orders, A6 or A5 (``kho``)."""
    kind, size = request.args.get("giay", "nhan"), request.args.get("kho", "a6")
    if kind not in KINDS or size not in PAGE_SIZES:
        raise NotFound
    db = read_session()
    sendings = queries.sendings(db, asked_orders(db))
    papers = papers_for(db, sendings, public_url=house().public_url, now=clock.now())
    if not papers:
        raise NothingToPrint
    db.close()
    answer = Response(
        make_papers(papers, kind=kind, size=PAGE_SIZES[size]), mimetype="application/pdf"
    )
    name = papers[0].code if len({paper.code for paper in papers}) == 1 else str(len(papers))
    answer.headers["Content-Disposition"] = f'inline; filename="{kind}-{name}.pdf"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@bp.get("/d/<code>")
@bp.get("/D/<code>", endpoint="scan_upper")
@public
def scan(code: str) -> ResponseReturnValue:
    """Where the QR on a parcel leads: its producer to the desk, everybody else to the look-up.

    It answers alike whether the order exists or not.
    """
    known = read_code(code)
    if known and actor().is_producer and producer_order(read_session(), known, own()):
        return redirect(url_for("orders.desk_order", code=known), 303)
    return redirect(url_for("orders.lookup", ma=known or ""), 303)
