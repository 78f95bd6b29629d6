"""The producer's desk: what waits, in lists; many orders at once."""

import secrets
from typing import Any, Final

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from shop.core import clock
from shop.core.text import N_, clean
from shop.orders import queries, rules, services
from shop.orders.configuration import limits_of
from shop.orders.desk_pages import desk_cards
from shop.orders.forms import BatchForm, BatchShipForm
from shop.orders.routes.base import bp, drawn, own
from shop.orders.slots import DESK_TOOLS
from shop.web.access import actor, role
from shop.web.forms import Form
from shop.web.i18n import gettext as _
from shop.web.i18n import say
from shop.web.pagination import Page, page_number
from shop.web.request import database, read_session, write_session

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
    return _list(read_session(), request.args.get("muc", ""))


def _narrowed() -> queries.DeskFilter:
    payment = request.args.get("tra", "")
    return queries.DeskFilter(
        words=clean(request.args.get("q", "")[:200])[:60].replace("\n", " ").strip(),
        payment=payment if payment in {"cod", "prepaid"} else "",
        is_call_due=request.args.get("goi", "") == "1",
    )


def _list(
    db: Session, asked: str, status: int = 200, *, ship_form: Form | None = None
) -> ResponseReturnValue:
    now, mine, narrowed = clock.now(), own(), _narrowed()
    counts = queries.desk_counts(db, mine, now)
    waiting = [tab for tab in ("to_confirm", "to_pack", "to_ship") if counts[tab]]
    tab = asked if asked in queries.TABS else (waiting or ["to_confirm"])[0]
    if narrowed.words and asked not in queries.TABS:
        tab = "all"
    number = page_number(request.args.get("trang"))
    total = counts[tab]
    if not narrowed.is_empty:
        total = queries.desk_total(db, mine, tab, now, narrowed)
    orders = queries.desk_orders(
        db,
        mine,
        tab,
        now,
        offset=(number - 1) * PAGE_SIZE,
        limit=PAGE_SIZE,
        narrowed=narrowed,
    )
    said = {"q": narrowed.words, "tra": narrowed.payment, "goi": "1" * narrowed.is_call_due}
    kept: dict[str, Any] = {name: value for name, value in said.items() if value}
    return render_template(
        "orders/desk.html",
        tab=tab,
        tabs=[(name, _(label), counts[name]) for name, label in TAB_LABELS.items()],
        narrowed=narrowed,
        kept=kept,
        cards=desk_cards(db, orders, now, limits_of(database())),
        tools=drawn(DESK_TOOLS.collect(db, tab, now)),
        ship_form=ship_form or BatchShipForm(),
        submit_key=secrets.token_urlsafe(16),
        page=Page(number, PAGE_SIZE, total, lambda n: url_for(".desk", muc=tab, trang=n, **kept)),
    ), status


def _chosen(db: Session) -> dict[str, int]:
    """Code -> id of the orders ticked, the producer's own only."""
    codes = {rules.read_code(one) for one in request.form.getlist("don")[:PAGE_SIZE]}
    return queries.own_ids(db, own(), [code for code in codes if code])


@bp.post("/ban-hang/don-hang/dong-goi-loat")
@role("producer")
def pack_many() -> ResponseReturnValue:
    """Pack the orders ticked, each out of the lots proposed, and say what came of each."""
    form = BatchForm(request.args)
    if not form.validate():
        return _list(read_session(), "to_pack", 422)
    db = write_session()
    chosen = _chosen(db)
    outcomes = services.pack_orders(
        db,
        order_ids=sorted(chosen.values()),
        submit_key=form.submit_key.data,
        actor_id=actor().id(),
        now=clock.now(),
    )
    db.commit()
    return _told(outcomes, "to_pack", _("Đóng gói hàng loạt"), _("Đã đóng gói"))


@bp.post("/ban-hang/don-hang/gui-loat")
@role("producer")
def ship_many() -> ResponseReturnValue:
    """Hand the parcels of the orders ticked over to one carrier; ``van_don_<code>``: its number."""
    form = BatchShipForm.read()
    if not form.validate():
        return _list(read_session(), "to_ship", 422, ship_form=form)
    db = write_session()
    chosen = _chosen(db)
    outcomes = services.ship_orders(
        db,
        order_ids=sorted(chosen.values()),
        carrier=form.carrier.data,
        tracking_nos={
            order_id: clean(request.form.get(f"van_don_{code}", "")[:200])[:60]
            for code, order_id in chosen.items()
        },
        actor_id=actor().id(),
        now=clock.now(),
    )
    db.commit()
    return _told(outcomes, "to_ship", _("Gửi hàng loạt"), _("Đã ghi là gửi đi"))


def _told(outcomes: list[services.Outcome], tab: str, title: str, done: str) -> ResponseReturnValue:
    lines = [
        (one.code, one.refusal is None, say(one.refusal) if one.refusal else done)
        for one in outcomes
    ]
    return render_template("orders/batch.html", title=title, lines=lines, tab=tab)
