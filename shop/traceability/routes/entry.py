"""Sixty-second entries: pick a template, take a photo, send. Kept on the phone while offline.

A form that could not be sent is queued by the service worker (static/sw.js) and sent later by
static/queue.js with the same ``submit_key`` and its own time, asking for JSON.
"""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from shop.catalogue.pictures import store_many
from shop.core import clock
from shop.core.db import MAX_ID
from shop.core.errors import Conflict, Invalid
from shop.core.text import N_
from shop.traceability import queries, services
from shop.traceability.forms import EventForm, event_form, fresh_key, local_now
from shop.traceability.models import Lot
from shop.traceability.queries import entries
from shop.traceability.queries.lots import LotRow
from shop.traceability.rules.events import EventKind
from shop.web.access import actor, role
from shop.web.csrf import csrf_token
from shop.web.i18n import gettext
from shop.web.request import house, read_session, write_session

bp = Blueprint("entry", __name__)

Answer = str | BaseResponse | tuple[str, int] | tuple[dict[str, Any], int]


class EmptyPhoto(Invalid):
    message = N_("Tệp ảnh trống. Hãy chọn lại ảnh.")


class NoLot(Invalid):
    message = N_("Hãy chọn lô.")


def _mine() -> list[int]:
    return list(actor().producers)


@bp.get("/ban-hang/ghi")
@role("producer")
def start() -> str:
    """Which lot, and what was done: templates first, then every kind."""
    db = read_session()
    rows = entries.lots_to_record(db, _mine())
    chosen = _chosen(rows, request.args.get("lo", ""))
    shown = entries.templates_of(db, _mine(), product_id=chosen.lot.product_id) if chosen else []
    return render_template(
        "traceability/entry_start.html",
        rows=rows,
        chosen=chosen,
        templates=[
            row
            for row in shown
            if chosen is not None and chosen.lot.kind in queries.kind_of(row.template.kind).lots
        ],
        kinds=queries.kinds_to_record(chosen.lot.kind) if chosen else [],
        icons={slug: kind.icon for slug, kind in queries.kinds().items()},
    )


def _chosen(rows: list[LotRow], code: str, product_id: int | None = None) -> LotRow | None:
    """The lot asked for; else the first of the product; else the first."""
    named = (row for row in rows if row.lot.code == code)
    fitting = (row for row in rows if row.lot.product_id == product_id)
    return next(named, None) or next(fitting, None) or (rows[0] if rows else None)


@bp.get("/ban-hang/ve-gui")
@role("producer")
def ticket() -> dict[str, Any]:
    """What the phone's queue needs to send what waits: a fresh token, and whose it is."""
    return {"csrf_token": csrf_token(), "person": actor().id()}


@bp.get("/ban-hang/ghi/<kind>", endpoint="form")
@bp.get("/ban-hang/lo/<code>/ghi/<kind>", endpoint="lot_form")
@role("producer")
def show(kind: str, code: str = "") -> str:
    """The form of an event; ``?mau=`` fills it from a template, ``?nhu_truoc=1`` like last time."""
    db, plug = read_session(), queries.recordable_kind(kind)
    template = _template(db, plug)
    rows = entries.lots_to_record(db, _mine(), kinds=plug.lots)
    if code:
        chosen = LotRow(queries.own_lot(db, code, _mine()), "")
    else:
        asked = request.args.get("lo", "")
        product = template.template.product_id if template else None
        found = _chosen(rows, asked, product)
        if found is None:
            return render_template("traceability/entry_start.html", rows=[], chosen=None)
        chosen = found
    form = event_form(plug)(submit_key=fresh_key(), happened_at=local_now(clock.now()))
    last = queries.last_facts(db, product_id=chosen.lot.product_id, kind=plug.slug)
    if template is not None:
        form.fill(template.template.facts)
    elif last is not None and request.args.get("nhu_truoc") == "1":
        form.fill(last)
    return _page(form, chosen.lot, rows, is_fixed=bool(code), has_last=last is not None)


def _template(db: Session, plug: EventKind) -> entries.TemplateRow | None:
    asked = request.args.get("mau", "")
    is_number = asked.isascii() and asked.isdecimal() and len(asked) <= 10
    if not is_number or int(asked) > MAX_ID:
        return None
    found = entries.own_template(db, int(asked), _mine())
    return found if found.template.kind == plug.slug else None


def _page(
    form: EventForm,
    lot: Lot,
    rows: list[LotRow],
    *,
    is_fixed: bool,
    has_last: bool = False,
) -> str:
    return render_template(
        "traceability/event.html",
        lot=lot,
        rows=rows,
        is_fixed=is_fixed,
        form=form,
        kind=form.kind,
        has_last=has_last,
        made_at=clock.now(),
        person=actor().id(),
    )


@bp.post("/ban-hang/ghi/<kind>", endpoint="record")
@bp.post("/ban-hang/lo/<code>/ghi/<kind>", endpoint="record_for_lot")
@role("producer")
def record(kind: str, code: str = "") -> Answer:
    """Record an event; photos are stored before the database is asked."""
    plug, is_fixed = queries.recordable_kind(kind), bool(code)
    named = code or request.form.get("lo", "")[:20]
    if not named:
        raise NoLot
    reader = read_session()
    lot = queries.own_lot(reader, named, _mine())
    form = event_form(plug).read()
    if not form.validate():
        return _refused(form, lot, is_fixed, 422)
    try:
        photos = store_photos()
        db = write_session()
        event = services.record_event(
            db,
            lot_id=queries.own_lot(db, named, _mine()).id,
            kind=plug.slug,
            facts=form.facts(),
            happened_at=form.moment(),
            attachments=photos,
            actor_id=actor().id(),
            submit_key=form.submit_key.data,
            now=clock.now(),
        )
    except (Invalid, Conflict) as refusal:
        form.add_error(refusal)
        return _refused(form, lot, is_fixed, 409 if isinstance(refusal, Conflict) else 422)
    db.commit()
    if _wants_json():
        return {"lot": lot.code, "seq": event.seq}, 200
    flash(gettext("Đã ghi vào nhật ký của lô %(lot)s.", lot=lot.lot_no), "ok")
    place = url_for("traceability.lot", code=lot.code) if is_fixed else _start_again(lot)
    return redirect(place, 303)


def _start_again(lot: Lot) -> str:
    return url_for(".start", lo=lot.code)


def _wants_json() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _refused(form: EventForm, lot: Lot, is_fixed: bool, status: int) -> Answer:
    if _wants_json():
        said = [error for field in form for error in field.errors] + form.form_errors
        return {"errors": [str(error) for error in said]}, status
    rows = entries.lots_to_record(read_session(), _mine(), kinds=form.kind.lots)
    return _page(form, lot, rows, is_fixed=is_fixed), status


def store_photos() -> list[str]:
    """Decode and keep the uploaded pictures. Raises Invalid (field ``photos``)."""
    files = [file for file in request.files.getlist("photos") if file.filename]
    if len(files) > services.MAX_ATTACHMENTS:
        raise services.TooManyPhotos(field="photos")
    raws = [file.read() for file in files]
    if not all(raws):
        raise EmptyPhoto(field="photos")
    try:
        return [picture.sha for picture in store_many(house().storage, raws)]
    except Invalid as refusal:
        raise Invalid(refusal.text, field="photos", **refusal.params) from refusal
