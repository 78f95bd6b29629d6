"""Asking providers to give money back. No transaction is open while one is asked.

A refund is claimed by one conditional statement and that claim is committed with the stored
idempotency key before the call, so two senders never ask for one refund at once and a repetition
after a lost answer repeats the same call.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session, aliased

from shop.core.db import Database
from shop.core.errors import DomainError
from shop.orders.models import Order
from shop.payments import services
from shop.payments.models import Dispute, PaymentAttempt, PaymentTxn, Refund
from shop.payments.provider import PaymentConfig, ProviderRefused, RefundView
from shop.payments.registry import all_providers, provider_called

ASK_PAUSE = timedelta(minutes=5)
"""How long a refund on its way is left alone between two questions."""
BATCH = 20


def send_refunds(database: Database, config: PaymentConfig, now: datetime) -> int:
    """Send approved refunds, ask about those on their way; returns how many were asked about."""
    usable = [slug for slug, one in all_providers().items() if one.refund and one.is_on(config)]
    with database.transaction() as db:
        _approve_small(db, config.second_person_vnd, usable)
    with database.read() as db:
        due = db.scalars(
            select(Refund.id)
            .where(_is_due(now), Refund.provider.in_(usable))
            .order_by(Refund.asked_at.is_not(None), Refund.asked_at, Refund.id)
            .limit(BATCH)
        ).all()
    return sum(_send_one(database, config, refund_id, now) for refund_id in due)


def _approve_small(db: Session, limit_vnd: int, usable: list[str]) -> None:
    """What is owed by rule, or asked by staff, needs no further person up to the limit.

    After a failure on the same order a person looks first, so that nothing is sent in a circle.
    """
    other = aliased(Refund)
    has_failed = select(other.id).where(other.order_id == Refund.order_id, other.state == "failed")
    db.execute(
        update(Refund)
        .where(
            Refund.state == "requested",
            Refund.is_by_hand.is_(False),
            Refund.provider.in_(usable),
            Refund.amount_vnd <= limit_vnd,
            or_(Refund.kind == "owed", Refund.asked_by == "staff"),
            ~has_failed.exists(),
            ~_disputed(),
        )
        .values(state="approved")
        .execution_options(synchronize_session=False)
    )


def _disputed() -> ColumnElement[bool]:
    return (
        select(Dispute.id)
        .where(Dispute.order_id == Refund.order_id, Dispute.state == "open")
        .exists()
    )


def _is_due(now: datetime) -> ColumnElement[bool]:
    return and_(
        Refund.is_by_hand.is_(False),
        or_(
            and_(Refund.state == "approved", ~_disputed()),
            and_(
                Refund.state == "sent",
                or_(Refund.asked_at.is_(None), Refund.asked_at < now - ASK_PAUSE),
            ),
        ),
    )


def _send_one(database: Database, config: PaymentConfig, refund_id: int, now: datetime) -> bool:
    with database.transaction() as db:
        was_asked = db.scalar(select(Refund.asked_at).where(Refund.id == refund_id)) is not None
        claimed = db.scalars(
            update(Refund)
            .where(Refund.id == refund_id, _is_due(now))
            .values(state="sent", asked_at=now)
            .returning(Refund)
            .execution_options(synchronize_session=False)
        ).one_or_none()
        if claimed is None:
            return False
        slug, view = claimed.provider, _view(db, claimed, is_repeat=was_asked)
    provider = provider_called(slug)
    if provider.refund is None or view is None:
        return False
    try:
        fact = provider.refund(config, view)
    except ProviderRefused:
        if not view.refund_id:
            with database.transaction() as db:
                services.refuse_refund(db, refund_id=refund_id, fault="refused", now=now)
        return True
    except DomainError:
        return True
    with database.transaction() as db:
        services.record_refund(db, provider=slug, fact=fact, now=now)
    return True


def _view(db: Session, refund: Refund, *, is_repeat: bool) -> RefundView | None:
    row = db.execute(
        select(PaymentTxn, Order.code, PaymentAttempt.provider_ref)
        .select_from(PaymentTxn)
        .join(Order, Order.id == refund.order_id)
        .outerjoin(PaymentAttempt, PaymentAttempt.id == PaymentTxn.attempt_id)
        .where(PaymentTxn.id == refund.txn_row_id)
    ).one_or_none()
    if row is None:
        return None
    charge, code, provider_ref = row
    return RefundView(
        amount_vnd=refund.amount_vnd,
        charge_vnd=charge.amount_vnd,
        charge_id=charge.txn_id,
        provider_ref=provider_ref or "",
        key=refund.idempotency_key,
        order_code=code,
        reason=refund.reason,
        created_at=refund.created_at,
        asked_at=refund.asked_at or refund.created_at,
        refund_id=refund.provider_refund_id or "",
        is_repeat=is_repeat,
    )
