"""What every verb of refunds needs: the locks, the timeline, the audit log."""

from datetime import datetime

from sqlalchemy.orm import Session

from shop.accounts.services import record_audit
from shop.core.errors import NotFound
from shop.core.money import format_vnd
from shop.orders import services as orders
from shop.orders.models import Order
from shop.payments import queries
from shop.payments.models import Refund


def locked_refund(db: Session, refund_id: int) -> tuple[Refund, Order]:
    """The refund and its order as they are now, the order locked. Raises NotFound."""
    refund = db.get(Refund, refund_id)
    order = queries.lock_order(db, refund.order_id) if refund is not None else None
    if refund is None or order is None:
        raise NotFound
    db.refresh(refund)
    return refund, order


def tell_refund(db: Session, refund: Refund, order: Order, kind: str, now: datetime) -> None:
    """The timeline says so; of a failure buyer and sellers hear (of money gone back, with it)."""
    amount = refund.amount_vnd
    orders.tell(db, order, kind, now=now, detail={"amount": amount, "refund": refund.id})
    if kind == "refund_failed":
        cause, shown = f"refund:{refund.id}", format_vnd(amount)
        orders.notify_buyer(db, order, kind, now=now, cause=cause, amount=shown)
        orders.notify_producer(db, order, "refund_returned", now=now, cause=cause, amount=shown)


def audit_refund(
    db: Session,
    refund: Refund,
    verb: str,
    actor_id: int | None,
    now: datetime,
    note: str = "",
) -> None:
    """Write who did what about the refund."""
    record_audit(
        db,
        actor_id=actor_id,
        action=f"payments.refund_{verb}",
        subject_kind="refund",
        subject_id=refund.id,
        now=now,
        detail={"amount_vnd": refund.amount_vnd, "order": refund.order_id},
        note=note,
    )
