"""Practising a recall: the stopwatch, what was found, the history."""

from flask import flash, redirect, render_template, request, url_for

from shop.core import clock
from shop.core.errors import Conflict, Invalid
from shop.recalls import queries, services
from shop.recalls.forms import DrillForm, FinishForm
from shop.recalls.routes.base import Answer, Desk, read_lot_codes, status_for, unkept
from shop.web.access import actor
from shop.web.i18n import gettext
from shop.web.request import read_session, write_session


def start(desk: Desk) -> Answer:
    """Start the stopwatch over the chosen lots."""
    form = DrillForm.read()
    if not form.validate():
        raise Invalid
    lot_codes = read_lot_codes(request.form.getlist("lo"))
    db = write_session()
    drill = services.start_drill(
        db,
        lot_ids=queries.lots_by_code(db, lot_codes, desk.scope()),
        actor_id=actor().id(),
        now=clock.now(),
        submit_key=form.submit_key.data,
    )
    db.commit()
    return redirect(url_for(".drill", code=drill.code), 303)


def drill(desk: Desk, code: str) -> Answer:
    """One drill: running, or its result."""
    return _page(desk, code, FinishForm())


def _page(desk: Desk, code: str, form: FinishForm, status: int = 200) -> Answer:
    db, now = read_session(), clock.now()
    found, producer = queries.own_drill(db, code, desk.scope())
    lot_ids = queries.lots_by_code(db, found.lot_codes, desk.scope())
    page = render_template(
        "recalls/drill.html",
        frame=desk.frame,
        desk=desk,
        drill=found,
        producer=producer,
        figures=found.figures,
        found=queries.find(db, lot_ids, today=clock.today_vn(now)),
        passed=(found.finished_at or now) - found.started_at,
        form=form,
    )
    return unkept(page, status)


def finish(desk: Desk, code: str) -> Answer:
    """Stop the stopwatch with what people found."""
    form = FinishForm.read()
    if not form.validate():
        return _page(desk, code, form, 422)
    db = write_session()
    found, _producer = queries.own_drill(db, code, desk.scope())
    try:
        services.finish_drill(
            db,
            drill_id=found.id,
            counted=form.counted.data or 0,
            called=form.called.data or 0,
            note=form.note.data or "",
            actor_id=actor().id(),
            now=clock.now(),
        )
    except (Invalid, Conflict) as refusal:
        db.rollback()
        form.add_error(refusal)
        return _page(desk, code, form, status_for(refusal))
    db.commit()
    flash(gettext("Đã ghi kết quả diễn tập."), "ok")
    return redirect(url_for(".drill", code=code), 303)


def add_to(desk: Desk) -> None:
    """Answer the pages of this module at a desk."""
    desk.add("/dien-tap", start, method="POST")
    desk.add("/dien-tap/<code>", drill)
    desk.add("/dien-tap/<code>", finish, method="POST")
