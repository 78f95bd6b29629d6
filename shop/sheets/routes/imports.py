"""The catalogue out as a file, and in again: template, export, upload, dry run, commit, undo."""

import hashlib
import json
from typing import Any, Final

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shop.catalogue.models import Producer
from shop.core import clock
from shop.core.errors import Conflict, Invalid, NotFound
from shop.core.text import N_
from shop.core.workbook_cells import column_letters
from shop.sheets import queries, services, writers
from shop.sheets.forms import MODES, UploadForm
from shop.sheets.routes.base import KINDS, as_file, bp, chosen, fresh_key, own_producers, page_url
from shop.sheets.rules.columns import BY_KEY
from shop.sheets.rules.fields import show_value
from shop.sheets.rules.plan import Plan, Row, plan_of
from shop.sheets.rules.refusals import MAX_BYTES, REFUSALS, kind_of
from shop.sheets.workbooks import Sheet, sheet_of
from shop.web.access import actor, role
from shop.web.errors import status_of
from shop.web.i18n import gettext as _
from shop.web.limits import limiter
from shop.web.pagination import Page, page_number
from shop.web.request import house, read_session, uploaded, write_session

HISTORY_SIZE: Final = 20
ROWS_SIZE: Final = 50
MAX_WAITING: Final = 3

STATES: Final = {
    "queued": N_("Đang kiểm tra"),
    "refused": N_("Không nhận được tệp"),
    "judged": N_("Chờ xác nhận"),
    "confirmed": N_("Đang ghi"),
    "committed": N_("Đã ghi"),
    "undoing": N_("Đang hoàn tác"),
    "undone": N_("Đã hoàn tác"),
    "cancelled": N_("Đã bỏ"),
}
STATUSES: Final = {
    "new": N_("Dòng mới"),
    "changed": N_("Dòng sửa"),
    "error": N_("Dòng lỗi"),
    "unchanged": N_("Dòng giữ nguyên"),
    "example": N_("Dòng ví dụ"),
}


class TooManyWaiting(Conflict):
    message = N_("Đang có 3 tệp chờ kiểm tra. Vui lòng đợi xong rồi tải tiếp.")


class FilesGone(NotFound):
    message = N_("Tệp này đã được xóa sau 30 ngày.")


@bp.get("/ban-hang/nhap-xuat")
@role("producer")
def exchange() -> ResponseReturnValue:
    """Template, export, upload, and every import there was."""
    producers = own_producers()
    return _exchange_page(chosen(producers), producers, UploadForm(submit_key=fresh_key()))


def _exchange_page(
    producer: Producer, producers: list[Producer], form: UploadForm, status: int = 200
) -> ResponseReturnValue:
    number = page_number(request.args.get("trang"))
    views, total = queries.imports_of(
        read_session(), [producer.id], offset=(number - 1) * HISTORY_SIZE, limit=HISTORY_SIZE
    )
    return (
        render_template(
            "sheets/exchange.html",
            producer=producer,
            producers=producers,
            form=form,
            views=views,
            states=STATES,
            modes=MODES,
            refusals=REFUSALS,
            page=Page(number, HISTORY_SIZE, total, page_url),
        ),
        status,
    )


@bp.get("/ban-hang/nhap-xuat/mau.xlsx")
@role("producer")
def template() -> ResponseReturnValue:
    """The empty workbook with rules, drop-downs and examples."""
    return as_file(writers.template(_), "mau-danh-muc.xlsx")


@bp.post("/ban-hang/nhap-xuat/xuat")
@role("producer")
@limiter.limit("30 per minute")
def export() -> ResponseReturnValue:
    """The catalogue as a file; written down who took it."""
    producer = chosen(own_producers())
    kind = request.form.get("kind", "")
    if kind not in KINDS:
        raise Invalid
    now = clock.now()
    rows = queries.catalogue_rows(read_session(), producer.id, today=clock.today_vn(now))
    write = {"xlsx": writers.catalogue_xlsx, "csv": writers.catalogue_csv}[kind]
    content = write(rows, _)
    db = write_session()
    services.log_export(
        db,
        producer_id=producer.id,
        actor_id=actor().id(),
        file_kind=kind,
        rows=len(rows),
        sha=hashlib.sha256(content).hexdigest(),
        now=now,
    )
    db.commit()
    day = clock.today_vn(now).isoformat()
    return as_file(content, f"danh-muc-{producer.slug[:60]}-{day}.{kind}")


