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
from shop.core.money import format_vnd
from shop.notifications.rules import Reach
from shop.notifications.services import can_reach, notify, reached_contact, withdraw_calls
from shop.notifications.services import tell as tell_recipients
from shop.orders.models import Order, OrderContact, OrderEvent, OrderLine
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


def notify_buyer(
    db: Session,
    order: Order,
    kind: str,
    *,
    now: datetime,
    cause: str = "",
    is_called: bool = True,
    is_first: bool = False,
    **more: Any,
) -> None:
    """A message for whoever bought, once for each ``cause`` (the order's, unless told).

    A person with an account gets it as they chose. A guest gets mail in the language they ordered
    in; where only a phone is left the producer is asked to telephone (not if ``is_called`` is
    False), and an older call about the same order is no longer needed (``is_first``: there is
    none). ``kind`` is one of orders'
    own, or with its feature's name in front.
    """
    ref, slug = buyer_ref(order.id), kind if "." in kind else f"orders.{kind}"
    recipient: str | Reach = f"person:{order.buyer_id}"
    desk = None
    if order.buyer_id is None:
        desk = f"producer:{order.producer_id}" if is_called else None
        if not is_first:
            withdraw_calls(db, ref=ref, now=now, actor_id=None)
        kept = db.get(OrderContact, order.id)
        if kept is None or not can_reach(slug, email=kept.email, phone=kept.phone, desk=desk):
            return
        known = _guest(db, order, now)
        if known is None:
            return
        recipient = known
    tell_recipients(
        db,
        recipients=[recipient],
        kind=slug,
        cause=cause or f"order:{order.id}",
        payload={
            "code": order.code,
            "producer": order.producer_name,
            "total": format_vnd(order.due_vnd),
            "is_guest": order.buyer_id is None,
            **more,
        },
        now=now,
        ref=ref,
        desk=desk,
    )


def buyer_ref(order_id: int) -> str:
    """What messages for an order's buyer are filed under."""
    return f"order:{order_id}:buyer"


def guest_of(db: Session, order: Order, now: datetime) -> str | None:
    """The recipient behind an order without an account; None once who they were is erased."""
    found = _guest(db, order, now)
    return found.recipient if found else None


def _guest(db: Session, order: Order, now: datetime) -> Reach | None:
    known = db.get(OrderContact, order.id)
    if known is None or not (known.email or known.phone):
        return None
    return reached_contact(
        db,
        now=now,
        name=known.full_name,
        email=known.email,
        phone=known.phone,
        language=known.language,
    )


def notify_producer(
    db: Session, order: Order, kind: str, *, now: datetime, cause: str = "", **more: Any
) -> None:
    """A message for everybody who works for the producer; ``cause`` as in ``notify_buyer``."""
    notify(
        db,
        person_ids=[member.person_id for member in members_of(db, "producer", order.producer_id)],
        kind=kind if "." in kind else f"orders.{kind}",
        cause=cause or f"order:{order.id}",
        payload={"code": order.code, "producer": order.producer_name, **more},
        now=now,
        ref=f"order:{order.id}",
    )
