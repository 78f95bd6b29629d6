"""What anybody may read of a lot as a machine's file."""

from flask import Blueprint, Response

from shop.exchange.routes.shown import epcis_answer
from shop.traceability import queries as trace
from shop.traceability.rules import codes
from shop.traceability.rules.lots import UnknownLot
from shop.web.access import public
from shop.web.request import read_session

bp = Blueprint("exchange", __name__)


@bp.get("/lo/<code>/epcis.jsonld")
@public
def epcis(code: str) -> Response:
    """The public part of a lot's journal as an EPCIS 2.0 document in JSON-LD."""
    known = codes.normalise(code)
    if known is None:
        raise UnknownLot
    db = read_session()
    lot = trace.get_lot(db, known)
    return epcis_answer(db, [lot.id], address=f"/lo/{lot.code}/epcis.jsonld", with_inner=False)