@bp.post("/ban-hang/nhap-xuat")
@role("producer")
@limiter.limit("30 per minute")
def upload() -> ResponseReturnValue:
    """Take a file in; its dry run goes on in the background."""
    producers = own_producers()
    producer = chosen(producers)
    form = UploadForm.read()
    if not form.validate():
        return _exchange_page(producer, producers, form, 422)
    name, content = uploaded("sheet", MAX_BYTES)
    db = write_session()
    try:
        kind = kind_of(content, name)
        if queries.waiting_imports(read_session(), producer.id) >= MAX_WAITING:
            raise TooManyWaiting
        row = services.start_import(
            db,
            producer_id=producer.id,
            actor_id=actor().id(),
            file_name=name,
            file_kind=kind,
            content=content,
            upload_name=house().storage.put(content, kind),
            stock_mode=form.stock_mode.data,
            submit_key=form.submit_key.data,
            now=clock.now(),
        )
    except (Invalid, Conflict) as refusal:
        db.rollback()
        form.add_error(refusal)
        return _exchange_page(producer, producers, form, status_of(refusal))
    db.commit()
    return redirect(url_for(".show_import", public_id=row.public_id), 303)


def _view(public_id: str) -> queries.ImportView:
    if not public_id.isalnum():
        raise queries.NoSuchImport
    return queries.import_of(read_session(), public_id, list(actor().producers))


def _stored(name: str | None) -> Any:
    return json.loads(_kept_file(name))


def _kept_file(name: str | None) -> bytes:
    if name is None or not house().storage.has(name):
        raise FilesGone
    return house().storage.read(name)


@bp.get("/ban-hang/nhap-xuat/<public_id>")
@role("producer")
def show_import(public_id: str) -> ResponseReturnValue:
    """How far an import is; its faults and its diff; what can be done with it."""
    return _import_page(_view(public_id))


def _import_page(
    view: queries.ImportView, status: int = 200, *, refusal: str = ""
) -> ResponseReturnValue:
    row = view.row
    plan = _plan(view)
    asked = request.args.get("loc", "")
    asked = asked if asked in STATUSES else _first_of_interest(row.counts)
    lines = [line for line in plan.rows if line.status == asked] if plan else []
    page = Page(page_number(request.args.get("trang")), ROWS_SIZE, len(lines), page_url)
    is_open = row.committed_at is not None and row.state == "committed"
    can_undo = is_open and clock.now() - (row.committed_at or clock.now()) < services.UNDO_WITHIN
    outcome = queries.changes_by_outcome(read_session(), row.id) if row.undone_at else {}
    left = queries.refused_undoings(read_session(), row.id, limit=200) if row.undone_at else []
    return (
        render_template(
            "sheets/import.html",
            view=view,
            row=row,
            plan=plan,
            lines=lines[page.offset : page.offset + ROWS_SIZE],
            page=page,
            asked=asked,
            statuses=STATUSES,
            states=STATES,
            modes=MODES,
            refusal=refusal or (_(REFUSALS[row.refusal]) if row.refusal in REFUSALS else ""),
            shown_changes=_shown_changes,
            fault_lines=_fault_lines,
            can_undo=can_undo,
            undo_until=(row.committed_at or clock.now()) + services.UNDO_WITHIN,
            outcome=outcome,
            left=left,
        ),
        status,
    )


def _plan(view: queries.ImportView) -> Plan | None:
    name = view.row.plan_name
    if name is None or not house().storage.has(name):
        return None
    return plan_of(_stored(name))


def _first_of_interest(counts: dict[str, int]) -> str:
    return next(
        (status for status in ("error", "changed", "new") if counts.get(status)), "unchanged"
    )


