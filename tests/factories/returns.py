"""Return requests for tests, through the real services."""

import itertools
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.orders import services as orders
from shop.orders.models import Order, OrderLine
from shop.orders.queries import order_by_code
from shop.payments.services import apply_txn
from shop.returns import services
from shop.returns.models import ReturnRequest
from shop.returns.services import Answer, ReturnDraft, Said
from tests.factories.payments import NOW, make_attempt, make_txn

_numbers = itertools.count(1)


def make_delivered(db: Session, *, now: datetime = NOW, **over: Any) -> Order:
    """A transfer order that is paid and delivered: three units at 65,000 đồng, delivery 30,000."""
    order, attempt = make_attempt(db, now=now, **({"quantity": 3} | over))
    apply_txn(db, make_txn(attempt, txn_id=f"FT-R{next(_numbers):08}"), now=now)
    step: dict[str, Any] = {"order_id": order.id, "actor_id": None, "now": now}
    orders.pack_order(db, **step)
    orders.ship(db, carrier="Bưu điện", tracking_no="VN1", **step)
    orders.deliver(db, **step)
    found = order_by_code(db, order.code)
    assert found is not None
    return found


def line_of(db: Session, order: Order) -> OrderLine:
    """The order's first line."""
    lines = select(OrderLine).where(OrderLine.order_id == order.id).order_by(OrderLine.id)
    return db.scalars(lines.limit(1)).one()


def make_return(
    db: Session, order: Order, *, units: int = 2, now: datetime = NOW, **over: Any
) -> ReturnRequest:
    """Two units of the order's first line, said to be spoiled."""
    values: dict[str, Any] = {
        "submit_key": f"test-return-key-{next(_numbers):06}",
        "days": 7,
        "actor_id": None,
    } | over
    lines = {line_of(db, order).id: units}
    draft = values.pop("draft", ReturnDraft(lines, "spoiled", Said("Bị mốc ở nắp")))
    return services.ask_return(db, order_id=order.id, draft=draft, now=now, **values)


def answer(actor_id: int, side: Any = "producer", now: datetime = NOW, text: str = "") -> Answer:
    """Who answers."""
    return Answer(side, actor_id, now, text)
