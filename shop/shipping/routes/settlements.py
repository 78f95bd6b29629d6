"""Money collected on delivery: carriers' files in, looked at, booked; differences to close."""

import hashlib
import json
from collections.abc import Callable, Sequence
from typing import Any, Final

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shop.catalogue.models import Producer
from shop.catalogue.queries import producers_by_id
from shop.core import clock
from shop.core.errors import Conflict, DomainError, Invalid, NotFound
from shop.core.text import N_, clean
from shop.sheets.rules.cells import Cell, words_of
from shop.sheets.rules.refusals import MAX_BYTES, SheetRefused, kind_of
from shop.sheets.workbooks import Sheet, read_sheet, sheet_of
from shop.shipping import services
from shop.shipping.forms import (
    CLOSINGS,
    ClosingForm,
    SettlementForm,
    StepsForm,
    carrier_choices,
    fresh_key,
    read_layout,
)
from shop.shipping.models import CodSettlement
from shop.shipping.queries import settlements as queries
from shop.shipping.routes.base import bp, own
from shop.shipping.rules.settlement import (
    FIELDS,
    PROBLEMS,
    NothingToBook,
    guess_columns,
    is_usable,
    mapping_of,
    read_rows,
)
from shop.web.access import actor, role
from shop.web.errors import status_of
from shop.web.i18n import gettext as _
from shop.web.i18n import say
from shop.web.limits import limiter
from shop.web.pagination import Page, page_number
from shop.web.request import house, read_session, uploaded, write_session

PAGE_SIZE: Final = 30

STATES: Final = {
    "draft": N_("Chờ xác nhận"),
    "applying": N_("Đang ghi"),
    "applied": N_("Đã ghi"),
    "cancelled": N_("Đã bỏ"),
}
STANDS: Final = {
    "new": N_("Khớp"),
    "difference": N_("Khớp, có chênh lệch"),
    "unmatched": N_("Không thấy kiện nào"),
    "several": N_("Nhiều kiện cùng mã"),
    "known": N_("Đã ghi trước đây"),
    "changed": N_("Đã ghi với số khác"),
    "problem": N_("Dòng lỗi"),
}
STEPS: Final = {
    "file": N_("Theo tệp của hãng"),
    "fee": N_("Ghi thêm phí"),
    "received": N_("Nhận thêm tiền"),
    "written_off": N_("Xóa chênh lệch"),
    "matched": N_("Khớp được với kiện"),
}


class FilesGone(NotFound):
    message = N_("Nội dung tệp này đã được xóa sau 30 ngày.")


def chosen() -> tuple[Producer, list[Producer]]:
    """The producer that ``co_so`` names, or the first, and all of the person's."""
    producers = producers_by_id(read_session(), own())
    wanted = request.values.get("co_so", "")
    for producer in producers:
        if wanted in {"", producer.slug}:
            return producer, producers
    raise NotFound


def carrier_names() -> dict[str, str]:
    """Slug -> label of every carrier a settlement may come from."""
    return dict(carrier_choices())


@bp.get("/ban-hang/doi-soat-cod")
@role("producer")
def settlements() -> ResponseReturnValue:
    """Sums, files, and a place to give a file."""
    return _overview(SettlementForm(data={"submit_key": fresh_key()}))


def _overview(form: SettlementForm, status: int = 200) -> ResponseReturnValue:
    db = read_session()
    producer, producers = chosen()
    number = page_number(request.args.get("trang"))
    rows, total = queries.settlements_of(
        db, producer.id, offset=(number - 1) * PAGE_SIZE, limit=PAGE_SIZE
    )
    return render_template(
        "shipping/settlements.html",
        producer=producer,
        producers=producers,
        form=form,
        figures=queries.figures(db, producer.id),
        rows=rows,
        states=STATES,
        carriers=carrier_names(),
        page=Page(
            number,
            PAGE_SIZE,
            total,
            lambda n: url_for(".settlements", co_so=producer.slug, trang=n),
        ),
    ), status


@bp.post("/ban-hang/doi-soat-cod")
@role("producer")
@limiter.limit("20 per minute")
def upload_settlement() -> ResponseReturnValue:
    """Take a file in: it is read in its own process, its columns are guessed, nothing is booked."""
    form = SettlementForm.read()
    producer, _producers = chosen()
    if not form.validate():
        form.submit_key.data = form.submit_key.data or fresh_key()
        return _overview(form, 422)
    try:
        row = _take_in(producer, form)
    except (Invalid, Conflict) as refusal:
        form.add_error(refusal)
        return _overview(form, status_of(refusal))
    return redirect(url_for(".settlement", public_id=row), 303)


