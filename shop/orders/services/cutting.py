"""The rest of a partly sent order will not be sent."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from math import lcm

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.core.errors import Conflict, Invalid
from shop.core.money import distribute, format_vnd
from shop.core.text import N_
from shop.orders import rules, signals
from shop.orders.models import Order, OrderCut, OrderLine
from shop.orders.queries import cuts_of, units_left
from shop.orders.services.packing import derive_fulfilment
from shop.orders.services.parcels import close_if_delivered
from shop.orders.services.parts import audit, lines_of, lock_order, notify_buyer, owner_key, tell
from shop.stock import services as stock


class CannotCut(Conflict):
    message = N_(
        "Chỉ ghi được “không gửi phần còn lại” khi đơn đã gửi một phần và còn hàng chưa đóng kiện. "
        "Đơn chưa gửi gì thì hãy hủy đơn; kiện đã gói thì hãy mở ra trước."
    )


def cut_rest(
    db: Session, *, order_id: int, reason: str, actor_id: int | None, now: datetime
) -> Order:
    """Send nothing more of an order that has begun to leave: what is in no parcel is given back to
    stock, its share of the total is no longer due, and the order goes on with what was sent.

    ``reason`` is a code of CUT_REASONS. Saying it again when nothing is left changes nothing.
    Raises Invalid (field ``reason``), CannotCut.
    """
    if reason not in rules.CUT_REASONS:
        raise Invalid(field="reason")
    order = lock_order(db, order_id)
    left = {line: n for line, n in units_left(db, [order.id])[order.id].items() if n > 0}
    before = cuts_of(db, order.id)
    if before and not left:
        return order
    if not rules.may_cut(order.state, order.fulfilment_state, sum(left.values())):
        raise CannotCut
    lines = lines_of(db, order.id)
    amount = _write(db, order, lines, left, before, reason, actor_id, now)
    _release(db, lines, left, before, now)
    derive_fulfilment(db, order)
    told = {"reason": reason, "units": sum(left.values()), "amount_vnd": amount}
    tell(db, order, "rest_cut", actor_id=actor_id, now=now, detail=told)
    audit(db, order, "cut_rest", actor_id, now, reason=reason)
    db.flush()
    notify_buyer(db, order, "rest_cut", now=now, sum=format_vnd(amount))
    signals.order_cut.send(None, db=db, order=order, now=now)
    close_if_delivered(db, order, actor_id=actor_id, now=now)
    return order


def _write(
    db: Session,
    order: Order,
    lines: Sequence[OrderLine],
    left: Mapping[int, int],
    before: Mapping[int, int],
    reason: str,
    actor_id: int | None,
    now: datetime,
) -> int:
    """Write the units down, and what is due less; returns the latter, in đồng."""
    kept = rules.share_of_sent(
        order.total_vnd,
        [
            (
                line.line_total_vnd,
                line.quantity - before.get(line.id, 0) - left.get(line.id, 0),
                line.quantity,
            )
            for line in lines
        ],
    )
    amount = max(0, order.due_vnd + _came_back_vnd(db, order.id) - kept)
    cut = [line for line in lines if line.id in left]
    common = lcm(*(line.quantity for line in cut))
    worth = [line.line_total_vnd * left[line.id] * (common // line.quantity) for line in cut]
    for line, part in zip(cut, distribute(amount, worth), strict=True):
        db.add(
            OrderCut(
                order_line_id=line.id,
                units=left[line.id],
                amount_vnd=part,
                reason=reason,
                actor_id=actor_id,
                at=now,
            )
        )
    order.cut_vnd += amount
    return amount


def _came_back_vnd(db: Session, order_id: int) -> int:
    """What is no longer due for parcels that came back: it counts as sent."""
    return int(
        db.scalar(
            select(func.coalesce(func.sum(OrderCut.amount_vnd), 0))
            .join(OrderLine, OrderLine.id == OrderCut.order_line_id)
            .where(OrderLine.order_id == order_id, OrderCut.reason == rules.CAME_BACK)
        )
        or 0
    )


def _release(
    db: Session,
    lines: Sequence[OrderLine],
    left: Mapping[int, int],
    before: Mapping[int, int],
    now: datetime,
) -> None:
    """Give back what is held. Lines of which something is in a parcel stay promised, so that the
    parcel can still be taken apart."""
    cut = [line for line in lines if line.id in left]
    whole = {line.id for line in cut if before.get(line.id, 0) + left[line.id] == line.quantity}
    stock.release(
        db,
        owner_keys=[owner_key(line.id) for line in cut],
        partly_gone=[owner_key(line.id) for line in cut if line.id not in whole],
        now=now,
    )
