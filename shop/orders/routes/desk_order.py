"""One order on the producer's desk, with what can be done now."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from shop.core import clock
from shop.core.errors import Conflict, DomainError, Invalid
from shop.core.text import N_
from shop.orders import pages, services
from shop.orders.forms import SellerCancelForm, ShipForm, read_picks
from shop.orders.models import Order
from shop.orders.routes.base import bp, drawn, sellers_order
from shop.orders.slots import DESK_PANELS
from shop.stock import queries as stock_queries
from shop.web.access import actor, role
from shop.web.errors import status_of
from shop.web.forms import Form
from shop.web.i18n import gettext as _
from shop.web.i18n import say
from shop.web.request import read_session, write_session


@bp.get("/ban-hang/don-hang/<code>")
@role("producer")
def desk_order(code: str) -> ResponseReturnValue:
    """One order, for its producer, with what can be done now."""
    db = read_session()
    return _desk_page(db, sellers_order(db, code))


def _desk_page(
    db: Session,
    order: Order,
    status: int = 200,
    *,
    ship_form: Form | None = None,
    cancel_form: Form | None = None,
    trouble: str = "",
) -> ResponseReturnValue:
    now = clock.now()
    return render_template(
        "orders/desk_order.html",
        page=pages.order_page(db, order, now, public_only=False),
        packing=pages.packing(db, order, now),
        panels=drawn(DESK_PANELS.collect(db, order.id, now)),
        ship_form=ship_form or ShipForm(),
        cancel_form=cancel_form or SellerCancelForm(),
        trouble=trouble,
    ), status


Verb = Callable[[Session, Order, datetime], Any]


def _act(code: str, verb: Verb, done: str) -> ResponseReturnValue:
    """Do one thing to the producer's order; a refusal shows the page as it is now."""
    db = write_session()
    order = sellers_order(db, code)
    try:
        verb(db, order, clock.now())
    except (Conflict, Invalid) as refusal:
        db.rollback()
        return _refused(code, refusal)
    db.commit()
    flash(_(done), "ok")
    return redirect(url_for(".desk_order", code=order.code), 303)


def _refused(code: str, refusal: DomainError) -> ResponseReturnValue:
    db = read_session()
    return _desk_page(db, sellers_order(db, code), status_of(refusal), trouble=say(refusal))


@bp.post("/ban-hang/don-hang/<code>/xac-nhan")
@role("producer")
def confirm(code: str) -> ResponseReturnValue:
    """Take on a cash-on-delivery order."""

    def verb(db: Session, order: Order, now: datetime) -> None:
        services.confirm_order(db, order_id=order.id, actor_id=actor().id(), now=now)

    return _act(code, verb, N_("Đã xác nhận đơn. Giờ có thể đóng gói."))


@bp.post("/ban-hang/don-hang/<code>/huy")
@role("producer")
def refuse(code: str) -> ResponseReturnValue:
    """Call an order off, with the reason."""
    form = SellerCancelForm.read()
    if not form.validate():
        db = read_session()
        return _desk_page(db, sellers_order(db, code), 422, cancel_form=form)

    def verb(db: Session, order: Order, now: datetime) -> None:
        services.cancel_order(
            db,
            order_id=order.id,
            by="seller",
            reason=form.reason.data,
            actor_id=actor().id(),
            now=now,
        )

    return _act(code, verb, N_("Đã hủy đơn và trả hàng về kho."))


@bp.post("/ban-hang/don-hang/<code>/dong-goi")
@role("producer")
def pack(code: str) -> ResponseReturnValue:
    """Put the goods into a parcel, out of the lots chosen (or proposed)."""

    def verb(db: Session, order: Order, now: datetime) -> None:
        offered = {
            line.id: [
                *(
                    lot.lot_id
                    for lot in stock_queries.sellable_lots(db, line.variant_id, clock.today_vn(now))
                ),
                None,
            ]
            for line in order.lines
        }
        services.pack_order(
            db,
            order_id=order.id,
            picks=read_picks(request.form, offered),
            actor_id=actor().id(),
            now=now,
        )

    return _act(code, verb, N_("Đã đóng gói. In phiếu rồi gửi hàng đi."))


@bp.post("/ban-hang/don-hang/<code>/gui")
@role("producer")
def send(code: str) -> ResponseReturnValue:
    """Hand the parcel over to a carrier."""
    form = ShipForm.read()
    if not form.validate():
        db = read_session()
        return _desk_page(db, sellers_order(db, code), 422, ship_form=form)

    def verb(db: Session, order: Order, now: datetime) -> None:
        services.ship(
            db,
            order_id=order.id,
            carrier=form.carrier.data,
            tracking_no=form.tracking_no.data or "",
            actor_id=actor().id(),
            now=now,
        )

    return _act(code, verb, N_("Đã ghi là gửi đi. Người mua thấy ngay trên trang đơn."))


@bp.post("/ban-hang/don-hang/<code>/da-giao")
@role("producer")
def delivered(code: str) -> ResponseReturnValue:
    """The buyer has the parcel."""

    def verb(db: Session, order: Order, now: datetime) -> None:
        services.deliver(db, order_id=order.id, actor_id=actor().id(), now=now)

    return _act(code, verb, N_("Đã ghi là giao xong."))


@bp.post("/ban-hang/don-hang/<code>/giao-hong")
@role("producer")
def undelivered(code: str) -> ResponseReturnValue:
    """The carrier could not hand the parcel over."""

    def verb(db: Session, order: Order, now: datetime) -> None:
        services.fail_delivery(db, order_id=order.id, actor_id=actor().id(), now=now)

    return _act(code, verb, N_("Đã ghi là giao không thành. Hãy gọi cho người mua."))


@bp.get("/ban-hang/don-hang/<code>/phieu")
@role("producer")
def slip(code: str) -> ResponseReturnValue:
    """The packing slip, to print and put into the parcel."""
    db, now = read_session(), clock.now()
    order = sellers_order(db, code)
    return render_template("orders/slip.html", page=pages.order_page(db, order, now))
