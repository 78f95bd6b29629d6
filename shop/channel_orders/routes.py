"""Order exports of marketplaces: upload, columns, what each row will do, recording."""

from typing import Final

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shop.catalogue.models import Producer
from shop.channel_orders import queries, services
from shop.channel_orders.forms import ImportForm
from shop.channel_orders.models import OrderImport
from shop.channel_orders.rules import (
    FIELDS,
    STATES,
    NoColumns,
    guess,
    is_whole,
    read_lines,
    without_buyers,
)
from shop.core import clock
from shop.core.errors import Conflict, Invalid, NotFound
from shop.core.text import N_
from shop.marketplaces import queries as marketplaces
from shop.marketplaces import registry
from shop.sheets.rules import mapping
from shop.sheets.rules.refusals import MAX_BYTES, kind_of
from shop.sheets.services import previews
from shop.sheets.workbooks import read_sheet
from shop.web.access import actor, role
from shop.web.errors import status_of
from shop.web.i18n import gettext as _
from shop.web.limits import limiter
from shop.web.request import house, read_session, uploaded, write_session

bp = Blueprint("channel_orders", __name__)

HISTORY: Final = 20
MONTHS: Final = 36
CHANNELS: Final = ("shopee", "tiktok", "lazada")


class NoProducer(NotFound):
    message = N_("Không tìm thấy cơ sở này trong tài khoản của bạn.")


def _own() -> list[int]:
    return sorted(actor().producers)


def _producers() -> list[Producer]:
    return marketplaces.producers_of(read_session(), _own())


def _labels() -> dict[str, str]:
    known = registry.all_profiles()
    return {slug: known[slug].label for slug in CHANNELS if slug in known}


@bp.get("/ban-hang/don-tu-san")
@role("producer")
def index() -> ResponseReturnValue:
    """Upload an order file; those there were, and what each channel brought."""
    return _index(ImportForm())


def _index(form: ImportForm, status: int = 200) -> ResponseReturnValue:
    db = read_session()
    page = render_template(
        "channel_orders/index.html",
        form=form,
        producers=_producers(),
        labels=_labels(),
        rows=queries.imports_of(db, _own(), most=HISTORY),
        sold=queries.sold_by_month(db, _own(), most=MONTHS),
    )
    return page, status


@bp.post("/ban-hang/don-tu-san")
@role("producer")
@limiter.limit("30 per minute")
def upload() -> ResponseReturnValue:
    """Read a file; the columns are guessed and shown, nothing is recorded yet."""
    form = ImportForm.read()
    if not form.validate():
        return _index(form, 422)
    try:
        row = _take(form)
    except (Invalid, Conflict, NotFound) as refusal:
        form.add_error(refusal)
        return _index(form, status_of(refusal))
    return redirect(url_for(".show", public_id=row.public_id), 303)


def _take(form: ImportForm) -> OrderImport:
    name, content = uploaded("sheet", MAX_BYTES)
    found = [one for one in _producers() if form.co_so.data in {None, "", one.slug}]
    if not found:
        raise NoProducer
    if form.channel.data not in _labels():
        raise registry.UnknownChannel
    rows = read_sheet(content, kind_of(content, name)).table.rows
    layout = guess(rows)
    kept = previews.keep_cells(house().storage, without_buyers(rows, layout.header))
    db = write_session()
    row = services.take_import(
        db,
        producer_id=found[0].id,
        channel=form.channel.data,
        actor_id=actor().id(),
        file_name=name,
        content=content,
        cells_name=kept,
        layout=layout,
        now=clock.now(),
    )
    db.commit()
    if row.cells_name != kept:
        house().storage.delete(kept)
    return row


def _found(public_id: str) -> OrderImport:
    return queries.import_called(read_session(), public_id, _own())


@bp.get("/ban-hang/don-tu-san/<public_id>")
@role("producer")
def show(public_id: str) -> ResponseReturnValue:
    """What each row will do, or did."""
    return _page(_found(public_id))


def _page(row: OrderImport, refusal: str = "", status: int = 200) -> ResponseReturnValue:
    label = _labels().get(row.channel, row.channel)
    if row.state == "recorded":
        page = render_template(
            "channel_orders/recorded.html", row=row, label=label, does=queries.DOES
        )
        return page, status
    cells = previews.kept_cells(house().storage, row)
    layout = previews.layout_of(row)
    seen: list[queries.Foreseen] = []
    try:
        lines = read_lines(cells, layout)
        seen = queries.foresee(read_session(), row.producer_id, row.channel, lines)
    except Invalid as trouble:
        refusal = refusal or _(trouble.text)
    page = render_template(
        "channel_orders/preview.html",
        row=row,
        label=label,
        fields=FIELDS,
        headings=mapping.headings(cells, row.header_row),
        seen=seen,
        counts={code: sum(one.does == code for one in seen) for code in queries.DOES},
        does=queries.DOES,
        states=STATES,
        digest=previews.digest_of(row),
        refusal=refusal,
    )
    return page, status


@bp.post("/ban-hang/don-tu-san/<public_id>/cot")
@role("producer")
def columns(public_id: str) -> ResponseReturnValue:
    """Read the file by the columns that the person chose."""
    row = _found(public_id)
    layout = mapping.chosen(request.form.to_dict(), FIELDS)
    if layout is None or not is_whole(layout):
        return _page(row, _(NoColumns.message), 422)
    db = write_session()
    previews.set_layout(db, row=row, layout=layout)
    db.commit()
    return redirect(url_for(".show", public_id=public_id), 303)


@bp.post("/ban-hang/don-tu-san/<public_id>")
@role("producer")
def record(public_id: str) -> ResponseReturnValue:
    """Record the orders that were seen."""
    row = _found(public_id)
    if row.state == "recorded":
        return redirect(url_for(".show", public_id=public_id), 303)
    cells_name = row.cells_name
    lines = read_lines(previews.kept_cells(house().storage, row), previews.layout_of(row))
    db = write_session()
    services.record_import(
        db,
        row=queries.import_called(db, public_id, _own()),
        lines=lines,
        digest=request.form.get("digest", ""),
        actor_id=actor().id(),
        now=clock.now(),
    )
    db.commit()
    house().storage.delete(cells_name or "")
    flash(_("Đã ghi đơn từ sàn; tồn kho đã đổi theo."), "ok")
    return redirect(url_for(".show", public_id=public_id), 303)
