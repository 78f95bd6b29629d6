"""Money: what we asked for, what providers say happened, and who is paid."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.db import Base, Id, Ref, append_only, one_of
from shop.payments.rules import SET_ASIDE_REASONS, account_digest

ATTEMPT_STATES = ("created", "started", "succeeded", "failed", "expired", "cancelled")
TXN_KINDS = (
    "charge",
    "charge_failed",
    "refund",
    "refund_failed",
    "chargeback",
    "chargeback_reversed",
)


class PaymentAttempt(Base):
    """The try to pay an order through one provider: one row, however often it is started."""

    __tablename__ = "payment_attempt"
    __table_args__ = (
        UniqueConstraint("order_id", "provider"),
        one_of("state", ATTEMPT_STATES),
        CheckConstraint("amount_vnd > 0", name="amount_vnd"),
    )

    id: Mapped[Id]
    order_id: Mapped[Ref] = mapped_column(ForeignKey("shop_order.id"))
    provider: Mapped[str] = mapped_column(String(20))
    amount_vnd: Mapped[Ref]
    memo_code: Mapped[str | None] = mapped_column(String(20), unique=True)
    """What a transfer's text must carry, with its check symbol."""
    provider_ref: Mapped[str | None] = mapped_column(String(120), index=True)
    idempotency_key: Mapped[str] = mapped_column(String(64), unique=True)
    """Stored and committed before the provider is called, so a retry repeats the same call."""
    state: Mapped[str] = mapped_column(String(12), default="created")
    pay_url: Mapped[str | None] = mapped_column(Text)
    account_bin: Mapped[str | None] = mapped_column(String(6))
    account_number: Mapped[str | None] = mapped_column(String(30))
    account_holder: Mapped[str | None] = mapped_column(String(120))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    polled_at: Mapped[datetime | None]
    """When the provider was last asked; the poller claims a row by moving it."""


class PaymentTxn(Base):
    """The ledger: every fact a provider tells, once. ``order_id`` is None while it fits none."""

    __tablename__ = "payment_txn"
    __table_args__ = (
        UniqueConstraint("provider", "txn_id", "kind"),
        one_of("kind", TXN_KINDS),
        CheckConstraint("amount_vnd >= 0", name="amount_vnd"),
        Index(None, "order_id"),
        Index(None, "account_digest"),
        Index("uq_payment_txn_merge_key", "merge_key", unique=True),
    )

    id: Mapped[Id]
    provider: Mapped[str] = mapped_column(String(20))
    txn_id: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(20))
    amount_vnd: Mapped[Ref]
    currency: Mapped[str] = mapped_column(String(3), default="VND")
    order_id: Mapped[Ref | None] = mapped_column(ForeignKey("shop_order.id"))
    attempt_id: Mapped[Ref | None] = mapped_column(ForeignKey("payment_attempt.id"))
    charge_id: Mapped[str] = mapped_column(String(120), default="", server_default="")
    """The provider's name of the charge that this fact gives back; empty for charges."""
    account_digest: Mapped[str] = mapped_column(String(64), default="")
    merge_key: Mapped[str | None] = mapped_column(String(64))
    """Account, amount and the bank's reference in one: the same transfer told in two ways."""
    raw_digest: Mapped[str] = mapped_column(String(64))
    actor_id: Mapped[Ref | None]
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]


class PaymentTxnDetail(Base):
    """The words that came with a fact, kept apart from the ledger: erasure can empty them."""

    __tablename__ = "payment_txn_detail"

    txn_row_id: Mapped[Ref] = mapped_column(
        ForeignKey("payment_txn.id"), primary_key=True, autoincrement=False
    )
    reason: Mapped[str] = mapped_column(String(20), default="")
    """Why it fitted no order; empty when it did."""
    hint: Mapped[str] = mapped_column(String(300), default="")
    counterparty: Mapped[str] = mapped_column(String(160), default="")


class PaymentMatch(Base):
    """Money that fitted no order when it came, later given to one by a person."""

    __tablename__ = "payment_match"

    txn_row_id: Mapped[Ref] = mapped_column(
        ForeignKey("payment_txn.id"), primary_key=True, autoincrement=False
    )
    order_id: Mapped[Ref] = mapped_column(ForeignKey("shop_order.id"), index=True)
    actor_id: Mapped[Ref]
    at: Mapped[datetime]


class PaymentSetAside(Base):
    """Money from the desk that a person says belongs to no order. A later match overrides it."""

    __tablename__ = "payment_set_aside"
    __table_args__ = (one_of("reason", SET_ASIDE_REASONS),)

    txn_row_id: Mapped[Ref] = mapped_column(
        ForeignKey("payment_txn.id"), primary_key=True, autoincrement=False
    )
    reason: Mapped[str] = mapped_column(String(16))
    same_as_id: Mapped[Ref | None] = mapped_column(ForeignKey("payment_txn.id"))
    """The fact that counted already, when this one tells of the same transfer."""
    actor_id: Mapped[Ref]
    at: Mapped[datetime]


class WebhookEvent(Base):
    """A provider's message as it came, once per event; refused ones too."""

    __tablename__ = "webhook_event"
    __table_args__ = (UniqueConstraint("provider", "event_key"),)

    id: Mapped[Id]
    provider: Mapped[str] = mapped_column(String(20))
    event_key: Mapped[str] = mapped_column(String(160))
    is_signature_good: Mapped[bool]
    raw: Mapped[bytes] = mapped_column(LargeBinary)
    received_at: Mapped[datetime]
    outcome: Mapped[str] = mapped_column(String(40))


