"""The desk of money that fits no order: staff's and producers', the same but for their scope."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from shop.accounts.rules import staff_scope_of
from shop.catalogue.models import Producer
from shop.core import clock
from shop.core.db import MAX_ID
from shop.core.errors import Conflict, Invalid
from shop.orders.models import Order
from shop.orders.rules import read_code
from shop.payments import queries, services, unmatched
from shop.payments.forms import AsideForm, MatchForm
from shop.payments.rules import UnknownOrder
from shop.web.access import actor, role
from shop.web.errors import status_of
from shop.web.forms import Form
from shop.web.i18n import gettext as _
from shop.web.request import read_session, write_session

bp = Blueprint("matching", __name__)

_ID = f"<int(min=1,max={MAX_ID}):"


@dataclass(frozen=True)
class _Desk:
    """One side of the desk: which money it shows and to which orders it may be given."""

    template: str
    home: str
    match: str
    aside: str
    scope: Callable[[], ColumnElement[bool]]
    orders_of: Callable[[], ColumnElement[bool]]

    def page(self, form: Form | None = None, status: int = 200, failed_id: int = 0) -> Any:
        rows = unmatched.cases(read_session(), self.scope(), self.orders_of())
        page = render_template(
            self.template, desk=self, rows=rows, form=form or MatchForm(), failed_id=failed_id
        )
        return page, status

    def order_called(self, db: Session, code: str | None) -> Order:
        """The order of this code within reach. Raises UnknownOrder."""
        order = queries.order_called(db, read_code(code or "") or "")
        if order is None or not queries.is_order_of(db, order.id, self.orders_of()):
            raise UnknownOrder(field="order_code")
        return order


def _staff_orders() -> ColumnElement[bool]:
    provinces = staff_scope_of(actor())
    if provinces is None:
        return Producer.id.is_not(None)
    return Producer.province_code.in_(sorted(provinces))


STAFF = _Desk(
    template="payments/staff_desk.html",
    home="matching.staff_desk",
    match="matching.match_money",
    aside="matching.set_money_aside",
    scope=lambda: unmatched.of_staff(actor()),
    orders_of=_staff_orders,
)
SELLER = _Desk(
    template="payments/own_unmatched.html",
    home="matching.own_unmatched",
    match="matching.match_own_money",
    aside="matching.set_own_money_aside",
    scope=lambda: unmatched.of_producers(sorted(actor().producers)),
    orders_of=lambda: Producer.id.in_(sorted(actor().producers)),
)


@bp.get("/can-bo/doi-soat")
@role("staff")
def staff_desk() -> Any:
    """Money that fits no order yet, of the accounts and orders in scope."""
    return STAFF.page()


@bp.post(f"/can-bo/doi-soat/{_ID}txn_row_id>")
@role("staff")
def match_money(txn_row_id: int) -> Any:
    """Give unmatched money to an order."""
    return _match(STAFF, txn_row_id)


@bp.post(f"/can-bo/doi-soat/{_ID}txn_row_id>/gat")
@role("staff")
def set_money_aside(txn_row_id: int) -> Any:
    """Say that unmatched money belongs to no order."""
    return _set_aside(STAFF, txn_row_id)


@bp.get("/ban-hang/doi-soat/chua-khop")
@role("producer")
def own_unmatched() -> Any:
    """Money on the producer's own accounts that fits no order yet."""
    return SELLER.page()


@bp.post(f"/ban-hang/doi-soat/chua-khop/{_ID}txn_row_id>")
@role("producer")
def match_own_money(txn_row_id: int) -> Any:
    """Give own money to an own order."""
    return _match(SELLER, txn_row_id)


@bp.post(f"/ban-hang/doi-soat/chua-khop/{_ID}txn_row_id>/gat")
@role("producer")
def set_own_money_aside(txn_row_id: int) -> Any:
    """Say that own money belongs to no order."""
    return _set_aside(SELLER, txn_row_id)


def _match(desk: _Desk, txn_row_id: int) -> Any:
    form = MatchForm.read()
    if not form.validate():
        return desk.page(form, 422, txn_row_id)
    db = write_session()
    try:
        unmatched.require_unmatched(db, desk.scope(), txn_row_id)
        order = desk.order_called(db, form.order_code.data)
        services.match_txn(
            db,
            txn_row_id=txn_row_id,
            order=order,
            actor_id=actor().id(),
            now=clock.now(),
            note=form.note.data,
        )
    except (Invalid, Conflict) as refusal:
        db.rollback()
        form.add_error(refusal)
        return desk.page(form, status_of(refusal), txn_row_id)
    db.commit()
    flash(_("Đã gán khoản tiền cho đơn %(code)s.", code=order.code), "ok")
    return redirect(url_for(desk.home), 303)


def _set_aside(desk: _Desk, txn_row_id: int) -> Any:
    form = AsideForm.read()
    if not form.validate():
        return desk.page(form, 422, txn_row_id)
    db = write_session()
    try:
        unmatched.require_unmatched(db, desk.scope(), txn_row_id)
        services.set_aside(
            db,
            txn_row_id=txn_row_id,
            same_as_id=form.same_as.data,
            actor_id=actor().id(),
            now=clock.now(),
            note=form.note.data,
        )
    except (Invalid, Conflict) as refusal:
        db.rollback()
        form.add_error(refusal)
        return desk.page(form, status_of(refusal), txn_row_id)
    db.commit()
    flash(_("Đã gạt khoản tiền khỏi bàn đối soát. Nhật ký ghi lại ai và vì sao."), "ok")
    return redirect(url_for(desk.home), 303)
