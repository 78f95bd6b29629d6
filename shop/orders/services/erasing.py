"""The buyer of an order is forgotten; goods, sums, dates and the commune it went to stay."""

from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from shop.accounts.services import Whom, empty_audit_notes
from shop.core.errors import Conflict
from shop.core.text import N_
from shop.orders import signals
from shop.orders.models import Order, OrderContact
from shop.orders.rules import AWAITING


class OrderOpen(Conflict):
    message = N_("Đơn %(code)s chưa xong. Hãy giao xong hoặc hủy đơn trước, rồi xóa dữ liệu.")


def erase_buyer(
    _sender: object, *, db: Session, whom: Whom, now: datetime, files: set[str]
) -> None:
    """Empty the contact of all orders of an account, or of a guest's by phone or e-mail.

    Features above follow each order (``order_erased``). Raises OrderOpen.
    """
    of_guest = or_(OrderContact.phone.in_(whom.logins), OrderContact.email.in_(whom.logins))
    theirs = and_(Order.buyer_id.is_(None), of_guest)
    if whom.person_id is not None:
        theirs = or_(theirs, Order.buyer_id == whom.person_id)
    orders = db.scalars(
        select(Order)
        .join(OrderContact, OrderContact.order_id == Order.id)
        .where(theirs)
        .order_by(Order.id)
        .with_for_update(of=Order)
    ).all()
    for order in orders:
        if order.state in AWAITING or order.state == "confirmed":
            raise OrderOpen(code=order.code)
    for order in orders:
        signals.order_erased.send(None, db=db, order=order, now=now, files=files)
        _empty(db, order)


def _empty(db: Session, order: Order) -> None:
    contact = db.get_one(OrderContact, order.id)
    contact.full_name = contact.phone = contact.street = contact.note = contact.search_text = ""
    contact.email = None
    empty_audit_notes(db, subject_kind="order", subject_id=order.id)