def _take_in(producer: Producer, form: SettlementForm) -> str:
    sent_name, content = uploaded("sheet", MAX_BYTES)
    name = clean(sent_name[-200:]).replace("\n", " ")
    kind = kind_of(content, name)
    sheet = read_sheet(content, kind)
    if not sheet.table.rows:
        raise SheetRefused("empty")
    cells_name = house().storage.put(
        json.dumps(sheet.as_json(), ensure_ascii=False).encode(), "json"
    )
    db = write_session()
    row = services.start_settlement(
        db,
        producer_id=producer.id,
        actor_id=actor().id(),
        carrier=form.carrier.data,
        file_name=name or f"tep.{kind}",
        file_kind=kind,
        file_sha=hashlib.sha256(content).hexdigest(),
        cells_name=cells_name,
        layout=guess_columns(sheet.table.rows),
        submit_key=form.submit_key.data,
        now=clock.now(),
    )
    db.commit()
    return row.public_id


def _own_settlement(public_id: str) -> CodSettlement:
    is_name = public_id.isascii() and public_id.isalnum() and len(public_id) <= 26
    found = queries.settlement_called(read_session(), public_id, own()) if is_name else None
    if found is None:
        raise NotFound
    return found


def _cells(row: CodSettlement) -> Sequence[Sequence[Cell]]:
    storage = house().storage
    if row.cells_name is None or not storage.has(row.cells_name):
        raise FilesGone
    sheet: Sheet = sheet_of(json.loads(storage.read(row.cells_name)))
    return sheet.table.rows


@bp.get("/ban-hang/doi-soat-cod/<public_id>")
@role("producer")
def settlement(public_id: str) -> ResponseReturnValue:
    """A file: its columns and what each row would do, or what it did."""
    return _file_page(_own_settlement(public_id))


def _file_page(row: CodSettlement, status: int = 200, *, trouble: str = "") -> ResponseReturnValue:
    if row.state == "draft":
        return _draft_page(row, status, trouble)
    db, number = read_session(), page_number(request.args.get("trang"))
    views, total = queries.lines_of(db, row.id, offset=(number - 1) * PAGE_SIZE, limit=PAGE_SIZE)
    return render_template(
        "shipping/settlement.html",
        row=row,
        views=views,
        states=STATES,
        stands=STANDS,
        carriers=carrier_names(),
        trouble=trouble,
        page=Page(
            number,
            PAGE_SIZE,
            total,
            lambda n: url_for(".settlement", public_id=row.public_id, trang=n),
        ),
    ), status


def _draft_page(row: CodSettlement, status: int, trouble: str) -> ResponseReturnValue:
    cells = _cells(row)
    layout = mapping_of(row.mapping)
    rows = read_rows(cells, layout) if is_usable(layout) else []
    judged = queries.judge_rows(
        read_session(), producer_id=row.producer_id, carrier=row.carrier, rows=rows
    )
    counts = {stand: sum(one.stand == stand for one in judged) for stand in STANDS}
    number = page_number(request.args.get("trang"))
    first = (number - 1) * PAGE_SIZE
    header = cells[layout.header] if layout.header < len(cells) else ()
    width = min(max(map(len, cells), default=0), 200)
    names = [words_of(header[at])[:40] if at < len(header) else "" for at in range(width)]
    return render_template(
        "shipping/settlement_draft.html",
        row=row,
        layout=layout,
        fields=FIELDS,
        names=names,
        judged=judged[first : first + PAGE_SIZE],
        counts=counts,
        bookable=counts["new"] + counts["difference"] + counts["unmatched"],
        sums=_sums(judged),
        stands=STANDS,
        problems=PROBLEMS,
        carriers=carrier_names(),
        trouble=trouble,
        page=Page(
            number,
            PAGE_SIZE,
            len(judged),
            lambda n: url_for(".settlement", public_id=row.public_id, trang=n),
        ),
    ), status


def _sums(judged: Sequence[queries.Judged]) -> dict[str, int]:
    """What booking would add: expected, remitted, fee, difference."""
    booked = [one for one in judged if one.stand in {"new", "difference", "unmatched"}]
    return {
        "expected": sum(one.match.expected_vnd for one in booked if one.match),
        "remitted": sum(one.row.remitted_vnd for one in booked),
        "fee": sum(one.row.fee_vnd for one in booked),
        "difference": sum(one.difference_vnd for one in booked),
    }


def _on_file(public_id: str, act: Callable[[CodSettlement], Any], done: str) -> ResponseReturnValue:
    row = _own_settlement(public_id)
    try:
        act(row)
    except (Invalid, Conflict) as refusal:
        write_session().rollback()
        read_session().expire_all()
        return _file_page(_own_settlement(public_id), status_of(refusal), trouble=say(refusal))
    write_session().commit()
    flash(_(done), "ok")
    return redirect(url_for(".settlement", public_id=row.public_id), 303)


