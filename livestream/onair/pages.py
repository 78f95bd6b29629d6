"""The console's view as plain data, for its script: what stays the same gives the same bytes."""

from datetime import datetime
from typing import Any

from flask import url_for

from livestream.onair.queries import CueRow, View
from livestream.sessions.models import LiveSession
from shop.core import clock
from shop.web.access import actor
from shop.web.csrf import csrf_token
from shop.web.i18n import pick, show_time


def console_url(live: LiveSession) -> str:
    """Where the console of a session is."""
    return url_for("onair.console", public_id=live.public_id)


def _millis(instant: datetime | None) -> int | None:
    return None if instant is None else int(instant.timestamp() * 1000)


def console_state(view: View, *, drafts: int) -> dict[str, Any]:
    """What the script draws: epoch milliseconds, đồng, units. No instant of asking in it."""
    live = view.live
    return {
        "person": actor().id(),
        "csrf_token": csrf_token(),
        "state": live.state,
        "starts": _millis(live.starts_at),
        "ends": _millis(live.ends_at),
        "current": view.board.current,
        "since": _millis(view.board.since),
        "pinned": view.board.pinned,
        "tail": view.tail,
        "items": [_item(row) for row in view.rows],
        "orders": [
            {"code": sale.code[-4:], "at": show_time(sale.placed_at), "what": sale.text}
            for sale in view.sales
        ],
        "order_count": view.sale_count,
        "drafts": drafts,
    }


def _item(row: CueRow) -> dict[str, Any]:
    sale, item = row.row.sale, row.item
    return {
        "id": item.id,
        "code": item.short_code,
        "name": pick(sale.product_name, sale.product_name_en),
        "label": pick(sale.label, sale.label_en),
        "minutes": row.minutes,
        "lead": row.lead,
        "seconds": row.seconds,
        "state": row.state,
        "left": row.row.left,
        "sold": row.sold,
        "price": sale.price_vnd,
        "live_price": item.live_price_vnd,
        "price_from": _millis(row.price_from),
        "price_until": _millis(row.price_until),
    }


def now_millis() -> int:
    """The server's clock, beside the state and not in it."""
    return int(clock.now().timestamp() * 1000)
