"""What a parcel that came back undelivered held is no longer due."""

from datetime import datetime
from fractions import Fraction

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.core.money import distribute, format_vnd
from shop.orders import signals
from shop.orders.models import Order, OrderCut, OrderLine
from shop.orders.queries import Parcel, parcels
from shop.orders.rules import CAME_BACK
from shop.orders.rules.parcels import spread_over_parcels
from shop.orders.services.parts import audit, lines_of, notify_buyer, tell


def cut_what_came_back(
    db: Session, order: Order, *, actor_id: int | None, now: datetime
) -> int | None:
    """Take the shares of parcels that came back off what is due for the (locked) order; returns the
    đồng, or None when nothing changes.

    An order of which nothing is left but what came back is called off by a person instead: it
    stays as it is.
    """
    known = parcels(db, order.id)
    units = _units_back(known)
    done, done_vnd = _cut_before(db, order.id)
    fresh = {line: n - done.get(line, 0) for line, n in units.items() if n > done.get(line, 0)}
    if not fresh or order.fulfilment_state == "returned":
        return None
    lines = {line.id: line for line in lines_of(db, order.id)}
    share = _share_back(order, known, lines) - done_vnd
    amount = min(max(share, 0), order.due_vnd)
    worth = [
        int(Fraction(lines[one].line_total_vnd * n, lines[one].quantity))
        for one, n in fresh.items()
    ]
    weights = worth if any(worth) else list(fresh.values())
    for (line_id, n), part in zip(fresh.items(), distribute(amount, weights), strict=True):
        db.add(
            OrderCut(
                order_line_id=line_id,
                units=n,
                amount_vnd=part,
                reason=CAME_BACK,
                actor_id=actor_id,
                at=now,
            )
        )
    order.cut_vnd += amount
    told = {"units": sum(fresh.values()), "amount_vnd": amount}
    tell(db, order, "back_cut", actor_id=actor_id, now=now, detail=told)
    audit(db, order, "back_cut", actor_id, now)
    db.flush()
    cause = f"order:{order.id}:back_cut:{order.cut_vnd}"
    notify_buyer(db, order, "back_cut", now=now, cause=cause, sum=format_vnd(amount))
    signals.order_cut.send(None, db=db, order=order, now=now)
    return amount


def _units_back(known: list[Parcel]) -> dict[int, int]:
    """Line id -> units in parcels that came back whole."""
    units: dict[int, int] = {}
    for parcel in known:
        if parcel.shipment.state == "returned":
            for row in parcel.lines:
                units[row.order_line_id] = units.get(row.order_line_id, 0) + row.quantity
    return units


def _cut_before(db: Session, order_id: int) -> tuple[dict[int, int], int]:
    """Line id -> units already cut because they came back, and their đồng in all."""
    rows = db.execute(
        select(OrderCut.order_line_id, func.sum(OrderCut.units), func.sum(OrderCut.amount_vnd))
        .join(OrderLine, OrderLine.id == OrderCut.order_line_id)
        .where(OrderLine.order_id == order_id, OrderCut.reason == CAME_BACK)
        .group_by(OrderCut.order_line_id)
    ).all()
    return {line: int(n) for line, n, _vnd in rows}, sum(int(vnd) for _line, _n, vnd in rows)


def _share_back(order: Order, known: list[Parcel], lines: dict[int, OrderLine]) -> int:
    """What the carriers of the parcels that came back were to collect for them, in đồng."""
    values = [
        sum(
            (
                Fraction(lines[row.order_line_id].line_total_vnd * row.quantity)
                / lines[row.order_line_id].quantity
                for row in parcel.lines
            ),
            Fraction(0),
        )
        for parcel in known
    ]
    whole = sum(line.line_total_vnd for line in lines.values())
    shares = spread_over_parcels(order.total_vnd, values, rest=whole - sum(values))
    return sum(
        share
        for parcel, share in zip(known, shares, strict=True)
        if parcel.shipment.state == "returned"
    )
