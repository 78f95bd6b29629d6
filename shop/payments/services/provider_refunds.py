"""What providers say about refunds, ours and those made in their own dashboards."""

import hashlib
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.orders.models import Order
from shop.payments import queries
from shop.payments.models import PaymentTxn, Refund
from shop.payments.provider import ProviderTxn, RefundFact
from shop.payments.rules import NOT_SENT, OPEN_REFUNDS, VND
from shop.payments.services.ledger import apply_txn, follow_ledger
from shop.payments.services.owing import step_refund
from shop.payments.services.refund_parts import locked_refund, tell_refund


def record_refund(db: Session, *, provider: str, fact: RefundFact, now: datetime) -> str:
    """Put what a provider says about a refund into the ledger and the refund's row, once.

    A refund made in the provider's own dashboard gets a row of its own. States never go back
    except that a done one may fail. Returns the ledger's outcome or ``open``; ``ignored`` for a
    charge that is none of ours.
    """
    charge = queries.charge_called(db, provider, fact.charge_id)
    if charge is None:
        return "ignored"
    order_id = queries.order_of_txn(db, charge)
    order = queries.lock_order(db, order_id) if order_id is not None else None
    refund = _row_of(db, provider, fact, charge, order, now)
    if refund is not None and order is not None:
        _name_it(db, refund, fact)
        if not _step_by_provider(db, refund, order, fact, now):
            return "open"
    if fact.fate == "pending" or (
        fact.fate == "failed" and not _was_counted(db, provider, fact.refund_id)
    ):
        if order is not None:
            follow_ledger(db, order, now)
        return "open"
    return apply_txn(
        db,
        ProviderTxn(
            provider=provider,
            txn_id=fact.refund_id,
            kind="refund" if fact.fate == "succeeded" else "refund_failed",
            amount_vnd=fact.amount_vnd,
            currency=fact.currency,
            occurred_at=fact.occurred_at,
            raw_digest=fact.raw_digest,
            charge_id=fact.charge_id,
        ),
        now=now,
    )


def refuse_refund(db: Session, *, refund_id: int, fault: str, now: datetime) -> None:
    """The provider will not make the refund at all: staff are told, what is owed stays owed."""
    refund, order = locked_refund(db, refund_id)
    if step_refund(db, refund, "failed", from_=OPEN_REFUNDS, now=now, fault=fault[:60]):
        follow_ledger(db, order, now)
        tell_refund(db, refund, order, "refund_failed", now)


def _row_of(
    db: Session,
    provider: str,
    fact: RefundFact,
    charge: PaymentTxn,
    order: Order | None,
    now: datetime,
) -> Refund | None:
    named = Refund.provider == provider, Refund.provider_refund_id == fact.refund_id
    refund = db.scalar(select(Refund).where(*named))
    if refund is None and fact.key:
        refund = db.scalar(
            select(Refund).where(Refund.provider == provider, Refund.idempotency_key == fact.key)
        )
    if refund is not None or order is None or fact.fate == "failed" or fact.currency != VND:
        return refund
    made = Refund(
        order_id=order.id,
        txn_row_id=charge.id,
        provider=provider,
        kind="granted",
        is_by_hand=False,
        amount_vnd=fact.amount_vnd,
        reason="dashboard",
        asked_by="provider",
        state="approved",  # the step to "sent" or "done" lets our own promises follow
        idempotency_key=hashlib.sha256(f"{provider}:{fact.refund_id}".encode()).hexdigest()[:40],
        provider_refund_id=fact.refund_id,
        created_at=now,
    )
    db.add(made)
    db.flush()
    return made


def _name_it(db: Session, refund: Refund, fact: RefundFact) -> None:
    db.refresh(refund)
    if refund.provider_refund_id is None:
        refund.provider_refund_id = fact.refund_id
        db.flush()


def _step_by_provider(
    db: Session, refund: Refund, order: Order, fact: RefundFact, now: datetime
) -> bool:
    """Move the row as the provider says; False when it already says as much or more."""
    if fact.fate == "pending":
        return step_refund(db, refund, "sent", from_=NOT_SENT, now=now)
    if fact.fate == "succeeded":
        if step_refund(db, refund, "done", from_=OPEN_REFUNDS, now=now):
            tell_refund(db, refund, order, "refund_done", now)
            return True
        return refund.state == "done"
    if step_refund(
        db, refund, "failed", from_=OPEN_REFUNDS | {"done"}, now=now, fault=fact.fault[:60]
    ):
        tell_refund(db, refund, order, "refund_failed", now)
    return True


def _was_counted(db: Session, provider: str, refund_id: str) -> bool:
    found = select(PaymentTxn.id).where(
        PaymentTxn.provider == provider, PaymentTxn.txn_id == refund_id, PaymentTxn.kind == "refund"
    )
    return db.scalar(found) is not None
