"""Disputes: a buyer's bank questions a charge, takes the money, perhaps gives it back."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shop.core.db import insert_into
from shop.orders import services as orders
from shop.orders.models import Order
from shop.payments import queries
from shop.payments.models import Dispute, PaymentTxn
from shop.payments.provider import DisputeFact, ProviderTxn, TxnKind
from shop.payments.rules import VND
from shop.payments.services.ledger import apply_txn, follow_ledger


def record_dispute(db: Session, *, provider: str, fact: DisputeFact, now: datetime) -> str:
    """Put what a provider says about a dispute into its row and the ledger, once.

    While it is open the order is ``disputed`` and is not packed; once it has ended it never opens
    again. Money that was withdrawn counts as given back until it is reinstated. Returns
    ``applied``, ``duplicate`` or ``ignored`` (a charge that is none of ours).
    """
    charge = queries.charge_called(db, provider, fact.charge_id)
    if charge is None:
        return "ignored"
    order_id = queries.order_of_txn(db, charge)
    order = queries.lock_order(db, order_id) if order_id is not None else None
    dispute = _row_of(db, provider, fact, charge, order_id)
    has_changed = _step(db, dispute, fact, now)
    outcomes = [
        apply_txn(db, _txn(provider, fact, charge, kind), now=now)
        for kind, has_happened in _moves(fact)
        if has_happened
    ]
    if order is None:
        return "applied" if has_changed else "duplicate"
    if has_changed:
        db.refresh(dispute)
        follow_ledger(db, order, now)
        _tell(db, order, dispute, now)
    return "applied" if has_changed or "applied" in outcomes else "duplicate"


def _moves(fact: DisputeFact) -> tuple[tuple[TxnKind, bool], ...]:
    return (
        ("chargeback", fact.is_withdrawn),
        ("chargeback_reversed", fact.is_reinstated),
    )


def _row_of(
    db: Session, provider: str, fact: DisputeFact, charge: PaymentTxn, order_id: int | None
) -> Dispute:
    db.execute(
        insert_into(db, Dispute)
        .values(
            provider=provider,
            provider_dispute_id=fact.dispute_id,
            order_id=order_id,
            txn_row_id=charge.id,
            amount=fact.amount,
            currency=fact.currency,
            reason=fact.reason[:40],
            status="",
            state="open",
            answer_by=fact.answer_by,
            opened_at=fact.opened_at,
        )
        .on_conflict_do_nothing(index_elements=["provider", "provider_dispute_id"])
    )
    named = Dispute.provider == provider, Dispute.provider_dispute_id == fact.dispute_id
    return db.scalars(select(Dispute).where(*named)).one()


def _step(db: Session, dispute: Dispute, fact: DisputeFact, now: datetime) -> bool:
    """Note the newest status; False when nothing is new or the dispute has ended before."""
    moved = db.execute(
        update(Dispute)
        .where(
            Dispute.id == dispute.id,
            Dispute.state == "open",
            Dispute.status != fact.status[:40],
        )
        .values(
            status=fact.status[:40],
            state=fact.state,
            answer_by=fact.answer_by,
            ended_at=None if fact.state == "open" else now,
        )
        .returning(Dispute.id)
    ).one_or_none()
    return moved is not None


def _txn(provider: str, fact: DisputeFact, charge: PaymentTxn, kind: TxnKind) -> ProviderTxn:
    is_dong = fact.currency == VND
    return ProviderTxn(
        provider=provider,
        txn_id=fact.dispute_id,
        kind=kind,
        amount_vnd=min(fact.amount, charge.amount_vnd) if is_dong else fact.amount,
        currency=fact.currency,
        occurred_at=fact.opened_at,
        raw_digest=fact.raw_digest,
        charge_id=fact.charge_id,
    )


def _tell(db: Session, order: Order, dispute: Dispute, now: datetime) -> None:
    kind = {"open": "disputed", "won": "dispute_won"}.get(dispute.state, "dispute_ended")
    orders.tell(db, order, kind, now=now, is_public=False, detail={"dispute": dispute.id})
    cause = f"dispute:{dispute.id}:{dispute.state}"
    orders.notify_producer(db, order, kind, now=now, cause=cause)
