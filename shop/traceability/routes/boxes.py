"""The producer's boxes: new ones with their labels, what lies in each, putting more in."""

from flask import Blueprint, flash, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from shop.core import clock
from shop.core.errors import Conflict, Invalid
from shop.traceability import labels, queries
from shop.traceability.forms import BoxForm, FillBoxForm, fresh_key
from shop.traceability.models import Lot
from shop.traceability.queries import Target, batches
from shop.traceability.routes.labels import address_of
from shop.traceability.rules import codes
from shop.traceability.rules.lots import UnknownLot
from shop.traceability.services import batches as batch_services
from shop.traceability.services import boxes as services
from shop.web.access import actor, role
from shop.web.i18n import gettext
from shop.web.request import read_session, write_session

bp = Blueprint("boxes", __name__)


def _mine() -> list[int]:
    return list(actor().producers)


@bp.get("/ban-hang/lo/<code>/thung")
@role("producer")
def of_lot(code: str) -> str:
    """The boxes with units of a lot, and the form that makes new ones."""
    return _list(read_session(), queries.own_lot(read_session(), code, _mine()))


def _list(db: Session, lot: Lot, *, form: BoxForm | None = None) -> str:
    return render_template(
        "traceability/boxes.html",
        lot=lot,
        rows=batches.boxes_of(db, lot.id),
        boxed=batches.boxed_of(db, lot.id),
        form=form or BoxForm(submit_key=fresh_key()),
        takes_boxes=batch_services.may_have_codes(lot),
    )


@bp.post("/ban-hang/lo/<code>/thung")
@role("producer")
def make(code: str) -> BaseResponse | tuple[str, int]:
    """Put units of the lot into new boxes; their labels are made in the background."""
    lot = queries.own_lot(read_session(), code, _mine())
    form = BoxForm.read()
    if not form.validate():
        return _list(read_session(), lot, form=form), 422
    db = write_session()
    try:
        batch = services.make_boxes(
            db,
            lot_id=lot.id,
            boxes=form.so.data or 0,
            units=form.goi.data or 0,
            template=form.mau.data,
            form=form.dang.data,
            submit_key=form.submit_key.data,
            actor_id=actor().id(),
            now=clock.now(),
        )
    except (Invalid, Conflict) as refusal:
        form.add_error(refusal)
        status = 409 if isinstance(refusal, Conflict) else 422
        return _list(read_session(), lot, form=form), status
    db.commit()
    return redirect(url_for("labels.batch", batch_id=batch.id), 303)


def _box(db: Session, code: str) -> Target:
    target = queries.own_target(db, code, _mine())
    if target.code.level != "box":
        raise UnknownLot
    return target


@bp.get("/ban-hang/thung/<code>")
@role("producer")
def show(code: str) -> str:
    """What lies in a box."""
    return _show(read_session(), code)


def _show(db: Session, code: str, *, form: FillBoxForm | None = None) -> str:
    target = _box(db, code)
    form = form or FillBoxForm(submit_key=fresh_key())
    form.lo.choices = _choices(db)
    return render_template(
        "traceability/box.html",
        target=target,
        inside=batches.in_box(db, code),
        units=batches.units_in_box(db, code),
        form=form,
        grouped=codes.grouped(code),
        qr=labels.qr_path(address_of(db, code)),
    )


def _choices(db: Session) -> list[tuple[str, str]]:
    rows = queries.lots_to_sell(db, _mine())
    return [("", gettext("Chỉ theo mã từng gói")), *((row.lot.code, row.title) for row in rows)]


@bp.post("/ban-hang/thung/<code>")
@role("producer")
def fill(code: str) -> BaseResponse | tuple[str, int]:
    """Put more into a box."""
    reader = read_session()
    _box(reader, code)
    form = FillBoxForm.read()
    form.lo.choices = _choices(reader)
    if not form.validate():
        return _show(reader, code, form=form), 422
    db = write_session()
    try:
        services.add_to_box(
            db,
            box_code=code,
            producer_ids=_mine(),
            units_by_lot=_by_lot(db, form),
            unit_codes=_read_codes(form),
            submit_key=form.submit_key.data,
            actor_id=actor().id(),
            now=clock.now(),
        )
    except (Invalid, Conflict) as refusal:
        form.add_error(refusal)
        status = 409 if isinstance(refusal, Conflict) else 422
        return _show(read_session(), code, form=form), status
    db.commit()
    flash(gettext("Đã ghi vào thùng."), "ok")
    return redirect(url_for(".show", code=code), 303)


def _by_lot(db: Session, form: FillBoxForm) -> dict[int, int]:
    if not form.lo.data or not form.so.data:
        return {}
    return {queries.own_lot(db, form.lo.data, _mine()).id: form.so.data}


def _read_codes(form: FillBoxForm) -> list[str]:
    """The typed codes as they are stored. Raises WrongUnit for what cannot be one."""
    found = []
    for typed in form.unit_codes():
        code = codes.normalise(typed)
        if code is None or not codes.is_right(code):
            raise services.WrongUnit(field="goi", code=typed[:20])
        found.append(code)
    return found


@bp.post("/ban-hang/ma/<code>/huy")
@role("producer")
def void(code: str) -> BaseResponse:
    """Take the code of one jar or box back."""
    db = write_session()
    target = queries.own_target(db, code, _mine())
    batch_services.void_code(db, code=target.code.code, actor_id=actor().id(), now=clock.now())
    db.commit()
    flash(gettext("Đã hủy mã %(code)s.", code=codes.grouped(target.code.code)), "warn")
    return redirect(url_for("labels.of_lot", code=target.lot.code if target.lot else code), 303)
