"""The producer's desk: what waits, in lists."""

from typing import Final

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from shop.core import clock
from shop.core.text import N_
from shop.orders import pages, queries
from shop.orders.routes.base import bp, drawn, own
from shop.orders.slots import DESK_TOOLS
from shop.web.access import role
from shop.web.i18n import gettext as _
from shop.web.pagination import Page, page_number
from shop.web.request import read_session

PAGE_SIZE: Final = 30

TAB_LABELS: Final = {
    "to_confirm": N_("Chờ xác nhận"),
    "to_pack": N_("Cần đóng gói"),
    "to_ship": N_("Cần gửi"),
    "on_the_way": N_("Đang giao"),
    "problems": N_("Có vấn đề"),
    "all": N_("Tất cả"),
}


@bp.get("/ban-hang/don-hang")
@role("producer")
def desk() -> ResponseReturnValue:
    """What waits: to confirm, to pack, to ship, in trouble."""
    db, now, mine = read_session(), clock.now(), own()
    counts = queries.desk_counts(db, mine, now)
    asked = request.args.get("muc", "")
    waiting = [tab for tab in ("to_confirm", "to_pack", "to_ship") if counts[tab]]
    tab = asked if asked in queries.TABS else (waiting or ["to_confirm"])[0]
    number = page_number(request.args.get("trang"))
    orders = queries.desk_orders(
        db, mine, tab, now, offset=(number - 1) * PAGE_SIZE, limit=PAGE_SIZE
    )
    return render_template(
        "orders/desk.html",
        tab=tab,
        tabs=[(name, _(label), counts[name]) for name, label in TAB_LABELS.items()],
        orders=[pages.OrderCard.of(order, now) for order in orders],
        tools=drawn(DESK_TOOLS.collect(db, tab, now)),
        page=Page(number, PAGE_SIZE, counts[tab], lambda n: url_for(".desk", muc=tab, trang=n)),
    )
