"""One order on the producer's desk, with what can be done now."""

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from shop.core import clock
from shop.core.errors import Conflict, DomainError, Invalid, NotFound
from shop.core.text import N_
from shop.orders import pages, queries, services
from shop.orders.configuration import limits_of
from shop.orders.desk_pages import desk_cards
from shop.orders.forms import (
    BatchForm,
    CallForm,
    CutForm,
    FailForm,
    SellerCancelForm,
    ShipForm,
    read_back,
    read_parcel,
    read_picks,
)
from shop.orders.models import Order
from shop.orders.routes.base import bp, drawn, sellers_order
from shop.orders.slots import DESK_PANELS
from shop.stock import queries as stock_queries
from shop.web.access import actor, role
from shop.web.errors import status_of
from shop.web.forms import Form
from shop.web.i18n import gettext as _
from shop.web.i18n import say
from shop.web.request import database, read_session, write_session


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
    call_form: Form | None = None,
    fail_form: Form | None = None,
    cut_form: Form | None = None,
    trouble: str = "",
) -> ResponseReturnValue:
    now = clock.now()
    card = desk_cards(db, [order], now, limits_of(database()))[0]
    proposed = {"reason": card.cancel_reason} if card.cancel_reason else {}
    return render_template(
        "orders/desk_order.html",
        page=pages.order_page(db, order, now, public_only=False),
        card=card,
        packing=pages.packing(db, order, now),
        panels=drawn(DESK_PANELS.collect(db, order.id, now)),
        ship_form=ship_form or ShipForm(),
        cancel_form=cancel_form or SellerCancelForm(data=proposed),
        call_form=call_form or CallForm(submit_key=secrets.token_urlsafe(16)),
        fail_form=fail_form or FailForm(),
        cut_form=cut_form or CutForm(),
        meant=read_parcel(request.form),
        pack_key=secrets.token_urlsafe(16),
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
    """Take on a cash-on-delivery order without a call of the log."""

    def verb(db: Session, order: Order, now: datetime) -> None:
        services.confirm_order(db, order_id=order.id, actor_id=actor().id(), now=now)

    return _act(code, verb, N_("Đã xác nhận đơn. Giờ có thể đóng gói."))


@bp.post("/ban-hang/don-hang/<code>/huy")
@role("producer")
def refuse(code: str) -> ResponseReturnValue:
    """Call an order off, with the reason."""
    form = SellerCancelForm.read()
    if not form.validate():
        return _again(code, cancel_form=form)

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


@bp.post("/ban-hang/don-hang/<code>/khong-gui-not")
@role("producer")
def cut(code: str) -> ResponseReturnValue:
    """Send nothing more of an order that was sent in part, with the reason."""
    form = CutForm.read()
    if not form.validate():
        return _again(code, cut_form=form)

    def verb(db: Session, order: Order, now: datetime) -> None:
        services.cut_rest(
            db, order_id=order.id, reason=form.reason.data, actor_id=actor().id(), now=now
        )

    done = N_("Đã ghi là không gửi phần còn lại. Hàng về kho, tiền của phần này được bớt đi.")
    return _act(code, verb, done)


@bp.post("/ban-hang/don-hang/<code>/goi")
@role("producer")
def call(code: str) -> ResponseReturnValue:
    """Write down what came of a call; one that agrees confirms the order."""
    form = CallForm.read()
    if not form.validate():
        return _again(code, call_form=form)

    def verb(db: Session, order: Order, now: datetime) -> None:
        services.record_call(
            db,
            order_id=order.id,
            outcome=form.outcome.data,
            next_at=form.call_at,
            submit_key=form.submit_key.data,
            actor_id=actor().id(),
            now=now,
        )

    done = N_("Đã xác nhận đơn. Giờ có thể đóng gói.")
    return _act(code, verb, done if form.outcome.data == "confirmed" else N_("Đã ghi cuộc gọi."))


def _again(code: str, **forms: Form) -> ResponseReturnValue:
    """The page with a form that was not filled in well."""
    db = read_session()
    return _desk_page(db, sellers_order(db, code), 422, **forms)


@bp.post("/ban-hang/don-hang/<code>/dong-goi")
@role("producer")
def pack(code: str) -> ResponseReturnValue:
    """Put the goods into a parcel, out of the lots chosen (or proposed); ``phan``: a part."""
    is_part = request.form.get("phan") == "1"
    key = BatchForm.read()
    submit_key = key.submit_key.data if key.validate() else None

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
            is_part=is_part,
            submit_key=submit_key,
            actor_id=actor().id(),
            now=now,
        )

    return _act(code, verb, N_("Đã đóng gói. In phiếu rồi gửi hàng đi."))


