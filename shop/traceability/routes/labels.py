"""The producer's labels: previews, sheets of equal labels, batches of codes for jars and boxes."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from shop.core import clock
from shop.core.db import MAX_ID
from shop.core.errors import Conflict, Invalid
from shop.traceability import labels, queries, services
from shop.traceability.forms import BatchForm, LabelForm, fresh_key
from shop.traceability.queries import Target, batches
from shop.traceability.rules.lots import UnknownLot
from shop.traceability.services import batches as batch_services
from shop.traceability.services import sheets
from shop.web.access import actor, role
from shop.web.i18n import gettext
from shop.web.request import house, read_session, write_session

bp = Blueprint("labels", __name__)

_TYPES = {"pdf": "application/pdf", "png": "image/png", "zip": "application/zip"}


def address_of(db: Session, code: str) -> str:
    """What the QR holds: upper case keeps it small; scheme and host do not mind."""
    return (house().public_url + queries.printed_path(db, code)).upper()


def _own(db: Session, code: str) -> Target:
    return queries.own_target(db, code, list(actor().producers))


@bp.post("/ban-hang/ma-san-pham/<int:product_id>")
@role("producer")
def make_product_code(product_id: int) -> BaseResponse:
    """Make the code of a product without lots and go to its labels."""
    db = write_session()
    queries.require_own_product(db, product_id, list(actor().producers))
    code = services.ensure_product_code(db, product_id=product_id, now=clock.now())
    db.commit()
    return redirect(url_for(".of_code", code=code), 303)


# One label many times


@bp.get("/ban-hang/ma/<code>", endpoint="of_code")
@bp.get("/ban-hang/lo/<code>/nhan", endpoint="of_lot")
@role("producer")
def show(code: str) -> str:
    """How the label of a code looks in each size, what was printed, more codes to print."""
    return _page(read_session(), code)


def _page(
    db: Session, code: str, *, form: LabelForm | None = None, units: BatchForm | None = None
) -> str:
    target = _own(db, code)
    lot = target.lot
    return render_template(
        "traceability/labels.html",
        target=target,
        scans=queries.scans_of(db, target.code.code),
        form=form or LabelForm(),
        units=units or BatchForm(submit_key=fresh_key()),
        takes_units=lot is not None and batch_services.may_have_codes(lot),
        templates=labels.TEMPLATES,
        qr=labels.qr_path(address_of(db, target.code.code)),
        history=batches.batches_of(
            db, product_id=target.product.id, lot_id=lot.id if lot else None
        ),
    )


@bp.post("/ban-hang/lo/<code>/nhan", endpoint="order_lot")
@bp.post("/ban-hang/ma/<code>/nhan", endpoint="order")
@role("producer")
def order(code: str) -> BaseResponse | tuple[str, int]:
    """Note that labels are made, then show the sheet."""
    form = LabelForm.read()
    target = _own(read_session(), code)
    if not form.validate():
        return _page(read_session(), code, form=form), 422
    try:
        _sheet(read_session(), target, form, only_try=True)
    except Invalid as refusal:
        form.add_error(refusal)
        return _page(read_session(), code, form=form), 422
    db = write_session()
    services.make_labels(
        db,
        code=target.code.code,
        count=form.so.data or 1,
        template=form.mau.data,
        form=form.dang.data,
        skip=form.bo_qua.data or 0,
        actor_id=actor().id(),
        now=clock.now(),
    )
    db.commit()
    asked = {"mau": form.mau.data, "so": form.so.data, "bo_qua": form.bo_qua.data or None}
    if form.dang.data == "png":
        return redirect(url_for(".pictures", code=code, **asked), 303)
    return redirect(url_for(".lot_pdf" if target.lot else ".pdf", code=code, **asked), 303)


def _asked(**over: str) -> LabelForm:
    """What the address asks for. Raises Invalid."""
    form = LabelForm(
        MultiDict({"mau": "a4-24", "so": "24", "dang": "pdf"} | request.args.to_dict() | over)
    )
    if not form.validate():
        raise Invalid
    return form


def _sheet(db: Session, target: Target, form: LabelForm, *, only_try: bool = False) -> sheets.Sheet:
    """The sheet that the form asks for; ``only_try`` draws one label, to see whether it fits."""
    facts = queries.label_facts(db, target, today=clock.today_vn(clock.now()))
    code = target.code.code
    made = sheets.Sheet(
        facts=labels.LabelFacts(address=address_of(db, code), code=code, **facts),
        template=labels.template_of(form.mau.data),
        form=form.dang.data,
        count=form.so.data or 1,
        skip=form.bo_qua.data or 0,
    )
    if only_try:
        sheets.render(replace(made, count=1, skip=0, form="pdf"))
    return made


def _file(sheet: sheets.Sheet, name: str) -> Response:
    content, suffix = sheets.render(sheet)
    response = Response(content, mimetype=_TYPES[suffix])
    kind = "attachment" if suffix == "zip" else "inline"
    response.headers["Content-Disposition"] = f'{kind}; filename="nhan-{name}.{suffix}"'
    return response


@bp.get("/ban-hang/lo/<code>/nhan.pdf", endpoint="lot_pdf")
@bp.get("/ban-hang/ma/<code>/nhan.pdf", endpoint="pdf")
@role("producer")
def pdf(code: str) -> Response:
    """The sheet as PDF: ``mau`` (which sheet), ``so`` (how many), ``bo_qua`` (places to skip)."""
    db = read_session()
    return _file(_sheet(db, _own(db, code), _asked(dang="pdf")), code)


@bp.get("/ban-hang/ma/<code>/nhan.png")
@role("producer")
def pictures(code: str) -> Response:
    """The same sheet in 300 dpi: one PNG, or a zip of pages."""
    db = read_session()
    return _file(_sheet(db, _own(db, code), _asked(dang="png")), code)


@bp.get("/ban-hang/ma/<code>/xem-truoc/<mau>.png")
@role("producer")
def preview(code: str, mau: str) -> Response:
    """One label by itself, as it will be printed."""
    db = read_session()
    sheet = _sheet(db, _own(db, code), _asked(mau=mau, so="1", bo_qua="", dang="png"))
    size = sheet.template.size
    return _file(
        replace(sheet, template=replace(sheet.template, page=size, columns=1, rows=1)), mau
    )


# A code for each jar


@bp.post("/ban-hang/lo/<code>/ma-tung-goi")
@role("producer")
def order_units(code: str) -> BaseResponse | tuple[str, int]:
    """Ask for codes of single jars; they and their labels are made in the background."""
    form = BatchForm.read()
    target = _own(read_session(), code)
    if target.lot is None:
        raise UnknownLot
    if not form.validate():
        return _page(read_session(), code, units=form), 422
    db = write_session()
    try:
        batch = batch_services.request_units(
            db,
            lot_id=target.lot.id,
            count=form.so.data or 1,
            template=form.mau.data,
            form=form.dang.data,
            skip=form.bo_qua.data or 0,
            submit_key=form.submit_key.data,
            actor_id=actor().id(),
            now=clock.now(),
        )
    except (Invalid, Conflict) as refusal:
        form.add_error(refusal)
        status = 409 if isinstance(refusal, Conflict) else 422
        return _page(read_session(), code, units=form), status
    db.commit()
    return redirect(url_for(".batch", batch_id=batch.id), 303)


def _view(db: Session, batch_id: int) -> batches.BatchView:
    if batch_id > MAX_ID:
        raise UnknownLot
    return batches.own_batch(db, batch_id, list(actor().producers))


@bp.get("/ban-hang/loat-nhan/<int:batch_id>")
@role("producer")
def batch(batch_id: int) -> str:
    """A batch: how far it is, its file, its codes."""
    return _batch_page(read_session(), batch_id)


def _batch_page(db: Session, batch_id: int, *, form: LabelForm | None = None) -> str:
    view = _view(db, batch_id)
    found = view.batch
    target = _own(db, queries.lot_code(db, found.lot_id)) if found.lot_id else None
    if target is None:
        raise UnknownLot
    shown: dict[str, Any] = {"mau": found.template, "dang": found.form, "so": found.count}
    return render_template(
        "traceability/batch.html",
        view=view,
        batch=found,
        target=target,
        form=form or LabelForm(**shown),
        codes=batches.codes_of(db, found.id, most=batches.SHOWN_CODES),
        template=labels.TEMPLATES.get(found.template),
    )


@bp.post("/ban-hang/loat-nhan/<int:batch_id>/in")
@role("producer")
def print_batch(batch_id: int) -> BaseResponse:
    """The file goes to the printer: its codes are alive from now on."""
    db = write_session()
    batch_services.print_batch(
        db, batch_id=_view(db, batch_id).batch.id, actor_id=actor().id(), now=clock.now()
    )
    db.commit()
    return redirect(url_for(".batch_file", batch_id=batch_id), 303)


@bp.get("/ban-hang/loat-nhan/<int:batch_id>/tep")
@role("producer")
def batch_file(batch_id: int) -> Response:
    """The label file of a batch that was given out for printing."""
    found = _view(read_session(), batch_id).batch
    if found.file_name is None or found.state != "printed":
        raise batch_services.NotReady
    suffix = found.file_name.rpartition(".")[2]
    response = Response(house().storage.read(found.file_name), mimetype=_TYPES[suffix])
    response.headers["Content-Disposition"] = f'attachment; filename="nhan-{found.id}.{suffix}"'
    return response


@bp.post("/ban-hang/loat-nhan/<int:batch_id>/kho-khac")
@role("producer")
def redraw(batch_id: int) -> BaseResponse | tuple[str, int]:
    """Make the file of a batch anew, in another size or format."""
    view = _view(read_session(), batch_id)
    form = LabelForm.read(so=view.batch.count)
    form.so.data, form.so.errors = min(view.batch.count, services.MAX_LABELS), []
    if not form.validate():
        return _batch_page(read_session(), batch_id, form=form), 422
    db = write_session()
    try:
        batch_services.redraw(
            db,
            batch_id=view.batch.id,
            template=form.mau.data,
            form=form.dang.data,
            skip=form.bo_qua.data or 0,
            actor_id=actor().id(),
            now=clock.now(),
        )
    except Invalid as refusal:
        form.add_error(refusal)
        return _batch_page(read_session(), batch_id, form=form), 422
    db.commit()
    return redirect(url_for(".batch", batch_id=batch_id), 303)


@bp.post("/ban-hang/loat-nhan/<int:batch_id>/huy")
@role("producer")
def void_batch(batch_id: int) -> BaseResponse:
    """Take a batch back."""
    db = write_session()
    batch_services.void_batch(
        db, batch_id=_view(db, batch_id).batch.id, actor_id=actor().id(), now=clock.now()
    )
    db.commit()
    flash(gettext("Đã hủy loạt mã. Ai quét các mã này sẽ được báo là mã đã hủy."), "warn")
    return redirect(url_for(".batch", batch_id=batch_id), 303)
