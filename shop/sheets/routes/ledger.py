"""The stock history of one size: who, when, how many, why, from which order, lot or import."""

from datetime import date, datetime, time, timedelta
from typing import Final
from urllib.parse import urlencode

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from shop.core import clock
from shop.core.db import MAX_ID
from shop.core.errors import NotFound
from shop.core.tables import csv_bytes
from shop.sheets import queries
from shop.sheets.routes.base import as_file, bp, page_url
from shop.stock.queries import variant_of
from shop.stock.rules import REASONS
from shop.web.access import actor, role
from shop.web.i18n import gettext as _
from shop.web.pagination import Page, page_number
from shop.web.request import read_session

PAGE_SIZE: Final = 50
CSV_LINES: Final = 20_000

_PATH: Final = f"/ban-hang/kho/<int(min=1,max={MAX_ID}):variant_id>/lich-su"


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, "")[:10])
    except ValueError:
        return None


def _instant(day: date | None, *, days: int = 0) -> datetime | None:
    if day is None or not 1 < day.year < 9999:
        return None
    return datetime.combine(day + timedelta(days=days), time(), tzinfo=clock.VN)


def _asked() -> dict[str, str]:
    reason = request.args.get("vi_sao", "")
    since, until = _day("tu"), _day("den")
    return {
        "vi_sao": reason if reason in REASONS else "",
        "tu": since.isoformat() if since else "",
        "den": until.isoformat() if until else "",
    }


def _lines(variant_id: int, *, offset: int, limit: int) -> tuple[list[queries.LedgerLine], int]:
    return queries.ledger(
        read_session(),
        variant_id,
        reason=_asked()["vi_sao"],
        since=_instant(_day("tu")),
        until=_instant(_day("den"), days=1),
        offset=offset,
        limit=limit,
    )


@bp.get(_PATH)
@role("producer")
def ledger(variant_id: int) -> ResponseReturnValue:
    """The movements of a size, filtered by reason and days."""
    own = variant_of(read_session(), variant_id, sorted(actor().producers))
    if own is None:
        raise NotFound
    number = page_number(request.args.get("trang"))
    lines, total = _lines(variant_id, offset=(number - 1) * PAGE_SIZE, limit=PAGE_SIZE)
    imports = {line.import_id for line in lines if line.import_id}
    return render_template(
        "sheets/ledger.html",
        own=own,
        lines=lines,
        imports=queries.public_ids(read_session(), imports),
        reasons=REASONS,
        asked=_asked(),
        page=Page(number, PAGE_SIZE, total, page_url),
        csv_url=f"{url_for('.ledger_csv', variant_id=variant_id)}?{urlencode(_asked())}",
    )


@bp.get(f"{_PATH}.csv")
@role("producer")
def ledger_csv(variant_id: int) -> ResponseReturnValue:
    """The same lines as a file."""
    own = variant_of(read_session(), variant_id, sorted(actor().producers))
    if own is None:
        raise NotFound
    lines, _total = _lines(variant_id, offset=0, limit=CSV_LINES)
    header = [_("Lúc"), _("Thay đổi"), _("Vì sao"), _("Người ghi"), _("Lô"), _("Đơn hàng")]
    return as_file(
        csv_bytes(
            header,
            (
                [
                    f"{line.at.astimezone(clock.VN):%Y-%m-%d %H:%M}",
                    line.quantity,
                    _(REASONS.get(line.reason, line.reason)),
                    line.who,
                    line.lot_no,
                    line.order_code,
                ]
                for line in lines
            ),
        ),
        f"so-kho-{variant_id}.csv",
    )
