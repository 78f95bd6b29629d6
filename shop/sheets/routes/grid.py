"""Price and stock in a grid: read, and saved in one go."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shop.catalogue.models import Producer
from shop.catalogue.rules import PRODUCT_LABELS
from shop.core import clock
from shop.core.errors import Conflict, Invalid
from shop.core.text import N_, clean
from shop.sheets import queries, services
from shop.sheets.forms import GridForm, read_grid
from shop.sheets.routes.base import bp, chosen, fresh_key, own_producers, page_url
from shop.sheets.rules.grid import Fault, GridChanged, GridRefused, RowEdit
from shop.stock.rules import REASONS, TYPED_REASONS
from shop.web.access import actor, role
from shop.web.errors import status_of
from shop.web.i18n import gettext as _
from shop.web.i18n import ngettext, say
from shop.web.pagination import Page, page_number
from shop.web.request import read_session, write_session

PAGE_SIZE: Final = 50

FILTER_LABELS: Final = {
    "": N_("Tất cả"),
    "sap_het": N_("Sắp hết"),
    "het": N_("Hết hàng"),
    "an": N_("Đang ẩn"),
}


@bp.get("/ban-hang/gia-va-kho")
@role("producer")
def grid() -> ResponseReturnValue:
    """Every size with price, threshold and stock, as cells to type into."""
    producers = own_producers()
    producer = chosen(producers)
    return _page(producer, producers)


def _page(
    producer: Producer,
    producers: list[Producer],
    status: int = 200,
    *,
    posted: GridForm | None = None,
    faults: Mapping[tuple[int, str], Fault] | None = None,
    summary: str = "",
) -> ResponseReturnValue:
    """The page; after a refusal with what was typed and what is wrong beside each cell."""
    db, today = read_session(), clock.today_vn(clock.now())
    words = clean(request.args.get("q", "")[:100])
    asked = request.args.get("loc", "")
    number = page_number(request.args.get("trang"))
    if posted is None:
        rows, total = queries.grid_rows(
            db,
            producer.id,
            today=today,
            words=words,
            asked=asked,
            offset=(number - 1) * PAGE_SIZE,
            limit=PAGE_SIZE,
        )
        page = Page(number, PAGE_SIZE, total, page_url)
    else:
        ids = [edit.variant_id for edit in posted.edits]
        rows = queries.rows_by_id(db, producer.id, ids, today=today)
        page = Page(1, len(rows) or 1, len(rows), page_url)
    typed: dict[int, RowEdit] = {edit.variant_id: edit for edit in posted.edits} if posted else {}
    return (
        render_template(
            "sheets/grid.html",
            producer=producer,
            producers=producers,
            rows=rows,
            typed=typed,
            faults={key: _(text, **params) for key, (text, params) in (faults or {}).items()},
            summary=summary,
            page=page,
            words=words,
            asked=asked if asked in FILTER_LABELS else "",
            filters=FILTER_LABELS,
            reasons={slug: REASONS[slug] for slug in TYPED_REASONS},
            reason=posted.reason if posted else TYPED_REASONS[0],
            states=PRODUCT_LABELS,
            key=fresh_key() if posted is None or summary else posted.submit_key,
        ),
        status,
    )


@bp.post("/ban-hang/gia-va-kho")
@role("producer")
def save_grid() -> ResponseReturnValue:
    """Save every changed cell, or none and say what is in the way."""
    producers = own_producers()
    producer = chosen(producers)
    posted = read_grid(request.form)
    db = write_session()
    try:
        count = services.save_grid(
            db,
            producer_id=producer.id,
            edits=posted.edits,
            count_reason=posted.reason,
            submit_key=posted.submit_key,
            actor_id=actor().id(),
            now=clock.now(),
        )
    except (Invalid, Conflict) as refusal:
        db.rollback()
        faults = refusal.faults if isinstance(refusal, GridRefused | GridChanged) else {}
        return _page(
            producer,
            producers,
            status_of(refusal),
            posted=posted,
            faults=faults,
            summary=say(refusal),
        )
    db.commit()
    flash(
        ngettext("Đã lưu %(num)s dòng.", "Đã lưu %(num)s dòng.", count)
        if count
        else _("Không có ô nào thay đổi."),
        "ok",
    )
    kept = {name: value for name, value in request.args.items() if name in {"q", "loc", "trang"}}
    return redirect(f"{url_for('.grid')}?{urlencode({'co_so': producer.slug} | kept)}", 303)
