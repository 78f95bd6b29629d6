"""Reading calls, and what became of the orders a telephone number placed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from shop.accounts.models import Person
from shop.orders.models import Order, OrderCall, OrderContact
from shop.orders.rules import AWAITING
from shop.orders.rules.calls import CodRecord

DUE_AT_ONCE: Final = 200
LOOK_BACK: Final = timedelta(days=1)
"""A reminder older than that is not sent any more."""


@dataclass(frozen=True)
class CallMade:
    """A call of the log, and who made it."""

    call: OrderCall
    by: str


def calls_of(db: Session, order_ids: Collection[int]) -> dict[int, list[CallMade]]:
    """Order id -> its calls, oldest first."""
    rows = db.execute(
        select(OrderCall, Person.name)
        .outerjoin(Person, Person.id == OrderCall.actor_id)
        .where(OrderCall.order_id.in_(order_ids))
        .order_by(OrderCall.id)
    )
    found: dict[int, list[CallMade]] = {}
    for call, name in rows:
        found.setdefault(call.order_id, []).append(CallMade(call, name or ""))
    return found


def due_calls(db: Session, now: datetime) -> list[int]:
    """Calls that are the newest of a waiting order and whose next one is due."""
    later = aliased(OrderCall)
    due = (
        select(OrderCall.id)
        .join(Order, Order.id == OrderCall.order_id)
        .where(
            OrderCall.next_at <= now,
            OrderCall.next_at > now - LOOK_BACK,
            Order.state == "awaiting_confirmation",
            ~select(later.id)
            .where(later.order_id == OrderCall.order_id, later.id > OrderCall.id)
            .exists(),
        )
        .order_by(OrderCall.next_at, OrderCall.id)
        .limit(DUE_AT_ONCE)
    )
    return list(db.scalars(due))


def cod_records(db: Session, phones: Collection[str]) -> dict[str, CodRecord]:
    """Telephone number -> how its orders paid on delivery ended, with all producers together.

    Counts only: no producer learns what was bought elsewhere, or where.
    """
    failed = Order.fulfilment_state.in_(("failed_delivery", "returned"))
    waiting = or_(
        Order.state.in_(AWAITING),
        and_(Order.state == "confirmed", Order.fulfilment_state != "delivered"),
    )
    rows = db.execute(
        select(
            OrderContact.phone,
            func.count().filter(Order.fulfilment_state == "delivered"),
            func.count().filter(failed),
            func.count().filter(waiting),
        )
        .join(Order, Order.id == OrderContact.order_id)
        .where(OrderContact.phone.in_(phones), Order.payment_provider == "cod")
        .group_by(OrderContact.phone)
    )
    found = {phone: CodRecord(*counts) for phone, *counts in rows}
    return {phone: found.get(phone, CodRecord()) for phone in phones}
