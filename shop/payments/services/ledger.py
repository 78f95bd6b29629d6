"""The one way money enters: every provider, every path, one function, once."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.accounts.queries import members_of
from shop.accounts.services import record_audit
from shop.core.text import clean
from shop.notifications.services import notify
from shop.orders import services as orders
from shop.orders.models import Order
from shop.payments import memo, queries
from shop.payments.models import (
    PaymentAttempt,
    PaymentMatch,
    PaymentSetAside,
    PaymentTxn,
    PaymentTxnDetail,
)
from shop.payments.provider import ProviderTxn
from shop.payments.registry import provider_called
from shop.payments.rules import (
    VND,
    AlreadyMatched,
    ForeignMoney,
    NotTheSame,
    WrongStep,
    account_digest,
    merge_key,
)
from shop.payments.services.owing import settle_refunds

WRONG_ACCOUNT = "payments.wrong_account"

Outcome = Literal["applied", "duplicate", "unmatched"]


@dataclass(frozen=True)
class _Fit:
    """Which order a fact belongs to; ``reason`` says why to none."""

    order_id: int | None
    attempt_id: int | None
    reason: str = ""
    account: str = ""
    """The account that received it, as the payee was given to the buyer."""


def apply_txn(
    db: Session,
    txn: ProviderTxn,
    *,
    now: datetime,
    actor_id: int | None = None,
    is_distinct: bool = False,
) -> Outcome:
    """Record a provider's fact once and let the order follow. Safe to call again, in any order.

    Lock the order, insert the ledger row (unique by provider, id and kind), recompute what the
    order received, tell orders, keep refund tasks in step. Money that fits no order is kept for
    the desk. ``actor_id`` is the person who stated it, None for a provider.

    The same transfer may be told in several ways (a feed, a statement, a person). Equal account,
    amount and bank reference count once; equal amount, order and time from another way waits on
    the desk, unless the caller vouches that it ``is_distinct``.
    """
    txn = replace(
        txn, order_hint=clean(txn.order_hint[:2000]), counterparty=clean(txn.counterparty[:400])
    )
    fit = _find_order(db, txn)
    order = queries.lock_order(db, fit.order_id) if fit.order_id is not None else None
    if order is not None and _looks_told(db, order.id, txn, is_distinct):
        fit, order = replace(fit, order_id=None, reason="near_duplicate"), None
    if not _insert(db, txn, fit, now, actor_id):
        if order is None or actor_id is None or not _adopt(db, txn, fit, order, actor_id, now):
            return "duplicate"
    elif order is None:
        _alert(db, txn, fit, now)
        return "unmatched"
    follow_ledger(db, order, now)
    if fit.attempt_id is not None:
        _settle_attempt(db, fit.attempt_id, txn.kind)
    return "applied"


def _alert(db: Session, txn: ProviderTxn, fit: _Fit, now: datetime) -> None:
    """A buyer's money went to another account than the order's: the producer hears at once."""
    if fit.reason != "wrong_account":
        return
    order = db.scalars(
        select(Order)
        .join(PaymentAttempt, PaymentAttempt.order_id == Order.id)
        .where(PaymentAttempt.id == fit.attempt_id)
    ).one()
    notify(
        db,
        person_ids=[one.person_id for one in members_of(db, "producer", order.producer_id)],
        kind=WRONG_ACCOUNT,
        cause=f"wrong_account:{txn.provider}:{txn.txn_id}"[:120],
        payload={"code": order.code},
        now=now,
        ref=f"order:{order.id}",
    )


def _looks_told(db: Session, order_id: int, txn: ProviderTxn, is_distinct: bool) -> bool:
    if is_distinct or txn.kind != "charge":
        return False
    return queries.is_told_otherwise(db, order_id, txn)


def _key_of(txn: ProviderTxn, fit: _Fit) -> str | None:
    return merge_key(fit.account, txn.amount_vnd, txn.reference) if txn.kind == "charge" else None


def _adopt(
    db: Session, txn: ProviderTxn, fit: _Fit, order: Order, actor_id: int, now: datetime
) -> bool:
    """A person told of a transfer that lies on the desk, and knows its order: give it to it."""
    known = queries.txn_merged_as(db, _key_of(txn, fit))
    if known is None or known[0].order_id is not None or known[0].currency != VND:
        return False
    match = PaymentMatch(txn_row_id=known[0].id, order_id=order.id, actor_id=actor_id, at=now)
    return _insert_once(db, match)


def set_aside(
    db: Session,
    *,
    txn_row_id: int,
    actor_id: int,
    now: datetime,
    same_as_id: int | None = None,
    note: str = "",
) -> None:
    """Take money off the desk that belongs to no order: with ``same_as_id`` because that fact
    tells of the same transfer, else because it is none of the shop's. The audit log keeps who.

    Raises AlreadyMatched, NotTheSame, WrongStep when somebody did it before.
    """
    txn = db.get(PaymentTxn, txn_row_id)
    if txn is None or txn.order_id is not None or txn.kind != "charge":
        raise AlreadyMatched
    if same_as_id is not None:
        other = db.get(PaymentTxn, same_as_id)
        if other is None or other.id == txn.id or _facts(other) != _facts(txn):
            raise NotTheSame(field="same_as")
    reason = "not_ours" if same_as_id is None else "same_transfer"
    row = PaymentSetAside(
        txn_row_id=txn.id, reason=reason, same_as_id=same_as_id, actor_id=actor_id, at=now
    )
    if not _insert_once(db, row):
        raise WrongStep
    record_audit(
        db,
        actor_id=actor_id,
        action="payments.set_aside",
        subject_kind="payment_txn",
        subject_id=txn.id,
        now=now,
        detail={"reason": reason, "same_as": same_as_id, "amount_vnd": txn.amount_vnd},
        note=note,
    )


def _facts(txn: PaymentTxn) -> tuple[str, int, str, str]:
    return txn.account_digest, txn.amount_vnd, txn.currency, txn.kind


def match_txn(
    db: Session, *, txn_row_id: int, order: Order, actor_id: int, now: datetime, note: str = ""
) -> None:
    """Give money from the desk to an order, by a person's decision that the audit log keeps.

    Raises ForeignMoney, AlreadyMatched.
    """
    locked = queries.lock_order(db, order.id)
    txn = db.get(PaymentTxn, txn_row_id)
    if locked is None or txn is None or txn.order_id is not None or txn.kind != "charge":
        raise AlreadyMatched
    if txn.currency != VND:
        raise ForeignMoney
    match = PaymentMatch(txn_row_id=txn.id, order_id=order.id, actor_id=actor_id, at=now)
    if not _insert_once(db, match):
        raise AlreadyMatched
    record_audit(
        db,
        actor_id=actor_id,
        action="payments.match",
        subject_kind="order",
        subject_id=order.id,
        now=now,
        detail={"txn": txn.id, "amount_vnd": txn.amount_vnd},
        note=note,
    )
    follow_ledger(db, locked, now)


def follow_ledger(db: Session, order: Order, now: datetime) -> None:
    """Let the (locked) order and its refunds follow what the ledger and the disputes say now."""
    money = queries.money_of(db, order.id)
    orders.money_changed(
        db,
        order=order,
        charged_vnd=money.charged_vnd,
        refunded_vnd=money.refunded_vnd,
        is_disputed=queries.is_disputed(db, order.id),
        now=now,
    )
    settle_refunds(db, order=order, now=now)


def _find_order(db: Session, txn: ProviderTxn) -> _Fit:
    if txn.charge_id:
        return _beside_charge(db, txn)
    attempt, reason = _find_attempt(db, txn)
    if attempt is None:
        return _Fit(None, None, reason, _receiver(db, txn))
    reason = _objection(txn, attempt)
    if reason:
        return _Fit(None, attempt.id, reason, _receiver(db, txn))
    return _Fit(attempt.order_id, attempt.id, "", attempt.account_number or txn.account)


def _receiver(db: Session, txn: ProviderTxn) -> str:
    """The account as a producer gave it: the virtual one if that is a payee's, else the real."""
    if txn.sub_account and queries.is_payee_number(db, txn.sub_account):
        return txn.sub_account
    return txn.account