def _shown_changes(line: Row) -> list[tuple[str, str, str]]:
    """Field, old, new: as words."""
    found = [
        (
            _(BY_KEY[change.field].label),
            "" if line.status == "new" else _words(change.field, change.old),
            _words(change.field, change.new),
        )
        for change in line.changes
    ]
    if line.stock is not None:
        move = line.stock
        label = _("Tồn kho")
        if move.lot_no:
            label = _("Tồn kho, lô %(lot)s", lot=move.lot_no)
        old = "" if move.old is None else str(move.old)
        found.append((label, old, str(move.units) if move.mode == "count" else f"+{move.units}"))
    return found


def _words(field: str, value: Any) -> str:
    shown = show_value(BY_KEY[field], value)
    return f"{shown:,}".replace(",", ".") if isinstance(shown, int) else shown


def _fault_lines(plan: Plan, line: Row) -> list[tuple[str, str]]:
    """Column (letter and header) and what is wrong."""
    found = []
    for fault in line.faults:
        params = {
            name: _(value) if isinstance(value, str) else value
            for name, value in fault.params.items()
        }
        place = fault.place
        has_header = place is not None and place < len(plan.headers)
        where = ""
        if place is not None and has_header:
            where = f"{column_letters(place)} · {plan.headers[place]}"
        found.append((where, _(fault.text, **params)))
    return found


def _sheet(view: queries.ImportView) -> Sheet:
    return sheet_of(_stored(view.row.cells_name))


@bp.get("/ban-hang/nhap-xuat/<public_id>/tep-loi")
@role("producer")
def faults_file(public_id: str) -> ResponseReturnValue:
    """The uploaded file back, with a column that says what is wrong."""
    view = _view(public_id)
    plan = _plan(view)
    if plan is None:
        raise FilesGone
    sheet, kind = _sheet(view), view.row.file_kind
    if kind == "csv":
        content = writers.faults_csv(sheet, plan, _)
    else:
        content = writers.faults_xlsx(_kept_file(view.row.upload_name), sheet, plan, _)
    return as_file(content, f"loi-{public_id[:8]}.{kind}")


def _digest() -> str:
    """The plan's digest as the page sent it; empty for what is none."""
    sent = request.form.get("digest", "")
    return sent if len(sent) == 64 and sent.isalnum() else ""


@bp.post("/ban-hang/nhap-xuat/<public_id>/xac-nhan")
@role("producer")
def confirm(public_id: str) -> ResponseReturnValue:
    """Have the plan that was seen (``digest``) written."""
    view = _view(public_id)
    db = write_session()
    try:
        services.confirm_import(
            db,
            row=view.row,
            digest=_digest(),
            actor_id=actor().id(),
            now=clock.now(),
        )
    except (Invalid, Conflict) as refusal:
        db.rollback()
        return _import_page(_view(public_id), status_of(refusal), refusal=_(refusal.text))
    db.commit()
    return redirect(url_for(".show_import", public_id=public_id), 303)


@bp.post("/ban-hang/nhap-xuat/<public_id>/hoan-tac")
@role("producer")
def undo(public_id: str) -> ResponseReturnValue:
    """Have what was written taken back."""
    view = _view(public_id)
    db = write_session()
    try:
        services.request_undo(db, row=view.row, actor_id=actor().id(), now=clock.now())
    except Conflict as refusal:
        db.rollback()
        return _import_page(_view(public_id), status_of(refusal), refusal=_(refusal.text))
    db.commit()
    return redirect(url_for(".show_import", public_id=public_id), 303)


@bp.post("/ban-hang/nhap-xuat/<public_id>/bo")
@role("producer")
def cancel(public_id: str) -> ResponseReturnValue:
    """Let a dry run go."""
    view = _view(public_id)
    db = write_session()
    try:
        services.cancel_import(db, row=view.row, actor_id=actor().id(), now=clock.now())
    except Conflict as refusal:
        db.rollback()
        return _import_page(_view(public_id), status_of(refusal), refusal=_(refusal.text))
    db.commit()
    flash(_("Đã bỏ lần nhập này. Chưa có gì thay đổi."), "ok")
    return redirect(url_for(".exchange", co_so=view.producer_slug), 303)
