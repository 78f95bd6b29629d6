"""The buyer chooses another way to pay while the order still waits."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.orders import rules
from shop.orders.models import Order, OrderEvent
from shop.orders.rules import OrderOver, WrongState, is_overdue, require_step
from shop.orders.services.parts import audit, lock_order, notify_producer, tell


def change_way_to_pay(
    db: Session,
    *,
    order_id: int,
    provider: str,
    first_state: str,
    expires_at: datetime,
    actor_id: int | None,
    now: datetime,
) -> Order:
    """Let a waiting order be paid through ``provider`` (slug) instead, or through it once more.

    ``first_state`` is where an order paid so begins, ``expires_at`` how long it is held from now
    on. The goods stay held throughout. Each change holds them anew, so an order has MAX_PAY_CHANGES
    of them. Raises WrongState, OrderOver, MoneyCame, DepositStays, TooManyChanges.
    """
    order = lock_order(db, order_id)
    if order.state not in rules.AWAITING:
        raise WrongState
    if is_overdue(order.state, order.expires_at, order.payment_state, now):
        raise OrderOver
    if order.payment_state != "unpaid":
        raise rules.MoneyCame
    if order.upfront_vnd is not None or order.awaits_goods:
        raise rules.DepositStays
    if _changes(db, order.id) >= rules.MAX_PAY_CHANGES:
        raise rules.TooManyChanges
    before, was = order.payment_provider, order.state
    if first_state != was:
        require_step(was, first_state)
    order.payment_provider = provider
    order.state = first_state
    order.expires_at = expires_at
    tell(
        db,
        order,
        "pay_changed",
        actor_id=actor_id,
        now=now,
        detail={"from": before, "to": provider},
    )
    audit(db, order, "change_pay", actor_id, now, before=before, after=provider)
    db.flush()
    if first_state == "awaiting_confirmation" and was != first_state:
        notify_producer(db, order, "placed", now=now)
    return order


def _changes(db: Session, order_id: int) -> int:
    changes = select(func.count()).where(
        OrderEvent.order_id == order_id, OrderEvent.kind == "pay_changed"
    )
    return db.scalar(changes) or 0
