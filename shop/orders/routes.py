"""Order pages of buyers, and the producer's desk."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy.orm import Session

from shop.core import clock
from shop.core.errors import Conflict, DomainError, Invalid, NotFound
from shop.core.text import N_
from shop.orders import pages, queries, rules, services
from shop.orders.forms import (
    BuyerCancelForm,
    LookupForm,
    SellerCancelForm,
    ShipForm,
    read_picks,
)
from shop.orders.models import Order
from shop.orders.slots import DESK_PANELS
from shop.stock import queries as stock_queries
from shop.web.access import actor, has_signed_link, public, role, sign, signed_in, signed_link
from shop.web.errors import status_of
from shop.web.forms import Form
from shop.web.i18n import gettext as _
from shop.web.i18n import say
from shop.web.limits import limiter
from shop.web.pagination import Page, page_number
from shop.web.request import read_session, write_session
from shop.web.slots import Panel
from shop.web.workspaces import ORDER_PANELS

bp = Blueprint("orders", __name__)

PAGE_SIZE: Final = 20

TAB_LABELS: Final = {
    "to_confirm": N_("Chờ xác nhận"),
    "to_pack": N_("Cần đóng gói"),
    "to_ship": N_("Cần gửi"),
    "on_the_way": N_("Đang giao"),
    "problems": N_("Có vấn đề"),
    "all": N_("Tất cả"),
}


# The buyer


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


def _order_page(db: Session, order: Order, form: Form, status: int = 200) -> ResponseReturnValue:
    now = clock.now()
    return render_template(
        "orders/order.html",
        page=pages.order_page(db, order, now),
        panels=_drawn(ORDER_PANELS.collect(db, order.id, now)),
        form=form,
        cancel_url=url_for(".cancel", code=order.code, k=sign("order", order.code)),
        is_redacted=False,
    ), status


def _drawn(panels: Sequence[Panel]) -> list[Markup]:
    """The panels that features above add to the page."""
    return [Markup(render_template(panel.template, **panel.context)) for panel in panels]  # noqa: S704


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


@bp.get("/tra-cuu-don")
@public
def lookup() -> ResponseReturnValue:
    """Ask for the code and the last digits of the phone number."""
    return render_template("orders/lookup.html", form=LookupForm())


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


# The producer


@bp.get("/ban-hang/don-hang")
@role("producer")
def desk() -> ResponseReturnValue:
    """What waits: to confirm, to pack, to ship, in trouble."""
    db, now, own = read_session(), clock.now(), _own()
    counts = queries.desk_counts(db, own, now)
    asked = request.args.get("muc", "")
    waiting = [tab for tab in ("to_confirm", "to_pack", "to_ship") if counts[tab]]
    tab = asked if asked in queries.TABS else (waiting or ["to_confirm"])[0]
    number = page_number(request.args.get("trang"))
    orders = queries.desk_orders(
        db, own, tab, now, offset=(number - 1) * PAGE_SIZE, limit=PAGE_SIZE
    )
    return render_template(
        "orders/desk.html",
        tab=tab,
        tabs=[(name, _(label), counts[name]) for name, label in TAB_LABELS.items()],
        orders=[pages.OrderCard.of(order, now) for order in orders],
        page=Page(number, PAGE_SIZE, counts[tab], lambda n: url_for(".desk", muc=tab, trang=n)),
    )


def _own() -> Sequence[int]:
    return sorted(actor().producers)


def sellers_order(db: Session, code: str) -> Order:
    """The order for members of its producer. Raises NotFound."""
    known = rules.read_code(code)
    order = queries.producer_order(db, known, _own()) if known is not None else None
    if order is None:
        raise NotFound
    return order


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
        panels=_drawn(DESK_PANELS.collect(db, order.id, now)),
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