@bp.post("/ban-hang/doi-soat-cod/<public_id>/cot")
@role("producer")
def choose_columns(public_id: str) -> ResponseReturnValue:
    """A person says which column is what."""

    def act(row: CodSettlement) -> None:
        layout = read_layout(request.form, max(map(len, _cells(row)), default=0))
        services.choose_columns(write_session(), settlement_id=row.id, layout=layout)

    return _on_file(public_id, act, N_("Đã đổi cột. Xem lại các dòng bên dưới."))


@bp.post("/ban-hang/doi-soat-cod/<public_id>/ghi")
@role("producer")
def book_settlement(public_id: str) -> ResponseReturnValue:
    """A person has looked: book the file."""

    def act(row: CodSettlement) -> None:
        layout = mapping_of(row.mapping)
        if row.state == "draft" and not (is_usable(layout) and read_rows(_cells(row), layout)):
            raise NothingToBook
        db = write_session()
        held = db.get_one(CodSettlement, row.id)
        services.confirm_settlement(db, row=held, actor_id=actor().id(), now=clock.now())

    return _on_file(public_id, act, N_("Đang ghi sổ. Trang này cho biết khi xong."))


@bp.post("/ban-hang/doi-soat-cod/<public_id>/bo")
@role("producer")
def drop_settlement(public_id: str) -> ResponseReturnValue:
    """Put a file aside."""

    def act(row: CodSettlement) -> None:
        services.cancel_settlement(write_session(), settlement_id=row.id)

    return _on_file(public_id, act, N_("Đã bỏ tệp này. Không có gì được ghi."))


# Differences


@bp.get("/ban-hang/doi-soat-cod/chenh-lech")
@role("producer")
def differences() -> ResponseReturnValue:
    """Every open difference, with what can be done about it."""
    return _differences()


def _differences(status: int = 200, *, trouble: str = "") -> ResponseReturnValue:
    db, number = read_session(), page_number(request.args.get("trang"))
    producer, producers = chosen()
    views, total = queries.open_lines(
        db, producer.id, offset=(number - 1) * PAGE_SIZE, limit=PAGE_SIZE
    )
    return render_template(
        "shipping/differences.html",
        producer=producer,
        producers=producers,
        figures=queries.figures(db, producer.id),
        views=views,
        steps=queries.steps_of(db, [view.line.id for view in views]),
        step_words=STEPS,
        closings=CLOSINGS,
        carriers=carrier_names(),
        trouble=trouble,
        page=Page(
            number,
            PAGE_SIZE,
            total,
            lambda n: url_for(".differences", co_so=producer.slug, trang=n),
        ),
    ), status


def _on_line(act: Callable[[], Any], done: str) -> ResponseReturnValue:
    try:
        act()
    except DomainError as refusal:
        if isinstance(refusal, Invalid | Conflict):
            write_session().rollback()
            read_session().expire_all()
            return _differences(status_of(refusal), trouble=say(refusal))
        raise
    write_session().commit()
    flash(_(done), "ok")
    return redirect(url_for(".differences", co_so=request.args.get("co_so")), 303)


def _require_own_line(line_id: int) -> None:
    if queries.own_line(read_session(), line_id, own()) is None:
        raise NotFound


@bp.post("/ban-hang/doi-soat-cod/dong/<int:line_id>")
@role("producer")
def close_difference(line_id: int) -> ResponseReturnValue:
    """Say what became of a difference, or of a part of it."""
    _require_own_line(line_id)
    form = ClosingForm.read()
    if not form.validate():
        return _differences(422, trouble=_("Chọn một lý do và ghi số tiền là số nguyên."))

    def act() -> None:
        services.close_difference(
            write_session(),
            line_id=line_id,
            seen_steps=form.steps.data or 0,
            kind=form.kind.data,
            amount_vnd=form.amount.data,
            actor_id=actor().id(),
            now=clock.now(),
        )

    return _on_line(act, N_("Đã ghi. Sổ và đơn hàng theo số mới."))


@bp.post("/ban-hang/doi-soat-cod/dong/<int:line_id>/khop")
@role("producer")
def match_line(line_id: int) -> ResponseReturnValue:
    """Look for the parcel of a line once more."""
    _require_own_line(line_id)
    form = StepsForm.read()
    if not form.validate():
        return _differences(422, trouble=_("Vui lòng tải lại trang rồi thử lại."))

    def act() -> None:
        services.match_again(
            write_session(),
            line_id=line_id,
            seen_steps=form.steps.data or 0,
            actor_id=actor().id(),
            now=clock.now(),
        )

    return _on_line(act, N_("Đã khớp với kiện hàng."))
