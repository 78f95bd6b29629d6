"""What happens to a whole window: moved, cancelled, its harvest in. Every buyer is told once."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, select, true, update
from sqlalchemy.orm import Session

from shop.core.clock import today_vn
from shop.core.errors import Invalid, NotFound
from shop.orders import services as orders
from shop.orders.models import Order
from shop.orders.services.parts import notify_buyer, tell
from shop.payments import services as payments
from shop.payments.registry import provider_called
from shop.preorders import queries, rules
from shop.preorders.models import Harvest, Preorder, ShipWindow, WindowMove
from shop.preorders.rules import WindowChanged
from shop.preorders.services.planning import audit
from shop.stock import services as stock
from shop.stock.rules import OutOfStock


def move_window(
    db: Session,
    *,
    code: str,
    from_on: date,
    to_on: date,
    reason: str,
    seen_moves: int,
    producer_ids: frozenset[int],
    actor_id: int,
    now: datetime,
) -> int:
    """Give an open window other days; every buyer is told, and may keep the place or call off with
    all money back. Returns how many were told.

    ``seen_moves``: how often it had been moved on the page that was sent, so that a form sent twice
    moves once. Raises NotFound, WrongDays, WindowChanged, Invalid (field ``reason``).
    """
    if reason not in rules.MOVE_REASONS:
        raise Invalid(field="reason")
    rules.require_days(from_on, to_on, today_vn(now))
    known = _lock_orders(db, code, producer_ids)
    old = (known.window.from_on, known.window.to_on)
    if known.window.moves == seen_moves + 1 and old == (from_on, to_on):
        return 0
    is_same = ShipWindow.moves == seen_moves
    window = _step(
        db,
        known.window.id,
        is_same,
        from_on=from_on,
        to_on=to_on,
        moves=ShipWindow.moves + 1,
    )
    db.add(
        WindowMove(
            window_id=window.id,
            seq=window.moves,
            old_from_on=old[0],
            old_to_on=old[1],
            new_from_on=from_on,
            new_to_on=to_on,
            reason=reason,
            actor_id=actor_id,
            at=now,
        )
    )
    if window.closes_on > to_on:
        window.closes_on = to_on
    told = list(db.scalars(queries.live_orders(db, window.id)))
    db.execute(
        update(Preorder)
        .where(Preorder.window_id == window.id, Preorder.state == "held")
        .values(answer="asked")
    )
    for order in told:
        tell(db, order, "moved", now=now, detail={"reason": reason})
        notify_buyer(
            db,
            order,
            "moved",
            now=now,
            cause=f"order:{order.id}:moved:{window.moves}",
            days=f"{from_on:%d/%m/%Y} – {to_on:%d/%m/%Y}",
        )
    audit(db, known.harvest.id, "move_window", actor_id, now, window=code, reason=reason)
    db.flush()
    return len(told)


def cancel_window(
    db: Session,
    *,
    code: str,
    reason: str,
    producer_ids: frozenset[int],
    actor_id: int,
    now: datetime,
) -> int:
    """Call an open window off: every order in it is cancelled, what it received becomes a refund
    task, every buyer is told. Cancelling twice changes nothing. Returns how many were told now.

    Raises NotFound, WindowChanged, Invalid (field ``reason``).
    """
    if reason not in rules.CANCEL_REASONS:
        raise Invalid(field="reason")
    known = _lock_orders(db, code, producer_ids)
    if known.window.state == "cancelled":
        return 0
    window = _step(db, known.window.id, true(), state="cancelled", end_reason=reason)
    audit(db, known.harvest.id, "cancel_window", actor_id, now, window=code, reason=reason)
    return _cancel_orders(db, window, actor_id, now)


def bring_in(
    db: Session,
    *,
    code: str,
    producer_ids: frozenset[int],
    actor_id: int,
    now: datetime,
) -> tuple[int, int]:
    """The window's harvest is in: its confirmed orders take their goods out of stock, first placed
    first served, and are orders to pack like any other.

    Returns how many were filled, and how many wait because stock is short; those are filled by
    the job as more comes in. Asking again fills what can be filled by now. Raises NotFound,
    WindowChanged for a cancelled one.
    """
    known = _lock_orders(db, code, producer_ids)
    stock.lock_levels(db, [known.harvest.variant_id])
    if known.window.state == "open":
        window = _step(db, known.window.id, true(), state="arrived")
        audit(db, known.harvest.id, "arrived", actor_id, now, window=code)
    elif known.window.state == "arrived":
        window = known.window
    else:
        raise WindowChanged
    return _fill(db, window, actor_id, now)


def settle_window(db: Session, *, window_id: int, now: datetime) -> None:
    """Finish what a cancelled or arrived window left open, because an order was just then being
    changed or because stock was short."""
    known = _lock_orders_of(db, window_id)
    stock.lock_levels(db, [known.harvest.variant_id])
    if known.window.state == "cancelled":
        _cancel_orders(db, known.window, None, now)
    elif known.window.state == "arrived":
        _fill(db, known.window, None, now)


def fill_place(db: Session, *, order: Order, actor_id: int | None, now: datetime) -> bool:
    """Give a confirmed order its goods out of stock; says whether there were enough.

    What is left to pay is due before packing, or collected by the carrier, as the buyer chose.
    """
    place = db.get_one(Preorder, order.id)
    is_on_delivery = place.rest_by == "delivery"
    try:
        orders.receive_goods(
            db,
            order_id=order.id,
            upfront_vnd=(place.deposit_vnd or None) if is_on_delivery else order.total_vnd,
            actor_id=actor_id,
            now=now,
        )
    except OutOfStock:
        return False
    place.state = "arrived"
    place.answer = "none" if place.answer == "asked" else place.answer
    left = order.total_vnd - order.received_vnd
    if is_on_delivery and left > 0 and order.payment_provider != "cod":
        order.payment_provider = "cod"
        payments.create_attempt(
            db, order=order, provider=provider_called("cod"), now=now, amount_vnd=left
        )
    db.flush()
    notify_buyer(db, order, "goods_in", now=now)
    return True


def _fill(db: Session, window: ShipWindow, actor_id: int | None, now: datetime) -> tuple[int, int]:
    filled = short = 0
    for order in _free_orders(db, window.id):
        if order.state == "confirmed":
            if fill_place(db, order=order, actor_id=actor_id, now=now):
                filled += 1
            else:
                short += 1
    return filled, short


def _cancel_orders(db: Session, window: ShipWindow, actor_id: int | None, now: datetime) -> int:
    told = _free_orders(db, window.id)
    for order in told:
        orders.cancel_order(
            db,
            order_id=order.id,
            by="seller",
            reason="harvest",
            actor_id=actor_id,
            now=now,
            is_buyer_told=False,
        )
        notify_buyer(db, order, "window_cancelled", now=now)
    return len(told)


def _lock_orders(db: Session, code: str, producer_ids: frozenset[int]) -> queries.WindowView:
    """The producer's window, after its orders were locked. Raises NotFound."""
    found = db.scalar(
        select(ShipWindow.id)
        .join(Harvest, Harvest.id == ShipWindow.harvest_id)
        .where(ShipWindow.code == code, Harvest.producer_id.in_(producer_ids))
    )
    if found is None:
        raise NotFound
    return _lock_orders_of(db, found)


def _lock_orders_of(db: Session, window_id: int) -> queries.WindowView:
    db.execute(queries.live_orders(db, window_id).with_for_update(of=Order, key_share=True)).all()
    window = db.get_one(ShipWindow, window_id, populate_existing=True)
    harvest = db.get_one(Harvest, window.harvest_id)
    return queries.WindowView(window, harvest, date.min)


def _free_orders(db: Session, window_id: int) -> list[Order]:
    """The window's orders as they are now, locked; those someone else is changing are left out."""
    return list(
        db.scalars(
            queries.live_orders(db, window_id)
            .with_for_update(of=Order, key_share=True, skip_locked=True)
            .execution_options(populate_existing=True)
        )
    )


def _step(db: Session, window_id: int, condition: ColumnElement[bool], **values: Any) -> ShipWindow:
    """Change an open window by one conditional UPDATE. Raises WindowChanged."""
    changed = db.scalar(
        update(ShipWindow)
        .where(ShipWindow.id == window_id, ShipWindow.state == "open", condition)
        .values(**values)
        .returning(ShipWindow)
        .execution_options(populate_existing=True)
    )
    if changed is None:
        raise WindowChanged
    return changed
