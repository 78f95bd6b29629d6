"""Choosing lots, seeing whom and what a recall touches, the one confirmation."""

from flask import flash, redirect, render_template, request, url_for

from shop.core import clock
from shop.core.errors import Conflict, Invalid
from shop.core.text import clean
from shop.recalls import queries, services
from shop.recalls.forms import DrillForm, RecallForm, fresh_key
from shop.recalls.routes.base import (
    Answer,
    Desk,
    read_lot_codes,
    sign_buyer,
    status_for,
    unkept,
)
from shop.traceability.rules.balance import UNIT_LABELS
from shop.traceability.slots import RECALL_TOUCHES
from shop.web.access import actor
from shop.web.i18n import gettext
from shop.web.request import read_session, write_session

MOST_SHOWN = 30
"""Buyers named in the preview; the recall itself tells all."""


def overview(desk: Desk) -> Answer:
    """Recalls and drills of this desk."""
    db, scope = read_session(), desk.scope()
    return render_template(
        "recalls/overview.html",
        frame=desk.frame,
        desk=desk,
        rows=queries.recalls_in(db, scope),
        drills=queries.drills_of(db, scope),
    )


def choose(desk: Desk) -> Answer:
    """Which lots; with lots chosen (``lo``), the preview and the form that confirms."""
    asked = request.args.getlist("lo")
    if asked:
        return _preview(desk, read_lot_codes(asked), RecallForm(submit_key=fresh_key()))
    words = clean(request.args.get("q", ""))[:60]
    return _choose_page(desk, words)


def _choose_page(desk: Desk, words: str) -> str:
    db = read_session()
    return render_template(
        "recalls/choose.html",
        frame=desk.frame,
        desk=desk,
        lots=queries.lots_to_choose(db, desk.scope(), words),
        words=words,
        units=UNIT_LABELS,
    )


def _preview(desk: Desk, lot_codes: list[str], form: RecallForm, status: int = 200) -> Answer:
    db, now = read_session(), clock.now()
    lot_ids = queries.lots_by_code(db, lot_codes, desk.scope())
    found = queries.find(db, lot_ids, today=clock.today_vn(now))
    page = render_template(
        "recalls/preview.html",
        frame=desk.frame,
        desk=desk,
        found=found,
        shown=found.buyers[:MOST_SHOWN],
        touched=RECALL_TOUCHES.collect(db, found.variant_ids, now),
        lot_codes=lot_codes,
        is_free=[lot for lot in found.lots if lot.state != "recalled"],
        form=form,
        drill=DrillForm(submit_key=fresh_key()),
        units=UNIT_LABELS,
    )
    return unkept(page, status)


def confirm(desk: Desk) -> Answer:
    """Call the lots back."""
    form = RecallForm.read()
    lot_codes = read_lot_codes(request.form.getlist("lo"))
    lot_ids = queries.lots_by_code(read_session(), lot_codes, desk.scope())
    if not form.validate():
        return _preview(desk, lot_codes, form, 422)
    db = write_session()
    draft = services.RecallDraft(
        lot_ids=lot_ids,
        hazard=form.hazard.data,
        reason=form.reason.data,
        reason_en=form.reason_en.data or "",
        advice=form.advice.data,
        advice_en=form.advice_en.data or "",
        contact_phone=form.contact_phone.data,
    )
    try:
        recall = services.open_recall(
            db,
            draft=draft,
            actor_id=actor().id(),
            sign=sign_buyer,
            now=clock.now(),
            submit_key=form.submit_key.data,
        )
    except (Invalid, Conflict) as refusal:
        db.rollback()
        form.add_error(refusal)
        return _preview(desk, lot_codes, form, status_for(refusal))
    db.commit()
    flash(gettext("Đã thu hồi: hàng ngừng bán, người mua đang được báo."), "warn")
    return redirect(url_for(".board", code=recall.code), 303)


def add_to(desk: Desk) -> None:
    """Answer the pages of this module at a desk."""
    desk.add("/thu-hoi", overview)
    desk.add("/thu-hoi/moi", choose)
    desk.add("/thu-hoi", confirm, method="POST")