def _beside_charge(db: Session, txn: ProviderTxn) -> _Fit:
    """What gives a charge back belongs to the order that has the charge."""
    charge = queries.charge_called(db, txn.provider, txn.charge_id)
    if charge is None:
        return _Fit(None, None, "no_order")
    if txn.currency != VND:
        return _Fit(None, None, "wrong_currency")
    order_id = queries.order_of_txn(db, charge)
    if order_id is None:
        return _Fit(None, charge.attempt_id, "no_order")
    return _Fit(order_id, charge.attempt_id if order_id == charge.order_id else None)


def _find_attempt(db: Session, txn: ProviderTxn) -> tuple[PaymentAttempt | None, str]:
    if txn.provider_ref:
        known = queries.attempt_by_ref(db, txn.provider, txn.provider_ref)
        if known is not None:
            order = db.get(Order, known.order_id)
            agrees = order is not None and txn.order_hint in {"", order.code}
            return (known, "") if agrees else (None, "wrong_order")
    codes = memo.find_memo_codes(txn.order_hint)
    if len(codes) > 1:
        return None, "several_codes"
    by_memo = queries.attempts_by_memo(db, codes)
    if by_memo:
        return by_memo[0], ""
    order = queries.order_called(db, txn.order_hint) if 0 < len(txn.order_hint) <= 12 else None
    attempt = queries.attempt_of(db, order.id, txn.provider) if order else None
    if attempt is not None and attempt.provider_ref in {None, txn.provider_ref or None}:
        return attempt, ""
    return None, "no_order"


