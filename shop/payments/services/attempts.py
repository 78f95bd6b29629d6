"""Offering ways to pay and opening an attempt: all that happens before a provider is called."""

from collections.abc import Collection
from datetime import datetime
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.core.db import insert_into
from shop.orders.models import Order
from shop.payments import memo, queries
from shop.payments.models import PayeeAccount, PaymentAttempt
from shop.payments.provider import PaymentConfig, Provider
from shop.payments.registry import all_providers
from shop.payments.rules import NoPayeeAccount


def enabled_providers(
    db: Session, *, producer_id: int, config: PaymentConfig, now: datetime
) -> list[Provider]:
    """The ways this producer can be paid at ``now``, in the order to offer them."""
    found = offered_providers(db, producer_ids=[producer_id], config=config, now=now)
    return found[producer_id]


def offered_providers(
    db: Session,
    *,
    producer_ids: Collection[int],
    config: PaymentConfig,
    now: datetime,
    among: Collection[str] | None = None,
) -> dict[int, list[Provider]]:
    """For each producer the ways it can be paid at ``now``, in the order to offer them.

    One statement at most, however many producers share a checkout. ``among``: the slugs asked for,
    if not all.
    """
    switched_on = sorted(
        (
            provider
            for slug, provider in all_providers().items()
            if (among is None or slug in among)
            and provider.is_on(config)
            and not provider.capabilities.feed
        ),
        key=lambda provider: provider.order,
    )
    asks = any(one.capabilities.needs_payee_account or one.accounts for one in switched_on)
    payees = queries.accounts_in_force(db, producer_ids, now) if asks else {}
    return {
        producer_id: [one for one in switched_on if _takes(one, payees.get(producer_id), config)]
        for producer_id in producer_ids
    }


def _takes(provider: Provider, account: PayeeAccount | None, config: PaymentConfig) -> bool:
    """Whether a provider can bring money to this account (None: there is none)."""
    payee = None if account is None else (account.bank_bin, account.number)
    return (payee is not None or not provider.capabilities.needs_payee_account) and (
        provider.accounts is None or payee in provider.accounts(config)
    )


def create_attempt(
    db: Session,
    *,
    order: Order,
    provider: Provider,
    now: datetime,
    amount_vnd: int | None = None,
) -> PaymentAttempt:
    """Open the order's one attempt through ``provider``; asked again, the same attempt comes back.

    ``amount_vnd``: what this way is to collect, if not the whole order. The idempotency key and a
    transfer's memo code and payee are fixed here, so committing the order commits them too, before
    any provider is called. Raises NoPayeeAccount; ValueError when the order's hold ends before the
    provider stops taking money.
    """
    account = account_for(db, order, provider, now)
    expires_at = order.expires_at
    if provider.life is not None:
        expires_at = now + provider.life
        if order.expires_at is not None and order.expires_at < expires_at + provider.grace:
            raise ValueError(f"the hold of order {order.code} must outlast {provider.slug}")
    made = insert_into(db, PaymentAttempt).values(
        order_id=order.id,
        provider=provider.slug,
        amount_vnd=order.total_vnd if amount_vnd is None else amount_vnd,
        memo_code=memo.new_memo_code() if provider.capabilities.qr else None,
        idempotency_key=uuid4().hex,
        state="created" if provider.capabilities.redirect else "started",
        account_bin=account.bank_bin if account else None,
        account_number=account.number if account else None,
        account_holder=account.holder if account else None,
        created_at=now,
        expires_at=expires_at,
    )
    fresh = made.on_conflict_do_nothing(index_elements=["order_id", "provider"])
    attempt: PaymentAttempt | None = db.scalar(fresh.returning(PaymentAttempt))
    if attempt is not None:
        return attempt
    this = PaymentAttempt.order_id == order.id, PaymentAttempt.provider == provider.slug
    return db.scalars(select(PaymentAttempt).where(*this)).one()


def account_for(
    db: Session, order: Order, provider: Provider, now: datetime
) -> PayeeAccount | None:
    """Where money that comes this way goes; None when the provider keeps an account itself.

    Raises NoPayeeAccount.
    """
    if not provider.capabilities.needs_payee_account:
        return None
    account = queries.payee_account(db, order.producer_id, now)
    if account is None:
        raise NoPayeeAccount(field="payment")
    return account
