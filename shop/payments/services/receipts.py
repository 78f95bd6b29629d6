"""Money that a person says has come: transfers seen in the bank app, cash."""

import hashlib
from datetime import datetime

from sqlalchemy.orm import Session

from shop.accounts.services import record_audit
from shop.core.errors import NotFound
from shop.core.text import fold
from shop.orders.models import Order
from shop.payments import queries, rules
from shop.payments.models import PaymentAttempt
from shop.payments.provider import Provider, ProviderTxn
from shop.payments.registry import all_providers, provider_called
from shop.payments.rules import (
    KEEPS_MONEY,
    VND,
    AlreadyPaid,
    CountedElsewhere,
    LooksCounted,
    NotByHand,
    NothingDelivered,
    asked_now,
    merge_key,
)
from shop.payments.services.ledger import Outcome, apply_txn


def left_to_pay(db: Session, order: Order) -> int:
    """The đồng still missing; 0 when the order is paid."""
    return rules.left_to_pay(
        queries.money_of(db, order.id),
        total_vnd=order.due_vnd,
        granted_vnd=queries.granted_vnd(db, order.id),
    )


def _asked(db: Session, order: Order) -> int:
    """What the buyer was asked for: the deposit first, then the rest."""
    net_vnd = queries.money_of(db, order.id).net_vnd
    asked = asked_now(order.due_vnd, net_vnd=net_vnd, upfront_vnd=order.upfront_vnd)
    return min(asked, left_to_pay(db, order))


def confirm_receipt(
    db: Session,
    *,
    order_id: int,
    actor_id: int,
    now: datetime,
    amount_vnd: int | None = None,
    reference: str = "",
    submit_key: str = "",
    is_extra: bool = False,
) -> Outcome:
    """Record that the producer saw the buyer's money; by default what was asked for:
    the deposit where there is one, then all that is left to pay.

    The same bank reference, or the same form sent twice, counts once. ``is_extra`` says that the
    money really came on top of what is recorded. Raises NotFound, NotByHand, NothingDelivered,
    AlreadyPaid and LooksCounted (field ``amount``), CountedElsewhere (field ``reference``).
    """
    order = queries.lock_order(db, order_id)
    if order is None:
        raise NotFound
    provider, attempt = _seen_by_hand(db, order)
    txn_id = _name(order.code, reference, submit_key)
    missing = left_to_pay(db, order) if order.state in KEEPS_MONEY else order.due_vnd
    if queries.has_txn(db, provider.slug, txn_id):
        return "duplicate"
    if missing <= 0 and not is_extra:
        raise AlreadyPaid(field="amount")
    amount = amount_vnd if amount_vnd is not None else _asked(db, order) or order.due_vnd
    facts = f"{txn_id}|{amount}|{attempt.account_number or ''}|{actor_id}"
    txn = ProviderTxn(
        provider=provider.slug,
        txn_id=txn_id,
        kind="charge",
        amount_vnd=amount,
        currency=VND,
        occurred_at=now,
        raw_digest=hashlib.sha256(facts.encode()).hexdigest(),
        account=attempt.account_number or "",
        order_hint=order.code,
        reference=reference,
    )
    _refuse_repeats(db, order, txn, is_extra)
    outcome = apply_txn(db, txn, now=now, actor_id=actor_id, is_distinct=True)
    record_audit(
        db,
        actor_id=actor_id,
        action="payments.receipt",
        subject_kind="order",
        subject_id=order.id,
        now=now,
        detail={"amount_vnd": amount, "provider": provider.slug},
    )
    return outcome


def _refuse_repeats(db: Session, order: Order, txn: ProviderTxn, is_extra: bool) -> None:
    """A feed or a statement may have told of it before. Raises LooksCounted, CountedElsewhere."""
    key = merge_key(txn.account, txn.amount_vnd, txn.reference)
    known = queries.txn_merged_as(db, key) if key else None
    if known is not None and known[1] is not None and known[1].id != order.id:
        raise CountedElsewhere(field="reference", code=known[1].code)
    if known is None and not is_extra and queries.is_told_otherwise(db, order.id, txn):
        raise LooksCounted(field="amount")


def _seen_by_hand(db: Session, order: Order) -> tuple[Provider, PaymentAttempt]:
    """The way by which a person may say that money came: the order's, or the transfer that the
    buyer was shown before choosing another way. Raises NotByHand, NothingDelivered."""
    provider = provider_called(order.payment_provider)
    attempt = queries.attempt_of(db, order.id, provider.slug)
    is_early = provider.capabilities.on_delivery and order.state not in {"confirmed", "completed"}
    if attempt is not None and provider.capabilities.by_hand and not is_early:
        return provider, attempt
    for former in all_providers().values():
        if former.capabilities.by_hand and not former.capabilities.on_delivery:
            attempt = queries.attempt_of(db, order.id, former.slug)
            if attempt is not None:
                return former, attempt
    raise NothingDelivered if is_early else NotByHand


def _name(code: str, reference: str, submit_key: str) -> str:
    """The fact's own id: by the bank's reference if there is one, else by the form it came from."""
    plain = fold(reference).replace(" ", "").upper()
    return f"{code}:ref:{plain}" if plain else f"{code}:form:{submit_key}"