def _objection(txn: ProviderTxn, attempt: PaymentAttempt) -> str:
    """Why money that names this attempt is still not its money; empty when it is."""
    if txn.currency != VND:
        return "wrong_currency"
    told = {txn.account, txn.sub_account} - {""}
    if told and attempt.account_number and attempt.account_number not in told:
        return "wrong_account"
    must_equal = provider_called(attempt.provider).capabilities.exact_amount
    if must_equal and txn.kind == "charge" and txn.amount_vnd != attempt.amount_vnd:
        return "wrong_amount"
    return ""


def _insert(db: Session, txn: ProviderTxn, fit: _Fit, now: datetime, actor_id: int | None) -> bool:
    row = PaymentTxn(
        provider=txn.provider,
        txn_id=txn.txn_id,
        kind=txn.kind,
        amount_vnd=txn.amount_vnd,
        currency=txn.currency,
        order_id=fit.order_id,
        attempt_id=fit.attempt_id,
        charge_id=txn.charge_id,
        account_digest=account_digest(fit.account),
        merge_key=_key_of(txn, fit),
        raw_digest=txn.raw_digest,
        actor_id=actor_id,
        occurred_at=txn.occurred_at,
        recorded_at=now,
    )
    if not _insert_once(db, row):
        return False
    db.add(
        PaymentTxnDetail(
            txn_row_id=row.id,
            reason=fit.reason,
            hint=txn.order_hint[:300],
            counterparty=txn.counterparty[:160],
        )
    )
    db.flush()
    return True


def _insert_once(db: Session, row: PaymentTxn | PaymentMatch | PaymentSetAside) -> bool:
    """Insert unless its key exists. Another transaction's same key is waited for, then seen."""
    try:
        with db.begin_nested():
            db.add(row)
            db.flush()
    except IntegrityError:
        return False
    return True


def _settle_attempt(db: Session, attempt_id: int, kind: str) -> None:
    charged = select(func.coalesce(func.sum(PaymentTxn.amount_vnd), 0)).where(
        PaymentTxn.attempt_id == attempt_id,
        PaymentTxn.order_id.is_not(None),
        PaymentTxn.kind == "charge",
    )
    this = update(PaymentAttempt).where(PaymentAttempt.id == attempt_id)
    if kind == "charge_failed":
        db.execute(
            this.where(PaymentAttempt.state.in_(("created", "started"))).values(state="failed")
        )
    elif kind == "charge":
        db.execute(
            this.where(PaymentAttempt.amount_vnd <= charged.scalar_subquery()).values(
                state="succeeded"
            )
        )
