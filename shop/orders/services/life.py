"""Confirming, cancelling, expiring, and what money does to an order."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.core.errors import Invalid
from shop.core.money import format_vnd
from shop.orders import queries, rules, signals
from shop.orders.models import Order, OrderContact, OrderEvent, OrderLine
from shop.orders.rules import (
    AWAITING,
    OrderOver,
    TooLate,
    WrongState,
    is_overdue,
    may_buyer_cancel,
    may_seller_cancel,
    require_step,
)
from shop.orders.services.packing import unpack_all
from shop.orders.services.parts import (
    audit,
    hold_goods,
    lines_of,
    lock_order,
    notify_buyer,
    notify_producer,
    owner_key,
    tell,
)
from shop.orders.slots import PLACES_AGAIN
from shop.stock import services as stock
from shop.stock.rules import OutOfStock

MoneyOutcome = Literal["unchanged", "noted", "paid", "reinstated", "refund_needed"]


def confirm_order(db: Session, *, order_id: int, actor_id: int | None, now: datetime) -> Order:
    """The producer takes on a cash-on-delivery order. Raises WrongState, OrderOver."""
    order = lock_order(db, order_id)
    if order.state != "awaiting_confirmation":
        raise WrongState
    if is_overdue(order.state, order.expires_at, order.payment_state, now):
        raise OrderOver
    confirm(db, order, actor_id=actor_id, now=now)
    audit(db, order, "confirm", actor_id, now)
    return order


def confirm(db: Session, order: Order, *, actor_id: int | None, now: datetime) -> None:
    """The (locked) order stands from now on. Raises WrongState."""
    require_step(order.state, "confirmed")
    order.state = "confirmed"
    order.confirmed_at = now
    order.expires_at = None
    tell(db, order, "confirmed", actor_id=actor_id, now=now)
    db.flush()
    kind = "place_kept" if order.awaits_goods else "confirmed"
    signals.order_confirmed.send(None, db=db, order=order, now=now)
    notify_buyer(db, order, kind, now=now)


def cancel_order(
    db: Session,
    *,
    order_id: int,
    by: Literal["buyer", "seller"],
    reason: str,
    actor_id: int | None,
    now: datetime,
    is_buyer_told: bool = True,
) -> Order:
    """Call an order off and give its goods back to stock. ``reason`` is a code of the rules.

    Buyers may until it is packed, sellers (and staff) until it is on its way. Cancelling a
    cancelled order changes nothing. ``is_buyer_told``: False for a caller that tells the buyer in
    its own words. Raises TooLate, WrongState, Invalid (field ``reason``).
    """
    reasons = rules.BUYER_REASONS if by == "buyer" else rules.SELLER_REASONS
    if reason not in reasons:
        raise Invalid(field="reason")
    order = lock_order(db, order_id)
    if order.state == "cancelled":
        return order
    may = may_buyer_cancel if by == "buyer" else may_seller_cancel
    if not may(order.state, order.fulfilment_state):
        raise TooLate if order.state == "confirmed" else WrongState
    require_step(order.state, "cancelled")
    order.state = "cancelled"
    order.end_reason = reason
    order.expires_at = None
    unpack_all(db, order, actor_id=actor_id, now=now)
    _give_back(db, [order], now)
    tell(db, order, "cancelled", actor_id=actor_id, now=now, detail={"by": by, "reason": reason})
    audit(db, order, "cancel", actor_id, now, reason=reason)
    db.flush()
    signals.order_cancelled.send(None, db=db, order=order, now=now)
    if by == "buyer" or is_buyer_told:
        notify_buyer(db, order, "cancelled" if by == "seller" else "called_off", now=now)
    if by == "buyer":
        notify_producer(db, order, "withdrawn", now=now)
    return order


def expire_order(db: Session, *, order_id: int, now: datetime) -> bool:
    """End one order if it is due; says whether it ended now."""
    return bool(expire_orders(db, order_ids=[order_id], now=now))


def expire_orders(
    db: Session,
    *,
    order_ids: Collection[int],
    now: datetime,
    also_lock_variants: Collection[int] = (),
) -> list[Order]:
    """End those of the orders whose time is over and that received no money; free their stock.

    Orders that someone else is changing right now are left to the next time. Whether money came
    is judged on the locked row, so an order that is being paid never expires under the payment.
    ``also_lock_variants``: what the caller will reserve next, locked in the same order.
    """
    if not order_ids:
        return []
    due = list(
        db.scalars(
            select(Order)
            .where(
                Order.id.in_(order_ids),
                Order.state.in_(AWAITING),
                Order.payment_state == "unpaid",
                Order.expires_at <= now,
            )
            .order_by(Order.id)
            .with_for_update(skip_locked=True, key_share=True)
            .execution_options(populate_existing=True)
        )
    )
    for order in due:
        require_step(order.state, "expired")
        order.end_reason = "not_paid" if order.state == "awaiting_payment" else "not_confirmed"
        order.state = "expired"
        tell(db, order, "expired", now=now, detail={"reason": order.end_reason})
    db.flush()
    _give_back(db, due, now, also_lock_variants)
    for order in due:
        signals.order_expired.send(None, db=db, order=order, now=now)
        notify_buyer(db, order, "expired", now=now)
    return due


def money_changed(
    db: Session,
    *,
    order: Order,
    charged_vnd: int,
    refunded_vnd: int,
    now: datetime,
    is_disputed: bool = False,
) -> MoneyOutcome:
    """The ledger's sums changed: derive the payment state and let the order follow.

    Full payment confirms a waiting order; money for an expired one brings it back when its goods
    can still be had. ``refund_needed`` says that the money must go back instead. Asking twice with
    the same sums changes nothing.
    """
    order = lock_order(db, order.id)
    before = order.payment_state
    after = rules.payment_state(
        order.due_vnd,
        charged_vnd=charged_vnd,
        refunded_vnd=refunded_vnd,
        is_disputed=is_disputed,
    )
    outcome: MoneyOutcome = "unchanged"
    if after != before:
        order.payment_state = after
        sums = {"charged_vnd": charged_vnd, "refunded_vnd": refunded_vnd, "state": after}
        tell(db, order, "paid" if after == "paid" else "money", now=now, detail=sums)
        outcome = "noted"
    db.flush()
    back = 0 if is_disputed else refunded_vnd
    _tell_of_money(db, order, charged_vnd=charged_vnd, refunded_vnd=back, now=now)
    kept = charged_vnd - refunded_vnd
    order.received_vnd = kept
    db.flush()
    if after in {"paid", "overpaid"}:
        outcome = _follow_full_payment(db, order, before, now) or outcome
    elif rules.is_enough(order.upfront_vnd, after, kept):
        outcome = _follow_deposit(db, order, before, now) or outcome
    elif kept > 0 and order.state in {"expired", "cancelled"}:
        outcome = "refund_needed"
    complete_if_done(db, order, now=now)
    return outcome


def _tell_of_money(
    db: Session, order: Order, *, charged_vnd: int, refunded_vnd: int, now: datetime
) -> None:
    """The buyer hears once of each sum that came in, and once of each that went back."""
    if charged_vnd > 0:
        kind = "money" if charged_vnd < order.due_vnd else "money_full"
        cause, sum_ = f"order:{order.id}:in:{charged_vnd}", format_vnd(charged_vnd)
        is_called = order.fulfilment_state != "delivered"  # cash was put into somebody's hand
        notify_buyer(db, order, kind, now=now, cause=cause, is_called=is_called, sum=sum_)
    if refunded_vnd > 0:
        cause, sum_ = f"order:{order.id}:back:{refunded_vnd}", format_vnd(refunded_vnd)
        notify_buyer(db, order, "refunded", now=now, cause=cause, sum=sum_)


def _follow_full_payment(
    db: Session, order: Order, before: str, now: datetime
) -> MoneyOutcome | None:
    if order.state in {"cancelled", "expired"} and not _reinstate(db, order, now):
        if before not in {"paid", "overpaid"}:
            tell(db, order, "late_money", now=now)
            notify_producer(db, order, "late_money", now=now)
            db.flush()
        return "refund_needed"
    is_back = order.confirmed_at is None and order.state == "confirmed"
    if order.state in AWAITING:
        confirm(db, order, actor_id=None, now=now)
    if before in {"paid", "overpaid"}:
        return None
    if is_back:
        order.confirmed_at = now
    signals.order_paid.send(None, db=db, order=order, now=now)
    notify_producer(db, order, "paid", now=now)
    db.flush()
    return "reinstated" if is_back else "paid"


def _follow_deposit(db: Session, order: Order, before: str, now: datetime) -> MoneyOutcome | None:
    """The deposit makes a waiting order stand; it may come late, and more may come after it."""
    if order.state in AWAITING:
        confirm(db, order, actor_id=None, now=now)
        return None
    if order.state not in {"cancelled", "expired"}:
        return None
    if _reinstate(db, order, now):
        order.confirmed_at = now
        return "reinstated"
    if before == "unpaid":
        tell(db, order, "late_money", now=now)
        notify_producer(db, order, "late_money", now=now)
        db.flush()
    return "refund_needed"


def _reinstate(db: Session, order: Order, now: datetime) -> bool:
    """Late money: the order comes back when its goods are still there, and its buyer has not had
    the most of them at that price meanwhile."""
    if order.state != "expired" or not _has_goods_again(db, order, now):
        return False
    require_step(order.state, "confirmed")
    order.state = "confirmed"
    order.expires_at = None
    order.end_reason = ""
    tell(db, order, "reinstated", now=now)
    db.flush()
    signals.order_reinstated.send(None, db=db, order=order, now=now)
    signals.order_confirmed.send(None, db=db, order=order, now=now)
    notify_buyer(db, order, "confirmed", now=now)
    return True


def _has_goods_again(db: Session, order: Order, now: datetime) -> bool:
    """Take the goods of an ended order once more: units in stock, or a place in the harvest."""
    if order.awaits_goods:
        return any(PLACES_AGAIN.collect(db, order.id, now))
    try:
        with db.begin_nested():
            hold_goods(db, order, now)
            _require_live_limits(db, order)
    except (OutOfStock, _OverLiveLimit):
        return False
    return True


class _OverLiveLimit(Exception):
    """With this order the buyer would have more than one may have at a live price."""


def _require_live_limits(db: Session, order: Order) -> None:
    """Whether the buyer bought so much at the order's live prices meanwhile that it may not come
    back beside that. The price's row is locked first, as counting a sale at it does, so that
    neither a checkout nor other late money passes unseen. Raises _OverLiveLimit.
    """
    wanted = {
        line.price_window_id: line.quantity
        for line in lines_of(db, order.id)
        if line.price_window_id is not None
    }
    limits = stock.lock_live_limits(db, window_ids=wanted) if wanted else {}
    phone = db.scalar(select(OrderContact.phone).where(OrderContact.order_id == order.id))
    if not limits or not phone:
        return
    bought = queries.bought_at_live_price(db, list(limits), phone)
    for window_id, limit in limits.items():
        if bought.get(window_id, 0) + wanted[window_id] > limit:
            raise _OverLiveLimit


def receive_goods(
    db: Session, *, order_id: int, upfront_vnd: int | None, actor_id: int | None, now: datetime
) -> Order:
    """The goods of a confirmed order have come: hold them in stock, and it is one like any other.

    ``upfront_vnd``: what must be paid before it is packed. Raises OutOfStock, WrongState.
    """
    order = lock_order(db, order_id)
    if order.state != "confirmed" or not order.awaits_goods:
        raise WrongState
    hold_goods(db, order, now)
    order.awaits_goods = False
    order.upfront_vnd = upfront_vnd
    tell(db, order, "goods_in", actor_id=actor_id, now=now)
    db.flush()
    return order


def complete(db: Session, *, order_id: int, actor_id: int | None, now: datetime) -> Order:
    """Close an order whose goods and money have both arrived. Raises WrongState."""
    order = lock_order(db, order_id)
    if order.state != "completed" and not complete_if_done(db, order, now=now, actor_id=actor_id):
        raise WrongState
    return order


def complete_if_done(
    db: Session, order: Order, *, now: datetime, actor_id: int | None = None
) -> bool:
    """Close the (locked) order when nothing is left to do; says whether it was closed."""
    if not rules.is_complete(order.state, order.fulfilment_state, order.payment_state):
        return False
    require_step(order.state, "completed")
    order.state = "completed"
    order.completed_at = now
    tell(db, order, "completed", actor_id=actor_id, now=now)
    db.flush()
    return True


def _give_back(
    db: Session,
    orders: Sequence[Order],
    now: datetime,
    also_lock_variants: Collection[int] = (),
) -> None:
    """Free what the orders' lines hold: units, and units counted against a live price's cap.

    Orders whose goods are still to come hold none, so no level is locked for them.
    """
    order_ids = [order.id for order in orders if not order.awaits_goods]
    lines = db.scalars(select(OrderLine).where(OrderLine.order_id.in_(order_ids))).all()
    locked = {line.variant_id for line in lines} | set(also_lock_variants)
    if locked:
        stock.lock_levels(db, locked)
    if not lines:
        return
    stock.release(db, owner_keys=[owner_key(line.id) for line in lines], now=now)
    counted = [line for line in lines if line.price_window_id is not None]
    if counted:
        _uncount_live_prices(db, counted)


def _uncount_live_prices(db: Session, lines: Sequence[OrderLine]) -> None:
    """Late money that brought an order back took no place at its live price again, so none of
    such an order is given back a second time."""
    back = db.scalars(
        select(OrderEvent.order_id).where(
            OrderEvent.order_id.in_({line.order_id for line in lines}),
            OrderEvent.kind == "reinstated",
        )
    ).all()
    for line in sorted(lines, key=lambda line: line.price_window_id or 0):
        if line.price_window_id is not None and line.order_id not in back:
            stock.give_back_live_price(db, window_id=line.price_window_id, quantity=line.quantity)
