"""Reading for the reconciliation desks: what is awaited, what came, what fits nowhere.

A producer sees its own orders' money. Money that fits no order is read in ``unmatched``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import Session

from shop.accounts.models import Person
from shop.accounts.rules import staff_scope_of
from shop.catalogue.models import Producer
from shop.orders.models import Order
from shop.payments.models import (
    PayeeAccount,
    PaymentAttempt,
    PaymentMatch,
    PaymentTxn,
)
from shop.payments.registry import all_providers
from shop.web.actor import Actor

ROWS = 50


@dataclass(frozen=True)
class PayeeState:
    """A producer's account in force and everything it ever gave."""

    producer: Producer
    in_force: PayeeAccount | None
    history: list[PayeeAccount]

    @property
    def waiting(self) -> PayeeAccount | None:
        return next((row for row in self.history if row.state == "submitted"), None)


def _slugs(*, by_hand: bool) -> list[str]:
    return [slug for slug, one in all_providers().items() if one.capabilities.by_hand is by_hand]


def awaited_transfers(db: Session, producer_ids: Sequence[int], now: datetime) -> Sequence[Any]:
    """Orders that wait for a transfer, the oldest first: (Order, PaymentAttempt)."""
    with_code = [slug for slug, one in all_providers().items() if one.capabilities.qr]
    return db.execute(
        select(Order, PaymentAttempt)
        .join(
            PaymentAttempt,
            (PaymentAttempt.order_id == Order.id)
            & (PaymentAttempt.provider == Order.payment_provider),
        )
        .where(
            Order.producer_id.in_(producer_ids),
            Order.payment_provider.in_(with_code),
            Order.payment_state.in_(("unpaid", "partial")),
            Order.state == "awaiting_payment",
            or_(
                Order.expires_at.is_(None),
                Order.expires_at > now,
                Order.payment_state == "partial",
            ),
        )
        .order_by(Order.placed_at, Order.id)
        .limit(ROWS)
    ).all()


def recent_money(db: Session, producer_ids: Sequence[int]) -> Sequence[Any]:
    """The newest ledger facts of the producers' orders: (PaymentTxn, order code)."""
    owner = func.coalesce(PaymentTxn.order_id, PaymentMatch.order_id)
    return db.execute(
        select(PaymentTxn, Order.code)
        .outerjoin(PaymentMatch, PaymentMatch.txn_row_id == PaymentTxn.id)
        .join(Order, Order.id == owner)
        .where(Order.producer_id.in_(producer_ids))
        .order_by(PaymentTxn.id.desc())
        .limit(ROWS)
    ).all()


def count_awaited(db: Session, producer_ids: Sequence[int], now: datetime) -> int:
    """How many orders wait for a transfer (up to ROWS)."""
    return len(awaited_transfers(db, producer_ids, now))


def owned_producers(db: Session, actor: Actor) -> list[Producer]:
    """The producers whose money the actor may redirect: those they own."""
    owned = [producer_id for producer_id, role in actor.producers.items() if role == "owner"]
    return list(db.scalars(select(Producer).where(Producer.id.in_(owned)).order_by(Producer.id)))


def _in_scope(actor: Actor) -> ColumnElement[bool]:
    provinces = staff_scope_of(actor)
    return true() if provinces is None else Producer.province_code.in_(sorted(provinces))


def waiting_accounts(db: Session, actor: Actor) -> Sequence[Any]:
    """Accounts to decide, the oldest first: (PayeeAccount, Producer, submitter, one in force)."""
    rows = db.execute(
        select(PayeeAccount, Producer, Person.name)
        .join(Producer, Producer.id == PayeeAccount.producer_id)
        .join(Person, Person.id == PayeeAccount.submitted_by)
        .where(PayeeAccount.state == "submitted", _in_scope(actor))
        .order_by(PayeeAccount.id)
        .limit(ROWS)
    ).all()
    active = select(PayeeAccount).where(
        PayeeAccount.state == "active",
        PayeeAccount.producer_id.in_([producer.id for _account, producer, _name in rows]),
    )
    held = {one.producer_id: one for one in db.scalars(active.order_by(PayeeAccount.effective_at))}
    return [(*row, held.get(row[1].id)) for row in rows]


def count_waiting_accounts(db: Session, actor: Actor) -> int:
    """Payee accounts to decide in the actor's scope (up to ROWS)."""
    return len(waiting_accounts(db, actor))