class Refund(Base):
    """Money to give back: one row is one pay-out, by the provider or by hand with proof.

    A pay-out that failed stays failed; what is still owed becomes a new row.
    """

    __tablename__ = "refund"
    __table_args__ = (
        one_of("state", ("requested", "approved", "sent", "done", "failed", "rejected")),
        one_of("kind", ("owed", "granted")),
        one_of("asked_by", ("system", "buyer", "producer", "staff", "provider")),
        CheckConstraint("amount_vnd > 0", name="amount_vnd"),
        UniqueConstraint("provider", "provider_refund_id"),
    )

    id: Mapped[Id]
    order_id: Mapped[Ref] = mapped_column(ForeignKey("shop_order.id"), index=True)
    txn_row_id: Mapped[Ref | None] = mapped_column(ForeignKey("payment_txn.id"), index=True)
    """The charge it gives back (part of)."""
    provider: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(10), default="owed", server_default="owed")
    """``owed``: the seller has no claim on the money. ``granted``: somebody decided to give it."""
    is_by_hand: Mapped[bool] = mapped_column(default=True, server_default=true())
    """A person pays it out and proves it; otherwise the provider is asked to."""
    amount_vnd: Mapped[Ref]
    reason: Mapped[str] = mapped_column(String(60))
    note: Mapped[str] = mapped_column(String(300), default="", server_default="")
    idempotency_key: Mapped[str] = mapped_column(String(64), unique=True)
    """Stored and committed before the provider is called, so a retry repeats the same call."""
    state: Mapped[str] = mapped_column(String(10), default="requested")
    asked_by: Mapped[str] = mapped_column(String(10), default="system", server_default="system")
    requested_by: Mapped[Ref | None] = mapped_column(ForeignKey("person.id"))
    approved_by: Mapped[Ref | None] = mapped_column(ForeignKey("person.id"))
    done_by: Mapped[Ref | None] = mapped_column(ForeignKey("person.id"))
    provider_refund_id: Mapped[str | None] = mapped_column(String(120))
    """The provider's own name of the refund."""
    asked_at: Mapped[datetime | None]
    """When the provider was last asked; the sender claims a row by moving it."""
    fault: Mapped[str] = mapped_column(String(60), default="", server_default="")
    """Why it failed, as a code."""
    payee_bin: Mapped[str] = mapped_column(String(6), default="", server_default="")
    payee_number: Mapped[str] = mapped_column(String(30), default="", server_default="")
    payee_holder: Mapped[str] = mapped_column(String(120), default="", server_default="")
    """The buyer's account, as the buyer gave it; erasure may empty the three."""
    reference: Mapped[str] = mapped_column(String(60), default="")
    """The bank's name of the transfer that gave the money back."""
    proof_sha: Mapped[str | None] = mapped_column(String(64))
    is_proof_pdf: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Dispute(Base):
    """A buyer's bank takes a charge into question. While it is open, the order is not packed."""

    __tablename__ = "payment_dispute"
    __table_args__ = (
        UniqueConstraint("provider", "provider_dispute_id"),
        one_of("state", ("open", "won", "lost", "closed")),
        CheckConstraint("amount >= 0", name="amount"),
    )

    id: Mapped[Id]
    provider: Mapped[str] = mapped_column(String(20))
    provider_dispute_id: Mapped[str] = mapped_column(String(120))
    order_id: Mapped[Ref | None] = mapped_column(ForeignKey("shop_order.id"), index=True)
    txn_row_id: Mapped[Ref | None] = mapped_column(ForeignKey("payment_txn.id"))
    amount: Mapped[Ref]
    """In ``currency``; đồng when that is VND."""
    currency: Mapped[str] = mapped_column(String(3))
    reason: Mapped[str] = mapped_column(String(40))
    status: Mapped[str] = mapped_column(String(40))
    """In the provider's words."""
    state: Mapped[str] = mapped_column(String(10))
    answer_by: Mapped[datetime | None]
    opened_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


def _digest_of_number(context: Any) -> str:
    return account_digest(str(context.get_current_parameters()["number"]))


class PayeeAccount(Base):
    """Where a producer is paid. The one in force: ``active`` with the latest past ``effective_at``.

    The first is checked by staff; a change needs staff as second person and waits 24 hours.
    """

    __tablename__ = "payee_account"
    __table_args__ = (
        one_of("state", ("submitted", "active", "rejected", "retired")),
        Index(
            "uq_payee_account_waiting",
            "producer_id",
            unique=True,
            sqlite_where=text("state = 'submitted'"),
            postgresql_where=text("state = 'submitted'"),
        ),
    )

    id: Mapped[Id]
    producer_id: Mapped[Ref] = mapped_column(ForeignKey("producer.id"), index=True)
    bank_bin: Mapped[str] = mapped_column(String(6))
    number: Mapped[str] = mapped_column(String(30))
    number_digest: Mapped[str] = mapped_column(String(64), default=_digest_of_number, index=True)
    """How the ledger names the account."""
    holder: Mapped[str] = mapped_column(String(120))
    state: Mapped[str] = mapped_column(String(10), default="submitted")
    submitted_by: Mapped[Ref] = mapped_column(ForeignKey("person.id"))
    submitted_at: Mapped[datetime]
    effective_at: Mapped[datetime | None]
    verified_by: Mapped[Ref | None] = mapped_column(ForeignKey("person.id"))


append_only("payment_txn")
append_only("payment_match")
append_only("payment_set_aside")
