"""Goods that came back: onto the shelf of the lot they came from, or written off."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.orders import services as orders
from shop.orders.rules.parcels import Back
from shop.returns import queries, rules
from shop.returns.models import ReturnLine, ReturnRequest
from shop.stock.rules import RETURNED

Counts = Mapping[int, tuple[int, int]]
"""Order line -> units put back into stock, units written off."""


def take_back(
    db: Session, request: ReturnRequest, counts: Counts, *, actor_id: int | None, now: datetime
) -> None:
    """Record what became of every unit, in the ledger and at the parcels it came in.

    A lot that may no longer be sold keeps its units out of what can be bought, as stock does with
    all of them. Raises BadCount (field ``back_<line>``) when a line does not add up.
    """
    lines = db.scalars(
        select(ReturnLine).where(ReturnLine.return_id == request.id).order_by(ReturnLine.id)
    ).all()
    back: list[Back] = []
    for line in lines:
        restock, write_off = counts.get(line.order_line_id, (0, 0))
        came = queries.came_in(db, line.order_line_id)
        is_whole = min(restock, write_off) >= 0 and restock + write_off == line.quantity
        if not is_whole or line.quantity > sum(came.values()):
            raise rules.BadCount(field=f"back_{line.order_line_id}", units=line.quantity)
        line.restocked, line.written_off = restock, write_off
        back += rules.spread(came, restock, write_off)
    orders.take_back_goods(
        db,
        order_id=request.order_id,
        back=back,
        reason=RETURNED,
        key=f"return:{request.id}",
        actor_id=actor_id,
        now=now,
    )
