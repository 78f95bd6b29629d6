"""Starting an attempt: commit, call the provider, commit. The one listed exception to one commit.

The attempt and its idempotency key are already committed with the order. No transaction is open
while the provider is called; its answer is stored afterwards by a conditional update.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from shop.core.db import Database
from shop.core.errors import DomainError, NotFound
from shop.orders.models import Order, OrderContact
from shop.payments.models import PaymentAttempt
from shop.payments.provider import (
    AttemptView,
    Instruction,
    OrderView,
    PaymentConfig,
    ProviderRefused,
    ProviderSilent,
)
from shop.payments.registry import provider_called
from shop.payments.rules import NotPayable


@dataclass(frozen=True)
class _Start:
    """What is known before the call."""

    state: str
    provider: str
    pay_url: str | None
    order_state: str
    order: OrderView
    attempt: AttemptView


def view_attempt(row: PaymentAttempt, amount_vnd: int | None = None) -> AttemptView:
    """The attempt as providers see it; ``amount_vnd`` is what is left to pay, if not all."""
    return AttemptView(
        amount_vnd=row.amount_vnd if amount_vnd is None else amount_vnd,
        idempotency_key=row.idempotency_key,
        created_at=row.created_at,
        expires_at=row.expires_at,
        memo_code=row.memo_code,
        provider_ref=row.provider_ref,
        account_bin=row.account_bin,
        account_number=row.account_number,
        account_holder=row.account_holder,
    )


def start_attempt(
    database: Database, attempt_id: int, config: PaymentConfig, now: datetime
) -> Instruction:
    """Tell the buyer what to do next; for a redirecting provider that is a call over the network.

    Asked again it repeats the same call with the same key, or gives the address it already has.
    Raises NotFound, NotPayable, ProviderSilent (outcome unknown: ask again), ProviderRefused.
    """
    known = _load(database, attempt_id)
    provider = provider_called(known.provider)
    if known.pay_url and known.state == "started":
        return Instruction(
            kind="url",
            url=known.pay_url,
            provider_ref=known.attempt.provider_ref or "",
            expires_at=known.attempt.expires_at,
        )
    if not provider.capabilities.redirect:
        return provider.start(config, known.order, known.attempt)
    if known.state != "created" or known.order_state != "awaiting_payment":
        raise NotPayable
    if known.attempt.expires_at is not None and known.attempt.expires_at <= now:
        raise NotPayable
    try:
        instruction = provider.start(config, known.order, known.attempt)
    except ProviderRefused:
        _store(database, attempt_id, {"state": "failed"})
        raise
    _store(
        database,
        attempt_id,
        {
            "state": "started",
            "provider_ref": instruction.provider_ref,
            "pay_url": instruction.url,
        },
    )
    return instruction


def _load(database: Database, attempt_id: int) -> _Start:
    with database.read() as db:
        row = db.execute(
            select(PaymentAttempt, Order, OrderContact.language)
            .join(Order, Order.id == PaymentAttempt.order_id)
            .outerjoin(OrderContact, OrderContact.order_id == Order.id)
            .where(PaymentAttempt.id == attempt_id)
        ).one_or_none()
    if row is None:
        raise NotFound
    attempt, order, language = row
    return _Start(
        state=attempt.state,
        provider=attempt.provider,
        pay_url=attempt.pay_url,
        order_state=order.state,
        order=OrderView(
            code=order.code,
            total_vnd=order.total_vnd,
            producer_name=order.producer_name,
            language=language or "vi",
        ),
        attempt=view_attempt(attempt),
    )


def _store(database: Database, attempt_id: int, values: dict[str, str]) -> None:
    with database.transaction() as db:
        db.execute(
            update(PaymentAttempt)
            .where(PaymentAttempt.id == attempt_id, PaymentAttempt.state == "created")
            .values(values)
        )


def start_attempts(
    database: Database, attempt_ids: Iterable[int], config: PaymentConfig, now: datetime
) -> list[DomainError]:
    """Open the providers' pages after a checkout; a silent provider is asked again from the order's
    page. Returns what to tell the buyer.
    """
    troubles: list[DomainError] = []
    for attempt_id in attempt_ids:
        try:
            start_attempt(database, attempt_id, config, now)
        except (ProviderSilent, ProviderRefused, NotPayable) as trouble:
            troubles.append(trouble)
    return troubles
