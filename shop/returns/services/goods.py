"""Goods that came back: onto the shelf of the lot they came from, or written off."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.orders.models import OrderLine
from shop.returns import queries, rules
from shop.returns.models import ReturnLine, ReturnRequest
from shop.stock import services as stock

RETURNED = "returned"


def take_back(
    db: Session,
    request: ReturnRequest,
    counts: Mapping[int, tuple[int, int]],
    *,
    actor_id: int | None,
    now: datetime,
) -> None:
    """Record what became of every unit: order line -> (put back into stock, written off).

    A lot that may no longer be sold keeps its units out of what can be bought, as stock does with
    all of them. Raises BadCount when a line does not add up.
    """
    rows = db.execute(
        select(ReturnLine, OrderLine.variant_id)
        .join(OrderLine, OrderLine.id == ReturnLine.order_line_id)
        .where(ReturnLine.return_id == request.id)
        .order_by(OrderLine.variant_id, ReturnLine.id)
    ).all()
    for line, _variant_id in rows:
        back, off = counts.get(line.order_line_id, (0, 0))
        if min(back, off) < 0 or back + off != line.quantity:
            raise rules.BadCount(field=f"back_{line.order_line_id}", units=line.quantity)
    if rows:
        stock.lock_levels(db, [variant_id for _line, variant_id in rows])
    bought, _latest = queries.bought_lines(db, request.order_id, but=request.id)
    before = {line.line_id: line.given_back for line in bought}
    for line, variant_id in rows:
        line.restocked, line.written_off = counts[line.order_line_id]
        for lot_id, units in _lots(db, line, skip=before[line.order_line_id]):
            stock.receive(
                db,
                variant_id=variant_id,
                quantity=units,
                reason=RETURNED,
                key=f"return_line:{line.id}:{lot_id or 'loose'}",
                lot_id=lot_id,
                actor_id=actor_id,
                now=now,
            )
    db.flush()


def _lots(db: Session, line: ReturnLine, *, skip: int) -> list[tuple[int | None, int]]:
    """The lots of the units put back, leaving out those that an earlier return gave back."""
    wanted: dict[int | None, int] = {}
    left = line.restocked
    for lot_id, units in queries.lots_of_line(db, line.order_line_id):
        passed = min(skip, units)
        skip -= passed
        taken = min(left, units - passed)
        left -= taken
        if taken:
            wanted[lot_id] = wanted.get(lot_id, 0) + taken
    return list(wanted.items())
