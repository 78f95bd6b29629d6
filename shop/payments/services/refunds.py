"""Giving money back: asked, approved, sent or paid by hand, done; and when it comes back."""

import hashlib
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shop.core.errors import NotFound
from shop.core.money import format_vnd
from shop.orders import services as orders
from shop.orders.models import Order
from shop.payments import queries
from shop.payments.models import PaymentTxn, Refund
from shop.payments.provider import ProviderTxn
from shop.payments.rules import (
    NOT_SENT,
    REFUND_REASONS,
    VND,
    ByProvider,
    InDispute,
    NothingToRefund,
    OwedMoney,
    RefundTooLarge,
    StillAwaited,
    WrongStep,
    approval_fault,
    payout_fault,
)
from shop.payments.services.ledger import apply_txn, follow_ledger
from shop.payments.services.owing import step_refund, write_refunds
from shop.payments.services.refund_parts import audit_refund, locked_refund, tell_refund

AskedBy = Literal["system", "buyer", "producer", "staff"]


def ask_refund(
    db: Session,
    *,
    order_id: int,
    amount_vnd: int | None,
    reason: str,
    asked_by: AskedBy,
    actor_id: int | None,
    cause: str,
    now: datetime,
    note: str = "",
) -> list[Refund]:
    """Decide to give money of a paid order back, whole or in part. What other features call.

    ``amount_vnd`` None is all that is left of it. ``reason`` is a key of ``REFUND_REASONS``;
    ``note`` free words for the seller. ``cause`` names the one decision (``return:5``, a form's
    submit key): asked again with the same cause, the same refunds come back and nothing is written.
    One refund a charge is made, newest charge first; most orders have one. Nothing leaves yet: the
    producer pays a transfer back by hand, staff approve what the operator's provider sends, and
    above ``REFUND_SECOND_PERSON_VND`` a second person is needed. The buyer is told at each step.

    An order that is called off needs no call: cancelling it makes its money owed, by itself.
    Raises NotFound, StillAwaited, NothingToRefund, RefundTooLarge (field ``amount``), InDispute;
    ValueError for an unknown reason.
    """
    if reason not in REFUND_REASONS:
        raise ValueError(reason)
    order = queries.lock_order(db, order_id)
    if order is None:
        raise NotFound
    digest = hashlib.sha256(f"{order_id}:{cause}".encode()).hexdigest()[:32]
    known = _asked_before(db, order_id, digest)
    if known:
        return known
    amount = _judge_amount(db, order, amount_vnd)
    made = write_refunds(
        db,
        order=order,
        amount_vnd=amount,
        reason=reason,
        now=now,
        kind="granted",
        asked_by=asked_by,
        requested_by=actor_id,
        note=note[:300],
    )
    for number, refund in enumerate(made):
        refund.idempotency_key = f"{digest}-{number}"
        audit_refund(db, refund, "asked", actor_id, now, note)
    db.flush()
    orders.tell(db, order, "refund_asked", actor_id=actor_id, now=now, detail={"amount": amount})
    return made


def _asked_before(db: Session, order_id: int, digest: str) -> list[Refund]:
    found = select(Refund).where(
        Refund.order_id == order_id, Refund.idempotency_key.startswith(f"{digest}-")
    )
    return list(db.scalars(found.order_by(Refund.id)))


def _judge_amount(db: Session, order: Order, amount_vnd: int | None) -> int:
    left = refundable_vnd(db, order)
    if queries.is_disputed(db, order.id):
        raise InDispute
    if order.state in {"awaiting_payment", "awaiting_confirmation"}:
        raise StillAwaited
    if left <= 0:
        raise NothingToRefund
    amount = left if amount_vnd is None else amount_vnd
    if not 0 < amount <= left:
        raise RefundTooLarge(field="amount", left=format_vnd(left))
    return amount


def refundable_vnd(db: Session, order: Order) -> int:
    """The đồng of the order that could still be given back, beside what is on its way."""
    promised = sum(refund.amount_vnd for refund in queries.open_refunds(db, order.id))
    return max(0, queries.money_of(db, order.id).net_vnd - promised)


def approve_refund(
    db: Session, *, refund_id: int, limit_vnd: int, actor_id: int, now: datetime
) -> Refund:
    """Agree to a refund; above the limit nobody agrees to their own wish.

    Raises NotFound, SecondPerson, InDispute, WrongStep.
    """
    refund, order = locked_refund(db, refund_id)
    fault = approval_fault(
        amount_vnd=refund.amount_vnd,
        limit_vnd=limit_vnd,
        requested_by=refund.requested_by,
        actor_id=actor_id,
    )
    if fault is not None:
        raise fault
    if queries.is_disputed(db, order.id):
        raise InDispute
    if not step_refund(
        db, refund, "approved", from_=frozenset({"requested"}), now=now, approved_by=actor_id
    ):
        raise WrongStep
    audit_refund(db, refund, "approved", actor_id, now)
    return refund


def reject_refund(
    db: Session, *, refund_id: int, note: str, actor_id: int, now: datetime
) -> Refund:
    """Say no to a refund that somebody wished. Raises NotFound, OwedMoney, WrongStep."""
    refund, order = locked_refund(db, refund_id)
    if refund.kind == "owed":
        raise OwedMoney
    if not step_refund(db, refund, "rejected", from_=NOT_SENT, now=now):
        raise WrongStep
    audit_refund(db, refund, "rejected", actor_id, now, note)
    follow_ledger(db, order, now)
    return refund


