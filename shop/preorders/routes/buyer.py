"""Ordering ahead: the open windows, and the form to take a place. Works without JavaScript."""

import secrets

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from shop.core import clock
from shop.core.errors import Conflict, Invalid, NotFound
from shop.orders import queries as order_queries
from shop.orders import rules as order_rules
from shop.payments.configuration import config_of
from shop.places import queries as places
from shop.places.rules import is_code
from shop.preorders import queries, rules, services
from shop.preorders.forms import PlaceForm
from shop.preorders.routes.base import bp
from shop.web.access import actor, has_signed_link, public, sign, signed_link
from shop.web.errors import status_of
from shop.web.headers import not_stored
from shop.web.i18n import gettext as _
from shop.web.i18n import language, pick, say
from shop.web.limits import limiter
from shop.web.request import database, read_session, write_session


@bp.get("/dat-truoc")
@public
def offered() -> ResponseReturnValue:
    """Every harvest that can be ordered ahead today."""
    now = clock.now()
    rows = queries.offered_windows(read_session(), now)
    return render_template("preorders/offered.html", rows=rows, rules=rules)


def _place_page(code: str, form: PlaceForm, status: int = 200) -> ResponseReturnValue:
    db, now = read_session(), clock.now()
    db.rollback()
    view = queries.window_called(db, code[:12], now)
    sale = queries.sale_of(db, view.harvest, now) if view else None
    if view is None or sale is None:
        raise NotFound
    _fill_places(db, form)
    quantity = form.quantity.data if not form.quantity.errors else None
    province = form.province_code.data or ""
    bill = None
    if quantity and is_code(province, 2):
        bill = services.quote(db, view, sale, quantity=quantity, province_code=province)
        form.expected_total.data = str(bill.total_vnd)
        form.expected_deposit.data = str(bill.deposit_vnd)
    page = render_template(
        "preorders/place.html",
        form=form,
        view=view,
        sale=sale,
        name=pick(sale.product_name, sale.product_name_en),
        bill=bill,
        deposit=rules.deposit_vnd(view.terms, quantity or 1),
        moves=queries.moves_of(db, view.window.id) if view.window.moves else [],
        rules=rules,
    )
    return not_stored(page), status


def _fill_places(db: Session, form: PlaceForm) -> None:
    form.province_code.choices = [
        ("", _("Chọn tỉnh, thành phố")),
        *((one.code, one.name) for one in places.list_provinces(db)),
    ]
    code = form.province_code.data or ""
    communes = places.list_communes(db, code) if is_code(code, 2) else []
    form.commune_code.choices = [
        ("", _("Chọn xã, phường")),
        *((one.code, one.name) for one in communes),
    ]


@bp.get("/dat-truoc/<code>")
@public
def window(code: str) -> ResponseReturnValue:
    """What can be expected of the window, and the form to take a place."""
    form = PlaceForm(
        submit_key=secrets.token_urlsafe(16),
        full_name=actor().name,
        quantity=1,
        rest_by="delivery",
    )
    return _place_page(code, form)


@bp.post("/dat-truoc/<code>")
@limiter.limit("60 per minute")
@public
def place(code: str) -> ResponseReturnValue:
    """Take a place; pressing twice leads to the same order."""
    form = PlaceForm.read()
    _fill_places(read_session(), form)
    if request.form.get("lam") == "tinh":
        return _place_page(code, form)
    if not form.validate():
        return _place_page(code, form, 422)
    db = write_session()
    try:
        order, is_new = services.place_preorder(
            db,
            request=form.request(code[:12], language()),
            buyer_id=actor().person_id,
            config=config_of(database()),
            now=clock.now(),
        )
    except (Conflict, Invalid) as refusal:
        db.rollback()
        form.add_error(refusal)
        return _place_page(code, form, status_of(refusal))
    number = order.code
    db.commit()
    if not is_new:
        flash(_("Đơn này đã được đặt trước đó, không đặt thêm lần nữa."), "info")
    return redirect(url_for("orders.show", code=number, k=sign("order", number)), 303)


@bp.post("/don-hang/<code>/giu-cho")
@limiter.limit("20 per minute")
@signed_link("order")
def keep(code: str) -> ResponseReturnValue:
    """The buyer agrees to the new dates."""
    db = write_session()
    known = order_rules.read_code(code)
    order = None
    if known is not None:
        order = (
            order_queries.order_by_code(db, known)
            if has_signed_link()
            else order_queries.own_order(db, known, actor().person_id)
        )
    if order is None:
        raise NotFound
    number = order.code
    try:
        services.keep_place(db, order=order, actor_id=actor().person_id, now=clock.now())
    except Conflict as refusal:
        db.rollback()
        flash(say(refusal), "warn")
    else:
        db.commit()
        flash(_("Cảm ơn bạn. Chỗ của bạn được giữ với ngày giao mới."), "ok")
    return redirect(url_for("orders.show", code=number, k=sign("order", number)), 303)
