"""What every verb of orders needs: the lock, the timeline, who is told."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.accounts.queries import members_of
from shop.accounts.services import record_audit, register_subject
from shop.catalogue.services import home_by
from shop.core.errors import NotFound
from shop.notifications.services import notify
from shop.orders.models import Order, OrderEvent, OrderLine
from shop.stock import services as stock
from shop.stock.rules import Want


def lock_order(db: Session, order_id: int) -> Order:
    """The order as it is now, locked to the end of the transaction; others may still point at it
    (a recall writes its lines while a parcel waits for the lot). Raises NotFound."""
    db.flush()
    found = db.scalar(
        select(Order)
        .where(Order.id == order_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound
    return found


def lines_of(db: Session, order_id: int) -> list[OrderLine]:
    """The order's lines in the order of locking: by variant."""
    return list(
        db.scalars(
            select(OrderLine).where(OrderLine.order_id == order_id).order_by(OrderLine.variant_id)
        )
    )


def owner_key(line_id: int) -> str:
    """The name under which stock holds units for a line."""
    return f"order_line:{line_id}"


def hold_goods(db: Session, order: Order, now: datetime) -> None:
    """Hold the units of all lines for as long as the order stands. Raises OutOfStock."""
    wants = [
        Want(owner_key(line.id), line.variant_id, line.quantity) for line in lines_of(db, order.id)
    ]
    stock.reserve(db, wants=wants, expires_at=None, now=now)


def units_by_product(lines: Sequence[OrderLine]) -> dict[int, int]:
    """How many units of each product the lines hold."""
    units: dict[int, int] = {}
    for line in lines:
        units[line.product_id] = units.get(line.product_id, 0) + line.quantity
    return units


register_subject("order", home_by(Order))


def audit(
    db: Session, order: Order, action: str, actor_id: int | None, now: datetime, **detail: str
) -> None:
    """Write who did what to the order."""
    record_audit(
        db,
        actor_id=actor_id,
        action=f"orders.{action}",
        subject_kind="order",
        subject_id=order.id,
        now=now,
        detail=detail,
    )


def tell(
    db: Session,
    order: Order,
    kind: str,
    *,
    now: datetime,
    actor_id: int | None = None,
    is_public: bool = True,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Add a step to the order's timeline. ``detail`` holds codes and amounts, never names."""
    db.add(
        OrderEvent(
            order_id=order.id,
            kind=kind,
            is_public=is_public,
            actor_id=actor_id,
            detail=dict(detail or {}),
            at=now,
        )
    )


def notify_buyer(db: Session, order: Order, kind: str, *, now: datetime, **more: Any) -> None:
    """A message for the buyer's inbox; guests follow their signed link."""
    if order.buyer_id is not None:
        _notify(db, [order.buyer_id], order, kind, now, more)


def notify_producer(db: Session, order: Order, kind: str, *, now: datetime, **more: Any) -> None:
    """A message for everybody who works for the producer."""
    people = [member.person_id for member in members_of(db, "producer", order.producer_id)]
    _notify(db, people, order, kind, now, more)


def _notify(
    db: Session,
    person_ids: list[int],
    order: Order,
    kind: str,
    now: datetime,
    more: Mapping[str, Any],
) -> None:
    notify(
        db,
        person_ids=person_ids,
        kind=f"orders.{kind}",
        cause=f"order:{order.id}",
        payload={"code": order.code, "producer": order.producer_name, **more},
        now=now,
        ref=f"order:{order.id}",
    )
