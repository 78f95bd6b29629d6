"""The log of calls that confirm an order paid on delivery."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.core.errors import Invalid
from shop.orders.models import Order, OrderCall
from shop.orders.rules import OrderOver, WrongState, is_overdue
from shop.orders.rules.calls import (
    CALL_GRACE,
    LONGEST_HOLD,
    OUTCOMES,
    BadCallTime,
    next_try,
)
from shop.orders.services.life import confirm
from shop.orders.services.parts import audit, lock_order, notify_producer, tell


def record_call(
    db: Session,
    *,
    order_id: int,
    outcome: str,
    next_at: datetime | None = None,
    submit_key: str,
    actor_id: int,
    now: datetime,
) -> OrderCall:
    """Write down that somebody called; ``confirmed`` confirms the order in the same breath.

    ``next_at``: when the buyer wants to be called; the goods are held until then. Without an answer
    the next try is proposed. The same ``submit_key`` records once. Raises WrongState, OrderOver,
    Invalid (field ``outcome``), BadCallTime (field ``next_at``).
    """
    if outcome not in OUTCOMES:
        raise Invalid(field="outcome")
    order = lock_order(db, order_id)
    known = db.scalar(select(OrderCall).where(OrderCall.submit_key == submit_key))
    if known is not None:
        if known.order_id != order.id:
            raise WrongState
        return known
    if order.state != "awaiting_confirmation":
        raise WrongState
    if is_overdue(order.state, order.expires_at, order.payment_state, now):
        raise OrderOver
    call = OrderCall(
        order_id=order.id,
        outcome=outcome,
        next_at=_when(order, outcome, next_at, now),
        actor_id=actor_id,
        submit_key=submit_key,
        at=now,
    )
    db.add(call)
    tell(
        db,
        order,
        "called",
        actor_id=actor_id,
        is_public=False,
        now=now,
        detail={"outcome": outcome},
    )
    audit(db, order, "call", actor_id, now, outcome=outcome)
    if outcome == "confirmed":
        confirm(db, order, actor_id=actor_id, now=now)
    db.flush()
    return call


def _when(order: Order, outcome: str, next_at: datetime | None, now: datetime) -> datetime | None:
    """When to call again; what was agreed with the buyer moves the order's deadline, in bounds."""
    if outcome == "no_answer":
        return next_try(now)
    if outcome != "call_again":
        return None
    last = order.placed_at + LONGEST_HOLD
    if next_at is None or not now < next_at <= last:
        raise BadCallTime(field="next_at")
    if order.expires_at is not None:
        order.expires_at = max(order.expires_at, min(next_at + CALL_GRACE, last))
    return next_at


def remind_of_call(db: Session, *, call_id: int, now: datetime) -> bool:
    """Tell the producer that it is time to call, once a call; says whether it was still due."""
    call = db.get(OrderCall, call_id)
    if call is None or call.next_at is None or call.next_at > now:
        return False
    order = lock_order(db, call.order_id)
    newest = db.scalar(
        select(OrderCall.id)
        .where(OrderCall.order_id == order.id)
        .order_by(OrderCall.id.desc())
        .limit(1)
    )
    is_over = is_overdue(order.state, order.expires_at, order.payment_state, now)
    if newest != call.id or order.state != "awaiting_confirmation" or is_over:
        return False
    notify_producer(db, order, "call_due", now=now, cause=f"order_call:{call.id}")
    db.flush()
    return True