def count_once(db: Session, *, refund_id: int, actor_id: int, now: datetime) -> list[Refund]:
    """Say that what people granted of the order was for the goods of this owed refund: the granted
    ones that fit into it count as owed from now on, and what they cover of it is withdrawn.

    For a refund granted by hand before the parcel came back, which would be paid twice.
    Raises NotFound; WrongStep when none fits or the owed one was sent.
    """
    refund, order = locked_refund(db, refund_id)
    granted = queries.granted_within(db, refund, order)
    if not granted:
        raise WrongStep
    for one in granted:
        one.kind = "owed"
        audit_refund(db, one, "counted_once", actor_id, now)
    db.flush()
    follow_ledger(db, order, now)
    return granted


def pay_by_hand(db: Session, *, refund_id: int, actor_id: int, now: datetime) -> Refund:
    """Take a refund away from its provider: a person will transfer it. Raises NotFound, WrongStep.

    Only before the provider was asked: what it may already have sent is never paid twice.
    """
    refund, _order = locked_refund(db, refund_id)
    if refund.state not in NOT_SENT or refund.is_by_hand:
        raise WrongStep
    moved = db.execute(
        update(Refund)
        .where(Refund.id == refund.id, Refund.state.in_(NOT_SENT))
        .values(is_by_hand=True)
        .returning(Refund.id)
    ).one_or_none()
    if moved is None:
        raise WrongStep
    db.refresh(refund)
    audit_refund(db, refund, "by_hand", actor_id, now)
    return refund


def give_account(
    db: Session, *, order_id: int, bank_bin: str, number: str, holder: str, now: datetime
) -> int:
    """The buyer says where the money shall go; returns how many open refunds wait for it.

    A refund that was approved for another account needs a new look. Raises NotFound.
    """
    order = queries.lock_order(db, order_id)
    if order is None:
        raise NotFound
    account = {"payee_bin": bank_bin, "payee_number": number, "payee_holder": holder}
    waiting = [
        refund
        for refund in queries.open_refunds(db, order_id)
        if refund.is_by_hand and refund.state in NOT_SENT
    ]
    for refund in waiting:
        is_other = refund.payee_number not in {"", number}
        for name, value in account.items():
            setattr(refund, name, value)
        if is_other and refund.state == "approved":
            refund.state, refund.approved_by = "requested", None
    if waiting:
        orders.tell(db, order, "refund_account", now=now)
    db.flush()
    return len(waiting)


def finish_refund(
    db: Session,
    *,
    refund_id: int,
    reference: str,
    actor_id: int,
    now: datetime,
    limit_vnd: int,
    proof_sha: str | None = None,
    is_proof_pdf: bool = False,
) -> Refund:
    """Record that a refund was paid out by hand, with the bank's reference and the proof.

    The ledger gets the fact and the order follows. Raises NotFound, ByProvider, NotApprovedYet,
    SecondPerson, ProofNeeded (field ``proof``), InDispute, WrongStep.
    """
    refund, order = locked_refund(db, refund_id)
    if not refund.is_by_hand:
        raise ByProvider
    fault = payout_fault(
        amount_vnd=refund.amount_vnd,
        limit_vnd=limit_vnd,
        approved_by=refund.approved_by,
        actor_id=actor_id,
        has_proof=proof_sha is not None,
    )
    if fault is not None:
        raise fault
    if queries.is_disputed(db, order.id):
        raise InDispute
    paid: dict[str, Any] = {
        "reference": reference,
        "done_by": actor_id,
        "proof_sha": proof_sha,
        "is_proof_pdf": is_proof_pdf,
    }
    if not step_refund(db, refund, "done", from_=NOT_SENT, now=now, **paid):
        raise WrongStep
    _apply_by_hand(db, refund, order, "refund", actor_id, now)
    audit_refund(db, refund, "done", actor_id, now, reference)
    tell_refund(db, refund, order, "refund_done", now)
    return refund


def return_refund(
    db: Session, *, refund_id: int, note: str, actor_id: int, now: datetime
) -> Refund:
    """A transfer that was paid out came back. What is still owed becomes a new task.

    Raises NotFound, ByProvider, WrongStep.
    """
    refund, order = locked_refund(db, refund_id)
    if not refund.is_by_hand:
        raise ByProvider
    if not step_refund(db, refund, "failed", from_=frozenset({"done"}), now=now, fault="returned"):
        raise WrongStep
    _apply_by_hand(db, refund, order, "refund_failed", actor_id, now)
    audit_refund(db, refund, "returned", actor_id, now, note)
    tell_refund(db, refund, order, "refund_failed", now)
    return refund


def _apply_by_hand(
    db: Session,
    refund: Refund,
    order: Order,
    kind: Literal["refund", "refund_failed"],
    actor_id: int,
    now: datetime,
) -> None:
    facts = f"{kind}|{refund.id}|{refund.amount_vnd}|{refund.reference}|{actor_id}"
    charge = db.get(PaymentTxn, refund.txn_row_id) if refund.txn_row_id is not None else None
    apply_txn(
        db,
        ProviderTxn(
            provider=refund.provider,
            txn_id=f"refund:{refund.id}",
            kind=kind,
            amount_vnd=refund.amount_vnd,
            currency=VND,
            occurred_at=now,
            raw_digest=hashlib.sha256(facts.encode()).hexdigest(),
            order_hint=order.code,
            charge_id=charge.txn_id if charge is not None else "",
        ),
        now=now,
        actor_id=actor_id,
    )
