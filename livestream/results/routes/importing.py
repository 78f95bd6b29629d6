"""A platform's file: upload, columns, what each row will do, recording."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from livestream.results import services
from livestream.results.forms import FileForm, chosen_items
from livestream.results.models import ResultImport
from livestream.results.queries.sheets import item_sheets, known_items
from livestream.results.routes.figures import channel_options, result_page
from livestream.results.routes.frame import Page, bp, club_session
from livestream.results.rules.columns import (
    FIELDS,
    NoChannel,
    NoColumns,
    Row,
    guess,
    is_whole,
    match,
    read_rows,
)
from livestream.sessions.models import LiveSession
from shop.core import clock
from shop.core.errors import Conflict, Invalid, NotFound
from shop.core.text import N_
from shop.sheets.rules import mapping
from shop.sheets.rules.refusals import MAX_BYTES, kind_of
from shop.sheets.services import previews
from shop.sheets.workbooks import read_sheet
from shop.web.access import actor, role
from shop.web.errors import status_of
from shop.web.i18n import gettext as _
from shop.web.limits import limiter
from shop.web.request import house, read_session, uploaded, write_session


@bp.post("/clb/phien/<public_id>/ket-qua/tep")
@role("club")
@limiter.limit("30 per minute")
def upload(public_id: str) -> Page:
    """Read a file; the columns are guessed and shown."""
    live = club_session(read_session(), public_id, manager=True)
    name, content = uploaded("sheet", MAX_BYTES)
    form = FileForm.read().offer(channel_options(read_session(), live))
    if not form.validate():
        return result_page(live, refused=NoChannel(), status=422)
    try:
        rows = read_sheet(content, kind_of(content, name)).table.rows
        kept = previews.keep_cells(house().storage, rows)
        db = write_session()
        row = services.take_file(
            db,
            live=club_session(db, public_id, manager=True),
            file_name=name,
            content=content,
            cells_name=kept,
            layout=guess(rows),
            channel_id=form.channel_id,
            actor_id=actor().id(),
            now=clock.now(),
        )
    except (Invalid, Conflict) as refusal:
        return result_page(live, refused=refusal, status=status_of(refusal))
    db.commit()
    if row.cells_name != kept:
        house().storage.delete(kept)
        flash(_(N_("Tệp này đã tải lên trước đó; đây là lần ấy.")), "info")
    return redirect(url_for(".import_file", public_id=public_id, file_id=row.public_id), 303)


def _found(db: Session, live: LiveSession, file_id: str) -> ResultImport:
    row = db.scalars(
        select(ResultImport).where(
            ResultImport.session_id == live.id, ResultImport.public_id == file_id[:26]
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    return row


def _channel(row: ResultImport) -> str:
    return "" if row.channel_id is None else str(row.channel_id)


def _matched(db: Session, live: LiveSession, rows: list[Row]) -> dict[int, int]:
    items = known_items(item_sheets(db, live))
    found = {one.number: match(one.product, items) for one in rows}
    return {number: item_id for number, item_id in found.items() if item_id is not None}


@bp.get("/clb/phien/<public_id>/ket-qua/tep/<file_id>")
@role("club")
def import_file(public_id: str, file_id: str) -> Page:
    """What each row will do, or how many were recorded."""
    live = club_session(read_session(), public_id, manager=True)
    return _page(live, _found(read_session(), live, file_id))


def _page(live: LiveSession, row: ResultImport, refusal: str = "", status: int = 200) -> Page:
    db = read_session()
    sheets = item_sheets(db, live)
    context: dict[str, Any] = {"rows": [], "matched": {}, "headings": []}
    if row.state == "open":
        cells = previews.kept_cells(house().storage, row)
        layout = previews.layout_of(row)
        context["headings"] = mapping.headings(cells, row.header_row)
        try:
            context["rows"] = read_rows(cells, layout, _channel(row))
            context["matched"] = _matched(db, live, context["rows"])
        except Invalid as trouble:
            refusal = refusal or _(trouble.text)
    page = render_template(
        "livestream/results/import.html",
        live=live,
        row=row,
        fields=FIELDS,
        items=sheets,
        digest=previews.digest_of(row),
        refusal=refusal,
        **context,
    )
    return page, status


@bp.post("/clb/phien/<public_id>/ket-qua/tep/<file_id>/cot")
@role("club")
def import_columns(public_id: str, file_id: str) -> Page:
    """Read the file by the columns that the person chose."""
    live = club_session(read_session(), public_id, manager=True)
    row = _found(read_session(), live, file_id)
    layout = mapping.chosen(request.form.to_dict(), FIELDS)
    if layout is None or not is_whole(layout):
        return _page(live, row, _(NoColumns.message), 422)
    db = write_session()
    own = club_session(db, public_id, manager=True)
    previews.set_layout(db, row=_found(db, own, file_id), layout=layout)
    db.commit()
    return redirect(url_for(".import_file", public_id=public_id, file_id=file_id), 303)


@bp.post("/clb/phien/<public_id>/ket-qua/tep/<file_id>")
@role("club")
def import_record(public_id: str, file_id: str) -> Page:
    """Record the rows that were seen; rows matched by hand are ``row_<number>``."""
    live = club_session(read_session(), public_id, manager=True)
    row = _found(read_session(), live, file_id)
    if row.state == "recorded":
        return redirect(url_for(".show", public_id=public_id), 303)
    kept = row.cells_name
    rows = read_rows(
        previews.kept_cells(house().storage, row), previews.layout_of(row), _channel(row)
    )
    items = _matched(read_session(), live, rows) | chosen_items(request.form.to_dict())
    db = write_session()
    own = club_session(db, public_id, manager=True)
    count = services.record_import(
        db,
        live=own,
        row=_found(db, own, file_id),
        rows=rows,
        items=items,
        digest=request.form.get("digest", ""),
        actor_id=actor().id(),
        now=clock.now(),
    )
    db.commit()
    house().storage.delete(kept or "")
    flash(_(N_("Đã ghi %(n)s dòng từ tệp."), n=count), "ok")
    if len(rows) > count:
        flash(_(N_("%(n)s dòng của tệp không được tính."), n=len(rows) - count), "info")
    return redirect(url_for(".show", public_id=public_id), 303)
