"""Bank statements: upload, columns, what each row will do, recording."""

from typing import Final

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shop.core import clock
from shop.core.errors import Conflict, Invalid
from shop.core.text import N_
from shop.payments.banks import bank_name
from shop.payments.configuration import config_of
from shop.payments.models import PayeeAccount
from shop.sheets.rules import mapping
from shop.sheets.rules.refusals import MAX_BYTES, kind_of
from shop.sheets.services import previews
from shop.sheets.workbooks import read_sheet
from shop.statements import queries, services
from shop.statements.forms import StatementForm, read_numbers
from shop.statements.models import StatementImport
from shop.statements.rules import FIELDS, NoColumns, guess, is_whole, read_lines
from shop.web.access import actor, role
from shop.web.errors import status_of
from shop.web.i18n import gettext as _
from shop.web.limits import limiter
from shop.web.request import database, house, read_session, uploaded, write_session

bp = Blueprint("statements", __name__)

HISTORY: Final = 20
DOES: Final = {
    "paid": N_("Trả đủ đơn"),
    "partial": N_("Trả một phần đơn"),
    "excess": N_("Thừa: đơn đủ tiền, phần dư chờ hoàn"),
    "late": N_("Đến muộn: giữ lại đơn nếu còn hàng, không thì chờ hoàn"),
    "desk": N_("Lên bàn đối soát"),
    "counted": N_("Đã ghi từ nguồn khác"),
    "known": N_("Đã ghi từ sao kê trước"),
    "refund": N_("Xác nhận đã hoàn tiền"),
    "refund_open": N_("Hoàn tiền: còn chờ chứng từ hoặc người thứ hai"),
    "out": N_("Tiền ra: bỏ qua"),
    "fault": N_("Không đọc được"),
}


def _own() -> list[int]:
    return sorted(actor().producers)


@bp.get("/ban-hang/sao-ke")
@role("producer")
def index() -> ResponseReturnValue:
    """Upload a statement; those there were."""
    return _index(StatementForm())


def _index(form: StatementForm, status: int = 200) -> ResponseReturnValue:
    db = read_session()
    page = render_template(
        "statements/index.html",
        form=form,
        accounts=queries.accounts_of(db, _own()),
        rows=queries.statements_of(db, _own(), limit=HISTORY),
        bank_name=bank_name,
    )
    return page, status


@bp.post("/ban-hang/sao-ke")
@role("producer")
@limiter.limit("30 per minute")
def upload() -> ResponseReturnValue:
    """Read a file; the columns are guessed and shown."""
    name, content = uploaded("sheet", MAX_BYTES)
    form = StatementForm.read()
    if not form.validate():
        return _index(form, 422)
    try:
        rows = read_sheet(content, kind_of(content, name)).table.rows
        kept = previews.keep_cells(house().storage, rows)
        db = write_session()
        row = services.take_statement(
            db,
            account_id=form.account_id.data or 0,
            producer_ids=_own(),
            actor_id=actor().id(),
            file_name=name,
            content=content,
            cells_name=kept,
            layout=guess(rows),
            now=clock.now(),
        )
    except (Invalid, Conflict) as refusal:
        form.add_error(refusal)
        return _index(form, status_of(refusal))
    db.commit()
    if row.cells_name != kept:
        house().storage.delete(kept)
        flash(_("Tệp này đã tải lên trước đó; đây là lần ấy."), "info")
    return redirect(url_for(".show", public_id=row.public_id), 303)


def _found(public_id: str) -> tuple[StatementImport, PayeeAccount]:
    if not public_id.isalnum():
        raise queries.NoSuchStatement
    return queries.statement_called(read_session(), public_id, _own())


@bp.get("/ban-hang/sao-ke/<public_id>")
@role("producer")
def show(public_id: str) -> ResponseReturnValue:
    """What each row will do, or did."""
    row, account = _found(public_id)
    return _page(row, account)


def _page(
    row: StatementImport, account: PayeeAccount, refusal: str = "", status: int = 200
) -> ResponseReturnValue:
    if row.state == "recorded":
        page = render_template(
            "statements/recorded.html", row=row, account=account, does=DOES, bank_name=bank_name
        )
        return page, status
    cells = previews.kept_cells(house().storage, row)
    layout = previews.layout_of(row)
    seen: list[queries.Foreseen] = []
    try:
        seen = queries.foresee(read_session(), account, read_lines(cells, layout))
    except Invalid as trouble:
        refusal = refusal or _(trouble.text)
    page = render_template(
        "statements/preview.html",
        row=row,
        account=account,
        bank_name=bank_name,
        fields=FIELDS,
        headings=mapping.headings(cells, row.header_row),
        groups=_groups(seen),
        does=DOES,
        digest=previews.digest_of(row),
        refusal=refusal,
    )
    return page, status


def _groups(seen: list[queries.Foreseen]) -> dict[str, list[queries.Foreseen]]:
    groups: dict[str, list[queries.Foreseen]] = {"orders": [], "desk": [], "refund": [], "rest": []}
    for one in seen:
        kind = "orders" if one.does in {"paid", "partial", "excess", "late"} else one.does
        groups[kind if kind in groups else "rest"].append(one)
    return groups


@bp.post("/ban-hang/sao-ke/<public_id>/cot")
@role("producer")
def columns(public_id: str) -> ResponseReturnValue:
    """Read the file by the columns that the person chose."""
    row, account = _found(public_id)
    layout = mapping.chosen(request.form.to_dict(), FIELDS)
    if layout is None or not is_whole(layout):
        return _page(row, account, _(NoColumns.message), 422)
    db = write_session()
    previews.set_layout(db, row=row, layout=layout)
    db.commit()
    return redirect(url_for(".show", public_id=row.public_id), 303)


@bp.post("/ban-hang/sao-ke/<public_id>")
@role("producer")
def record(public_id: str) -> ResponseReturnValue:
    """Record the rows that were seen."""
    row, _account = _found(public_id)
    if row.state == "recorded":
        return redirect(url_for(".show", public_id=row.public_id), 303)
    cells_name, cells = row.cells_name, previews.kept_cells(house().storage, row)
    lines = read_lines(cells, previews.layout_of(row))
    db = write_session()
    own, payee = queries.statement_called(db, row.public_id, _own())
    services.record_statement(
        db,
        row=own,
        account=payee,
        lines=lines,
        digest=request.form.get("digest", ""),
        left_out=read_numbers(request.form.getlist("bo")),
        actor_id=actor().id(),
        limit_vnd=config_of(database()).second_person_vnd,
        now=clock.now(),
    )
    db.commit()
    house().storage.delete(cells_name or "")
    flash(_("Đã ghi sao kê. Dòng không liên quan đã được xóa, không lưu lại."), "ok")
    return redirect(url_for(".show", public_id=row.public_id), 303)
