"""Refund rows: written only while the order's charges still cover them, kept in step with it."""

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, func, insert, literal, or_, select, update
from sqlalchemy.orm import Session

from shop.orders.models import Order
from shop.payments import queries
from shop.payments.models import PaymentMatch, PaymentTxn, Refund
from shop.payments.registry import provider_called
from shop.payments.rules import (
    KEEPS_MONEY,
    NOT_SENT,
    OPEN_REFUNDS,
    VND,
    NothingToRefund,
    owed_back,
    share_out,
)


def settle_refunds(db: Session, *, order: Order, now: datetime) -> None:
    """Keep refund tasks equal to what is owed back: add what is missing, withdraw what is not due.

    The caller holds the order's lock.
    """
    money = queries.money_of(db, order.id)
    owed = owed_back(
        money,
        order_state=order.state,
        total_vnd=order.due_vnd,
        granted_vnd=queries.granted_vnd(db, order.id),
    )
    promised = _withdraw(db, order.id, {"owed"}, owed, now)
    promised = min(promised, _withdraw(db, order.id, {"owed", "granted"}, money.net_vnd, now))
    if promised < owed:
        reason = "excess" if order.state in KEEPS_MONEY else f"order_{order.state}"
        write_refunds(db, order=order, amount_vnd=owed - promised, reason=reason, now=now)
    db.flush()


def _withdraw(db: Session, order_id: int, kinds: set[str], most_vnd: int, now: datetime) -> int:
    """Withdraw unsent refunds, the newest first, until at most ``most_vnd`` is promised."""
    waiting = queries.open_refunds(db, order_id)
    promised = sum(refund.amount_vnd for refund in waiting)
    for refund in reversed(waiting):
        if promised <= most_vnd:
            break
        if refund.kind in kinds and step_refund(db, refund, "rejected", from_=NOT_SENT, now=now):
            promised -= refund.amount_vnd
    return promised


def step_refund(
    db: Session, refund: Refund, wanted: str, *, from_: frozenset[str], now: datetime, **more: Any
) -> bool:
    """Move a refund by one conditional statement; says whether it was in one of these states."""
    is_end = wanted in {"done", "failed", "rejected"}
    moved = db.execute(
        update(Refund)
        .where(Refund.id == refund.id, Refund.state.in_(from_))
        .values(state=wanted, ended_at=now if is_end else None, **more)
        .returning(Refund.id)
    ).one_or_none()
    if moved is not None:
        db.refresh(refund)
    return moved is not None


def write_refunds(
    db: Session, *, order: Order, amount_vnd: int, reason: str, now: datetime, **more: Any
) -> list[Refund]:
    """Write refunds of the order's charges that make up the amount, one a charge, newest first.

    Whatever the charges cannot tell (money stated without one) is given back by hand.
    Each row is one conditional statement. Raises NothingToRefund when the charges do not cover it.
    """
    parts: list[tuple[str, int | None, int]] = [
        (charge.provider, charge.row_id, part)
        for charge, part in share_out(queries.charges_of(db, order.id), amount_vnd)
    ]
    rest = amount_vnd - sum(part for _provider, _row, part in parts)
    if rest > 0:
        parts.append((order.payment_provider, None, rest))
    return [
        _write(db, order.id, provider, row_id, part, reason, now, more)
        for provider, row_id, part in parts
    ]


def _write(
    db: Session,
    order_id: int,
    provider: str,
    row_id: int | None,
    amount_vnd: int,
    reason: str,
    now: datetime,
    more: dict[str, Any],
) -> Refund:
    can_refund = provider_called(provider).refund is not None and row_id is not None
    values: dict[str, Any] = {
        "order_id": order_id,
        "txn_row_id": row_id,
        "provider": provider,
        "amount_vnd": amount_vnd,
        "reason": reason,
        "kind": "owed",
        "asked_by": "system",
        "state": "requested",
        "is_by_hand": not can_refund,
        "is_proof_pdf": False,
        "idempotency_key": secrets.token_hex(16),
        "reference": "",
        "note": "",
        "fault": "",
        "payee_bin": "",
        "payee_number": "",
        "payee_holder": "",
        "created_at": now,
    } | more
    columns = [Refund.__table__.c[name] for name in values]
    typed = [
        literal(value, column.type) for column, value in zip(columns, values.values(), strict=True)
    ]
    made = db.execute(
        insert(Refund)
        .from_select(list(values), select(*typed).where(_covered(order_id, amount_vnd)))
        .returning(Refund.id)
    ).scalar_one_or_none()
    if made is None:
        raise NothingToRefund
    return db.get_one(Refund, made)


def _covered(order_id: int, amount_vnd: int) -> ColumnElement[bool]:
    """Charges less what went back less what is promised still hold the amount: in the statement."""
    ours = (
        select(PaymentMatch.txn_row_id).where(PaymentMatch.order_id == order_id).scalar_subquery()
    )
    sign = case(
        (PaymentTxn.kind.in_(("charge", "refund_failed", "chargeback_reversed")), 1),
        (PaymentTxn.kind.in_(("refund", "chargeback")), -1),
        else_=0,
    )
    held = (
        select(func.coalesce(func.sum(PaymentTxn.amount_vnd * sign), 0))
        .where(
            or_(PaymentTxn.order_id == order_id, PaymentTxn.id.in_(ours)),
            PaymentTxn.currency == VND,
        )
        .scalar_subquery()
    )
    promised = (
        select(func.coalesce(func.sum(Refund.amount_vnd), 0))
        .where(Refund.order_id == order_id, Refund.state.in_(OPEN_REFUNDS))
        .scalar_subquery()
    )
    return held - promised >= amount_vnd
