"""The producer's pages: lots, sixty-second entries, release and hold, labels."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from shop.core import clock
from shop.core.errors import Conflict, Invalid
from shop.traceability import labels, queries, services
from shop.traceability.forms import (
    LabelForm,
    LotForm,
    ReasonForm,
    correction_form,
    fresh_key,
)
from shop.traceability.models import Lot
from shop.traceability.routes.labels import address_of
from shop.traceability.routes.show import shown_events
from shop.traceability.rules.balance import UNIT_LABELS
from shop.traceability.rules.lots import UnknownLot
from shop.web.access import actor, role
from shop.web.i18n import gettext
from shop.web.pagination import Page, page_number
from shop.web.request import read_session, write_session

bp = Blueprint("traceability", __name__)

MAX_SEQ = 1_000_000


def _mine() -> list[int]:
    return list(actor().producers)


def _own(db: Session, code: str) -> Lot:
    return queries.own_lot(db, code, _mine())


# Lots


@bp.get("/ban-hang/lo")
@role("producer")
def lots() -> str:
    """The producer's lots, and the codes of goods without lots."""
    db = read_session()
    number = page_number(request.args.get("trang"))
    rows, total = queries.lots_of(db, _mine(), page=number)
    page = Page(number, queries.PAGE_SIZE, total, lambda n: url_for(".lots", trang=n))
    return render_template(
        "traceability/lots.html",
        rows=rows,
        page=page,
        lotless=queries.lotless_products(db, _mine()),
    )


@bp.get("/ban-hang/lo/moi")
@role("producer")
def new_lot() -> str:
    """The form that opens a lot."""
    now = clock.now()
    form = LotForm(submit_key=fresh_key(), made_on=clock.today_vn(now))
    _offer_variants(form, read_session())
    wanted = request.args.get("bien_the", "")
    form.variant_id.data = wanted[:20]
    return render_template("traceability/new_lot.html", form=form)


@bp.post("/ban-hang/lo")
@role("producer")
def open_lot() -> BaseResponse | tuple[str, int]:
    """Open a lot and go to its page."""
    form = LotForm.read()
    products = _offer_variants(form, read_session())
    if not form.validate():
        return render_template("traceability/new_lot.html", form=form), 422
    db = write_session()
    values = form.values()
    try:
        lot = services.open_lot(
            db,
            product_id=products[values["variant_id"]],
            actor_id=actor().id(),
            now=clock.now(),
            **values,
        )
    except (Invalid, Conflict) as refusal:
        form.add_error(refusal)
        status = 409 if isinstance(refusal, Conflict) else 422
        return render_template("traceability/new_lot.html", form=form), status
    db.commit()
    return redirect(url_for(".lot", code=lot.code), 303)


def _offer_variants(form: LotForm, db: Session) -> dict[int, int]:
    """Fill the pick list; gives variant id -> product id."""
    products = [p for p in queries.products_for_lots(db, _mine()) if p.is_lot_tracked]
    form.variant_id.choices = [
        (str(variant_id), f"{product.name} — {label}")
        for product in products
        for variant_id, label in product.variants
    ]
    return {variant_id: product.id for product in products for variant_id, _ in product.variants}


@bp.get("/ban-hang/lo/<code>")
@role("producer")
def lot(code: str) -> str:
    """One lot: what was recorded, what to do next, labels."""
    return _lot_page(read_session(), code)


def _lot_page(db: Session, code: str, *, hold: ReasonForm | None = None) -> str:
    found = _own(db, code)
    journal_events = queries.events_of(db, found.id)
    target = queries.target_of(db, found.code)
    return render_template(
        "traceability/lot.html",
        lot=found,
        target=target,
        unit_label=UNIT_LABELS.get(found.uom, found.uom),
        entries=shown_events(journal_events, with_inner=True),
        kinds=queries.kinds_to_record(found.kind),
        has_story=queries.has_story(db, found.id),
        scans=queries.scans_of(db, found.code),
        hold=hold or ReasonForm(),
        label=LabelForm(),
        qr=labels.qr_path(address_of(db, found.code)),
    )