@bp.post("/ban-hang/don-hang/<code>/gui")
@role("producer")
def send(code: str) -> ResponseReturnValue:
    """Hand a parcel over to a carrier."""
    form = ShipForm.read()
    if not form.validate():
        return _again(code, ship_form=form)

    def verb(db: Session, order: Order, now: datetime) -> None:
        services.ship(
            db,
            order_id=order.id,
            shipment_id=read_parcel(request.form),
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
        services.deliver(
            db,
            order_id=order.id,
            shipment_id=read_parcel(request.form),
            actor_id=actor().id(),
            now=now,
        )

    return _act(code, verb, N_("Đã ghi là giao xong."))


@bp.post("/ban-hang/don-hang/<code>/giao-hong")
@role("producer")
def undelivered(code: str) -> ResponseReturnValue:
    """The carrier could not hand the parcel over; ``reason`` says why."""
    form = FailForm.read()
    if "reason" in request.form and not form.validate():
        return _again(code, fail_form=form)

    def verb(db: Session, order: Order, now: datetime) -> None:
        services.fail_delivery(
            db,
            order_id=order.id,
            shipment_id=read_parcel(request.form),
            reason=form.reason.data or "other",
            actor_id=actor().id(),
            now=now,
        )

    return _act(code, verb, N_("Đã ghi là giao không thành. Hãy gọi cho người mua."))


def _act_on_parcel(code: str, service: Callable[..., Any], done: str) -> ResponseReturnValue:
    """One of the steps that must name its parcel."""
    shipment_id = read_parcel(request.form)
    if shipment_id is None:
        raise NotFound

    def verb(db: Session, order: Order, now: datetime) -> None:
        service(db, order_id=order.id, shipment_id=shipment_id, actor_id=actor().id(), now=now)

    return _act(code, verb, done)


@bp.post("/ban-hang/don-hang/<code>/mo-kien")
@role("producer")
def unpack(code: str) -> ResponseReturnValue:
    """Take a parcel apart that has not left."""
    return _act_on_parcel(code, services.unpack, N_("Đã mở kiện, hàng về kệ và vẫn giữ cho đơn."))


@bp.post("/ban-hang/don-hang/<code>/gui-lai")
@role("producer")
def send_again(code: str) -> ResponseReturnValue:
    """The carrier tries once more."""
    return _act_on_parcel(code, services.send_again, N_("Đã ghi là gửi lại."))


@bp.post("/ban-hang/don-hang/<code>/quay-ve")
@role("producer")
def turn_back(code: str) -> ResponseReturnValue:
    """The parcel is coming back."""
    done = N_("Đã ghi là kiện quay về. Khi nhận lại, hãy kiểm từng món.")
    return _act_on_parcel(code, services.turn_back, done)


@bp.post("/ban-hang/don-hang/<code>/nhan-lai")
@role("producer")
def take_back(code: str) -> ResponseReturnValue:
    """The parcel is here again: ``nhap_<line>`` units go on the shelf, the rest is written off."""
    shipment_id = read_parcel(request.form)

    def verb(db: Session, order: Order, now: datetime) -> None:
        packed = {
            line.id: line.quantity
            for parcel in queries.parcels(db, order.id)
            for line in parcel.lines
            if parcel.shipment.id == shipment_id
        }
        if not packed or shipment_id is None:
            raise NotFound
        services.take_back(
            db,
            order_id=order.id,
            shipment_id=shipment_id,
            back=read_back(request.form, packed),
            actor_id=actor().id(),
            now=now,
        )

    return _act(code, verb, N_("Đã nhận kiện quay về và ghi vào sổ kho."))
