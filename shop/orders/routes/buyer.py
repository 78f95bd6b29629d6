"""Order pages of buyers."""

from typing import Final

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from shop.core import clock
from shop.core.errors import Conflict, Invalid, NotFound
from shop.core.text import N_, clean
from shop.orders import pages, queries, rules, services
from shop.orders.forms import (
    BuyerCancelForm,
    LookupForm,
)
from shop.orders.models import Order
from shop.orders.routes.base import bp, drawn
from shop.web.access import actor, has_signed_link, public, sign, signed_in, signed_link
from shop.web.errors import status_of
from shop.web.forms import Form
from shop.web.i18n import gettext as _
from shop.web.i18n import say
from shop.web.limits import limiter
from shop.web.pagination import Page, page_number
from shop.web.request import read_session, write_session
from shop.web.workspaces import ORDER_PANELS

PAGE_SIZE: Final = 20


def buyers_order(db: Session, code: str) -> Order:
    """The order for whoever holds its link, or for its signed-in buyer. Raises NotFound."""
    known = rules.read_code(code)
    order = None
    if known is not None:
        order = (
            queries.order_by_code(db, known)
            if has_signed_link()
            else queries.own_order(db, known, actor().person_id)
        )
    if order is None:
        raise NotFound
    return order


@bp.get("/don-hang/<code>")
@signed_link("order")
def show(code: str) -> ResponseReturnValue:
    """One order, for its buyer."""
    db = read_session()
    return _order_page(db, buyers_order(db, code), BuyerCancelForm())


def buyers_page(code: str, status: int = 200) -> ResponseReturnValue:
    """The page as it stands now, for a feature above whose form on it was refused."""
    db = read_session()
    return _order_page(db, buyers_order(db, code), BuyerCancelForm(), status)


def _order_page(db: Session, order: Order, form: Form, status: int = 200) -> ResponseReturnValue:
    now = clock.now()
    panels = ORDER_PANELS.collect(db, order.id, now)
    return render_template(
        "orders/order.html",
        page=pages.order_page(db, order, now),
        panels=drawn([panel for panel in panels if not panel.is_below]),
        below=drawn([panel for panel in panels if panel.is_below]),
        form=form,
        cancel_url=url_for("orders.cancel", code=order.code, k=sign("order", order.code)),
        arrived_url=url_for("orders.arrived", code=order.code, k=sign("order", order.code)),
        is_redacted=False,
    ), status


@bp.post("/don-hang/<code>/huy")
@limiter.limit("20 per minute")
@signed_link("order")
def cancel(code: str) -> ResponseReturnValue:
    """The buyer calls the order off."""
    form = BuyerCancelForm.read()
    if not form.validate():
        db = read_session()
        return _order_page(db, buyers_order(db, code), form, 422)
    db = write_session()
    order = buyers_order(db, code)
    try:
        services.cancel_order(
            db,
            order_id=order.id,
            by="buyer",
            reason=form.reason.data,
            actor_id=actor().person_id,
            now=clock.now(),
        )
    except (Conflict, Invalid) as refusal:
        db.rollback()
        flash(say(refusal), "warn")
        db = read_session()
        return _order_page(db, buyers_order(db, code), form, status_of(refusal))
    db.commit()
    flash(_("Đã hủy đơn."), "ok")
    return redirect(url_for(".show", code=order.code, k=sign("order", order.code)), 303)


@bp.post("/don-hang/<code>/da-nhan")
@limiter.limit("20 per minute")
@signed_link("order")
def arrived(code: str) -> ResponseReturnValue:
    """The buyer has the goods."""
    db = write_session()
    order = buyers_order(db, code)
    try:
        services.confirm_arrival(db, order_id=order.id, actor_id=actor().person_id, now=clock.now())
    except Conflict as refusal:
        db.rollback()
        flash(say(refusal), "warn")
        db = read_session()
        return _order_page(db, buyers_order(db, code), BuyerCancelForm(), status_of(refusal))
    db.commit()
    flash(_("Cảm ơn bạn đã báo. Đơn được ghi là đã giao."), "ok")
    return redirect(url_for(".show", code=order.code, k=sign("order", order.code)), 303)


@bp.get("/tra-cuu-don")
@public
def lookup() -> ResponseReturnValue:
    """Ask for the code and the last digits of the phone number; ``ma`` fills in the code."""
    code = clean(request.args.get("ma", "")[:40])
    return render_template("orders/lookup.html", form=LookupForm(data={"code": code}))


@bp.post("/tra-cuu-don")
@limiter.limit("10 per minute;60 per hour")
@public
def find() -> ResponseReturnValue:
    """The order with names, numbers and street hidden; the same answer for every wrong pair."""
    form = LookupForm.read()
    if not form.validate():
        return render_template("orders/lookup.html", form=form), 422
    db = read_session()
    order = queries.order_for_lookup(db, form.code.data, form.phone_tail.data)
    if order is None:
        form.add_error(
            Invalid(N_("Không tìm thấy đơn với mã và số điện thoại này. Vui lòng xem lại."))
        )
        return render_template("orders/lookup.html", form=form), 404
    return render_template(
        "orders/order.html",
        page=pages.order_page(db, order, clock.now()),
        panels=[],
        below=[],
        form=BuyerCancelForm(),
        cancel_url="",
        is_redacted=True,
    )


@bp.get("/tai-khoan/don-hang")
@signed_in
def mine() -> ResponseReturnValue:
    """A person's own orders."""
    number, now = page_number(request.args.get("trang")), clock.now()
    orders, total = queries.orders_of_buyer(
        read_session(), actor().id(), offset=(number - 1) * PAGE_SIZE, limit=PAGE_SIZE
    )
    return render_template(
        "orders/mine.html",
        orders=[pages.OrderCard.of(order, now) for order in orders],
        page=Page(number, PAGE_SIZE, total, lambda n: url_for(".mine", trang=n)),
    )
