"""What the holder of an inspector's link sees: the lot and its relatives, read-only, for a time."""

from flask import Blueprint, Response, render_template, request, url_for
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from shop.core import clock
from shop.core.errors import Unavailable
from shop.exchange import queries, services
from shop.exchange.models import InspectorLink
from shop.exchange.routes.shown import dossier_answer, epcis_answer
from shop.exchange.rules.links import UnknownLink
from shop.traceability import queries as trace
from shop.traceability.models import Lot
from shop.traceability.routes.show import shown_events
from shop.traceability.rules import codes
from shop.traceability.rules.balance import UNIT_LABELS
from shop.web.access import has_signed_link, signed_link
from shop.web.i18n import gettext
from shop.web.request import database, read_session

bp = Blueprint("inspectors", __name__)


def _opened(link_id: int, page: str) -> tuple[Session, InspectorLink, Lot]:
    """The link, if it is signed, known and alive; its use is written down. Raises UnknownLink."""
    if not has_signed_link():
        raise UnknownLink
    db, now = read_session(), clock.now()
    link, lot = queries.link_of(db, link_id, now)
    if request.method == "GET":
        _count(link.id, page)
    return db, link, lot


def _count(link_id: int, page: str) -> None:
    """Write the use down, in a write of its own; a busy database skips it."""
    try:
        with database().write(patience=0) as db:
            services.record_visit(db, link_id=link_id, page=page, now=clock.now())
            db.commit()
    except (Unavailable, OperationalError):
        return


def _related(db: Session, lot: Lot, code: str) -> Lot:
    """A relative of the link's lot by its code. Raises UnknownLink for any other lot."""
    tree = trace.genealogy(db, lot.id)
    known = {node.code: node.lot_id for node in tree.nodes.values()}
    wanted = known.get(codes.normalise(code) or "")
    if wanted is None:
        raise UnknownLink
    return db.get_one(Lot, wanted)


@bp.get("/thanh-tra/<int:link_id>")
@signed_link("inspector", param="link_id")
def lot(link_id: int) -> str:
    """The lot with its whole journal, inner entries included, and its relatives."""
    db, link, found = _opened(link_id, "lot")
    wanted = request.args.get("lo", "")
    shown = _related(db, found, wanted) if wanted else found
    tree = trace.genealogy(db, found.id)
    return render_template(
        "exchange/inspector.html",
        link=link,
        root=found,
        lot=shown,
        target=trace.target_of(db, shown.code),
        entries=shown_events(trace.events_of(db, shown.id), with_inner=True),
        checked=trace.check_lot(db, shown),
        tree=tree,
        units={unit: gettext(label) for unit, label in UNIT_LABELS.items()},
        grouped=codes.grouped(shown.code),
        here=lambda page, **more: url_for(
            f"inspectors.{page}", link_id=link.id, k=request.args.get("k", ""), **more
        ),
    )


@bp.get("/thanh-tra/<int:link_id>/ho-so.pdf")
@signed_link("inspector", param="link_id")
def dossier(link_id: int) -> Response:
    """The dossier of the lot, or of one of its relatives (``lo``)."""
    db, _link, found = _opened(link_id, "dossier")
    wanted = request.args.get("lo", "")
    shown = _related(db, found, wanted) if wanted else found
    return dossier_answer(db, shown, now=clock.now())


@bp.get("/thanh-tra/<int:link_id>/epcis.jsonld")
@signed_link("inspector", param="link_id")
def epcis(link_id: int) -> Response:
    """The lot and its relatives as one EPCIS document."""
    db, link, found = _opened(link_id, "epcis")
    tree = trace.genealogy(db, found.id)
    answer = epcis_answer(
        db,
        sorted(tree.nodes),
        address=f"/thanh-tra/{link.id}/epcis.jsonld",
        with_inner=True,
        name=f"epcis-{found.code}.jsonld",
    )
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