# Journal


@bp.get("/ban-hang/lo/<code>/dinh-chinh/<int:seq>")
@role("producer")
def correct(code: str, seq: int) -> str:
    """The form that corrects an entry, filled with what it said."""
    db = read_session()
    found = _own(db, code)
    event = queries.event_at(db, found.id, _seq(seq))
    plug = queries.recordable_kind(event.kind)
    form = correction_form(plug)(submit_key=fresh_key())
    form.fill({**event.facts, **event.inner_facts})
    return render_template(
        "traceability/event.html", lot=found, form=form, kind=plug, corrects=seq, has_last=False
    )


@bp.post("/ban-hang/lo/<code>/dinh-chinh/<int:seq>")
@role("producer")
def record_correction(code: str, seq: int) -> BaseResponse | tuple[str, int]:
    """Record what is right instead of entry ``seq``."""
    reader = read_session()
    found = _own(reader, code)
    plug = queries.recordable_kind(queries.event_at(reader, found.id, _seq(seq)).kind)
    form: Any = correction_form(plug).read()
    values: dict[str, Any] = {
        "lot": found,
        "form": form,
        "kind": plug,
        "corrects": seq,
        "has_last": False,
    }
    if not form.validate():
        return render_template("traceability/event.html", **values), 422
    db = write_session()
    try:
        services.correct_event(
            db,
            lot_id=_own(db, code).id,
            seq=seq,
            facts=form.facts(),
            reason=form.reason.data,
            actor_id=actor().id(),
            submit_key=form.submit_key.data,
            now=clock.now(),
        )
    except (Invalid, Conflict) as refusal:
        form.add_error(refusal)
        status = 409 if isinstance(refusal, Conflict) else 422
        return render_template("traceability/event.html", **values), status
    db.commit()
    flash(gettext("Đã ghi đính chính. Mục cũ vẫn còn trong nhật ký."), "ok")
    return redirect(url_for(".lot", code=code), 303)


def _seq(seq: int) -> int:
    if not 0 < seq <= MAX_SEQ:
        raise UnknownLot
    return seq


# States


@bp.post("/ban-hang/lo/<code>/mo-ban")
@role("producer")
def release(code: str) -> BaseResponse:
    """Put the lot on sale."""
    db = write_session()
    services.release_lot(db, lot_id=_own(db, code).id, actor_id=actor().id(), now=clock.now())
    db.commit()
    flash(gettext("Lô đã mở bán."), "ok")
    return redirect(url_for(".lot", code=code), 303)


@bp.post("/ban-hang/lo/<code>/tam-giu")
@role("producer")
def hold(code: str) -> BaseResponse | tuple[str, int]:
    """Take the lot off sale for the time being."""
    form = ReasonForm.read()
    if not form.validate():
        return _lot_page(read_session(), code, hold=form), 422
    db = write_session()
    try:
        services.hold_lot(
            db,
            lot_id=_own(db, code).id,
            reason=form.reason.data,
            actor_id=actor().id(),
            now=clock.now(),
        )
    except Invalid as refusal:
        form.add_error(refusal)
        return _lot_page(read_session(), code, hold=form), 422
    db.commit()
    flash(gettext("Lô đã ngừng bán."), "warn")
    return redirect(url_for(".lot", code=code), 303)


@bp.post("/ban-hang/lo/<code>/dong")
@role("producer")
def close(code: str) -> BaseResponse:
    """End the lot."""
    db = write_session()
    services.close_lot(db, lot_id=_own(db, code).id, actor_id=actor().id(), now=clock.now())
    db.commit()
    flash(gettext("Lô đã đóng."), "ok")
    return redirect(url_for(".lot", code=code), 303)
