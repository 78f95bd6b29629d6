"""Money for tests: payee accounts and attempts through the real services."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from shop.orders.models import Order
from shop.payments.models import PayeeAccount, PaymentAttempt
from shop.payments.provider import PaymentConfig, ProviderTxn, StripeConfig
from shop.payments.registry import provider_called
from shop.payments.services import create_attempt
from tests.factories.accounts import make_person, make_staff
from tests.factories.catalogue import make_producer
from tests.factories.orders import make_order

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


def make_config(stripe: StripeConfig | None = None) -> PaymentConfig:
    """Settings as the wiring would make them."""
    return PaymentConfig(
        public_url="https://shop.test",
        order_link=lambda code: f"https://shop.test/don-hang/{code}?k=signed",
        stripe=stripe,
    )


def make_payee_account(
    db: Session, producer_id: int, *, now: datetime = NOW, **over: Any
) -> PayeeAccount:
    """An account in force since yesterday: ACB 257678859, NONG THI HA."""
    values: dict[str, Any] = {
        "producer_id": producer_id,
        "bank_bin": "970416",
        "number": "257678859",
        "holder": "NONG THI HA",
        "state": "active",
        "submitted_at": now - timedelta(days=2),
        "effective_at": now - timedelta(days=1),
    } | over
    values.setdefault("submitted_by", make_person(db).id)
    if values["state"] == "active":
        values.setdefault("verified_by", make_staff(db).id)
    account = PayeeAccount(**values)
    db.add(account)
    db.flush()
    return account


def make_attempt(
    db: Session, *, provider: str = "vietqr", order: Order | None = None, **over: Any
) -> tuple[Order, PaymentAttempt]:
    """An order (95,000 đồng) that waits for money, and its attempt."""
    now = over.pop("now", NOW)
    if order is None:
        producer = over.pop("producer", None) or make_producer(db)
        hold = provider_called(provider).hold(make_config())
        order = make_order(db, producer=producer, provider=provider, hold=hold, now=now, **over)
    if provider_called(provider).capabilities.needs_payee_account:
        make_payee_account(db, order.producer_id, now=now)
    return order, create_attempt(db, order=order, provider=provider_called(provider), now=now)


def make_txn(attempt: PaymentAttempt, **over: Any) -> ProviderTxn:
    """A transfer of the whole amount that carries the attempt's memo code."""
    values: dict[str, Any] = {
        "provider": attempt.provider,
        "txn_id": "FT26326000001",
        "kind": "charge",
        "amount_vnd": attempt.amount_vnd,
        "currency": "VND",
        "occurred_at": NOW,
        "raw_digest": "0" * 64,
        "account": attempt.account_number or "",
        "order_hint": attempt.memo_code or "",
        "provider_ref": attempt.provider_ref or "",
    }
    return ProviderTxn(**(values | over))
