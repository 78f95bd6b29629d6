"""Another way to pay for an order that waits, or the same one once more after it lapsed."""

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy.orm import Session

from shop.orders import services as orders
from shop.orders.models import Order
from shop.payments import queries
from shop.payments.models import PaymentAttempt
from shop.payments.provider import PaymentConfig, Provider
from shop.payments.registry import provider_called
from shop.payments.rules import LIVE, NotOffered, NotPayable
from shop.payments.services.attempts import account_for, create_attempt, enabled_providers


@dataclass(frozen=True)
class Chosen:
    """What to do once the choice is committed: neither may happen inside a transaction."""

    to_start: int | None
    """Attempt whose provider's page is to be opened."""
    to_cancel: int | None
    """Attempt that its provider is to call off."""


def choose_way(
    db: Session,
    *,
    order_id: int,
    slug: str,
    config: PaymentConfig,
    actor_id: int | None,
    now: datetime,
) -> Chosen:
    """Let the order be paid through ``slug``; it is held as long as that way needs, from now on.

    The attempt through the former way stays on record: money that still comes by it lands in the
    order. The same way again changes nothing while its attempt is alive, and opens it anew once it
    lapsed. Raises NotFound, NotPayable, NotOffered (field ``payment``) and what
    ``change_way_to_pay`` raises.
    """
    order = queries.lock_order(db, order_id)
    if order is None or order.total_vnd == 0:
        raise NotPayable
    offered = enabled_providers(db, producer_id=order.producer_id, config=config, now=now)
    provider = next((one for one in offered if one.slug == slug), None)
    if provider is None:
        raise NotOffered(field="payment")
    former = queries.attempt_of(db, order.id, order.payment_provider)
    is_same = slug == order.payment_provider
    if is_same and former is not None and former.state in LIVE:
        return Chosen(former.id if former.state == "created" else None, None)
    orders.change_way_to_pay(
        db,
        order_id=order.id,
        provider=slug,
        first_state=provider.first_state,
        expires_at=now + provider.hold(config),
        actor_id=actor_id,
        now=now,
    )
    to_cancel = None if former is None or is_same else _leave(former)
    attempt = _open(db, order, provider, now)
    db.flush()
    is_to_start = provider.capabilities.redirect and attempt.state == "created"
    return Chosen(attempt.id if is_to_start else None, to_cancel)


def _leave(attempt: PaymentAttempt) -> int | None:
    """Put the former attempt away; its id when its provider still takes money for it.

    That one stays open here until the provider says how it ended, so that the poller asks about it.
    """
    if attempt.state not in LIVE:
        return None
    if provider_called(attempt.provider).cancel is not None and attempt.provider_ref:
        return attempt.id
    attempt.state = "cancelled"
    return None


def _open(db: Session, order: Order, provider: Provider, now: datetime) -> PaymentAttempt:
    attempt = queries.attempt_of(db, order.id, provider.slug)
    if attempt is None:
        return create_attempt(db, order=order, provider=provider, now=now)
    if attempt.state in LIVE:
        return attempt
    account = account_for(db, order, provider, now)
    attempt.account_bin = account.bank_bin if account else None
    attempt.account_number = account.number if account else None
    attempt.account_holder = account.holder if account else None
    attempt.expires_at = now + provider.life if provider.life is not None else order.expires_at
    if provider.capabilities.redirect:
        attempt.state = "created"
        attempt.idempotency_key = (
            uuid4().hex
        )  # a new decision: the old key would repeat the old call
        attempt.provider_ref = attempt.pay_url = None
    else:
        attempt.state = "started"
    return attempt
