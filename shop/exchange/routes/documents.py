"""Partners' EPCIS documents: upload, look, take lots in one by one."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from shop.accounts.rules import require_producer
from shop.catalogue.queries import producers_by_id
from shop.core import clock
from shop.core.errors import Conflict, Invalid
from shop.exchange import queries, services
from shop.exchange.forms import DocumentForm, ReceiveForm
from shop.exchange.models import PartnerDocument
from shop.exchange.rules import capture
from shop.traceability import queries as trace
from shop.traceability.rules.balance import UNIT_LABELS
from shop.web.access import actor, role
from shop.web.errors import status_of
from shop.web.i18n import gettext as _
from shop.web.request import read_session, uploaded, write_session

bp = Blueprint("partner_documents", __name__)

Answer = BaseResponse | tuple[str, int]


def _mine() -> list[int]:
    return list(actor().producers)


def _offer_producers(db: Session, form: DocumentForm) -> None:
    own = producers_by_id(db, _mine())
    form.producer_id.choices = [(str(one.id), one.name) for one in own]


@bp.get("/ban-hang/epcis")
@role("producer")
def index() -> Answer:
    """Documents that were taken in, and the form for one more."""
    return _index(DocumentForm())


def _index(form: DocumentForm, status: int = 200) -> Answer:
    db = read_session()
    _offer_producers(db, form)
    documents = queries.documents_of(db, _mine())
    return render_template("exchange/documents.html", form=form, documents=documents), status


@bp.post("/ban-hang/epcis")
@role("producer")
def upload() -> Answer:
    """Read a document and show what is in it; nothing else happens yet."""
    form = DocumentForm(MultiDict([*request.form.items(multi=True)]))
    _offer_producers(read_session(), form)
    name, raw = uploaded("file", capture.MAX_BYTES)
    if not form.validate():
        return _index(form, 422)
    producer_id = int(form.producer_id.data)
    require_producer(actor(), producer_id)
    db = write_session()
    try:
        document = services.keep_document(
            db,
            producer_id=producer_id,
            raw=raw,
            name=name,
            actor_id=actor().id(),
            now=clock.now(),
        )
    except Invalid as refusal:
        db.rollback()
        form.add_error(refusal)
        return _index(form, 422)
    db.commit()
    return redirect(url_for(".show", document_id=document.id), 303)


@bp.get("/ban-hang/epcis/<int:document_id>")
@role("producer")
def show(document_id: int) -> Answer:
    """The lots a document tells of; each can be taken in once."""
    return _show(document_id)


def _show(
    document_id: int, failed: tuple[int, ReceiveForm] | None = None, status: int = 200
) -> Answer:
    db = read_session()
    document = queries.document_of(db, document_id, _mine())
    taken = queries.receipts_of(
        db, document.producer_id, [item["digest"] for item in document.items]
    )
    products = _products(db, document)
    forms = {number: _form(document, item) for number, item in enumerate(document.items)}
    forms |= dict([failed]) if failed else {}
    for form in forms.values():
        form.product_id.choices = products
    rows = [
        {
            "number": number,
            "item": item,
            "at": datetime.fromisoformat(item["at"]),
            "lot": taken.get(item["digest"]),
            "form": forms[number],
            "unit": UNIT_LABELS[item["uom"]],
        }
        for number, item in enumerate(document.items)
    ]
    page = render_template("exchange/document.html", document=document, rows=rows)
    return page, status


def _products(db: Session, document: PartnerDocument) -> list[tuple[str, str]]:
    offered = trace.products_for_lots(db, [document.producer_id])
    return [(str(one.id), one.name) for one in offered if one.is_lot_tracked]


def _form(document: PartnerDocument, item: dict[str, Any]) -> ReceiveForm:
    scale = {"kg": Decimal(1), "g": Decimal(1000)}.get(item["uom"])
    kilograms = ""
    if item["quantity"] and scale:
        kilograms = format((Decimal(item["quantity"]) / scale).normalize(), "f").replace(".", ",")
    return ReceiveForm(
        data={
            "material": item["product"],
            "supplier": "" if ":" in document.sender else document.sender,
            "quantity_kg": kilograms,
            "made_on": clock.today_vn(clock.now()),
        }
    )


@bp.post("/ban-hang/epcis/<int:document_id>/<int:number>")
@role("producer")
def receive(document_id: int, number: int) -> Answer:
    """Open a raw lot for one of the document's lots."""
    db = write_session()
    document = queries.document_of(db, document_id, _mine())
    form = ReceiveForm.read()
    form.product_id.choices = _products(db, document)
    if not form.validate():
        db.rollback()
        return _show(document_id, (number, form), 422)
    try:
        lot = services.receive_item(
            db,
            document=document,
            number=number,
            product_id=int(form.product_id.data),
            material=form.material.data,
            supplier=form.supplier.data,
            quantity_kg=form.kilograms,
            made_on=form.made_on.data,
            actor_id=actor().id(),
            now=clock.now(),
        )
    except (Invalid, Conflict) as refusal:
        db.rollback()
        form.add_error(refusal)
        return _show(document_id, (number, form), status_of(refusal))
    db.commit()
    flash(_("Đã mở lô nguyên liệu %(lot)s.", lot=lot.lot_no), "ok")
    return redirect(url_for(".show", document_id=document_id), 303)
