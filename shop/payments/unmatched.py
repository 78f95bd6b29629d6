"""Reading for the desk of money that fits no order: who sees it, and which order it may be for.

A producer sees what came to its own accounts. Staff see what came to accounts of their provinces,
and what names an order of theirs; money that names neither is for nation-wide staff and admins.
A suggestion needs the amount to be right; time, name and a nearly right code only rank it, and a
person decides. Nothing here assigns anything.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import Session

from shop.accounts.rules import staff_scope_of
from shop.catalogue.models import Producer
from shop.core.errors import NotFound
from shop.core.text import fold
from shop.orders.models import Order, OrderContact
from shop.payments.memo import is_nearly_in
from shop.payments.models import (
    PayeeAccount,
    PaymentAttempt,
    PaymentMatch,
    PaymentTxn,
    PaymentTxnDetail,
)
from shop.payments.queries import is_unmatched
from shop.payments.rules import REPEAT_WINDOW, account_digest
from shop.web.actor import Actor

ROWS: Final = 50
BEFORE: Final = timedelta(days=10)
"""How long before its money an order may have been placed."""
AFTER: Final = timedelta(hours=1)
"""How much earlier than the order the bank's clock may put the money."""
SOON: Final = timedelta(hours=24)
SUGGESTED: Final = 3
CANDIDATES: Final = 400


@dataclass(frozen=True)
class Suggestion:
    """An order that the money may be for: the amount is right, and so are ``clues``."""

    order: Order
    clues: tuple[str, ...]
    """Of ``code`` (nearly right), ``name`` (the payer's is the buyer's), ``time`` (within SOON)."""


@dataclass(frozen=True)
class Case:
    """One piece of money on the desk."""

    txn: PaymentTxn
    detail: PaymentTxnDetail | None
    named: str | None
    """The order that its text names, although it does not fit."""
    suggestions: tuple[Suggestion, ...]
    twins: tuple[tuple[PaymentTxn, str | None], ...]
    """Facts with the same account and amount at about the same time that count already, and their
    orders: perhaps the same transfer."""


# Who sees what


def _received_by(whose: ColumnElement[bool]) -> ColumnElement[bool]:
    """The account that received the money is an approved one of these producers."""
    return PaymentTxn.account_digest.in_(
        select(PayeeAccount.number_digest)
        .join(Producer, Producer.id == PayeeAccount.producer_id)
        .where(PayeeAccount.state == "active", whose)
    )


def of_producers(producer_ids: Sequence[int]) -> ColumnElement[bool]:
    """What came to these producers' accounts."""
    return _received_by(PayeeAccount.producer_id.in_(producer_ids))


def of_staff(actor: Actor) -> ColumnElement[bool]:
    """What came to accounts of the actor's provinces, or names an order of theirs."""
    provinces = staff_scope_of(actor)
    if provinces is None:
        return true()
    inside = Producer.province_code.in_(sorted(provinces))
    named = select(Order.id).join(Producer, Producer.id == Order.producer_id).where(inside)
    return or_(_received_by(inside), Order.id.in_(named))


def _rows(scope: ColumnElement[bool]) -> Any:
    """(PaymentTxn, detail, code of the order that it names) within ``scope``."""
    return (
        select(PaymentTxn, PaymentTxnDetail, Order.code)
        .outerjoin(PaymentTxnDetail, PaymentTxnDetail.txn_row_id == PaymentTxn.id)
        .outerjoin(PaymentAttempt, PaymentAttempt.id == PaymentTxn.attempt_id)
        .outerjoin(Order, Order.id == PaymentAttempt.order_id)
        .where(is_unmatched(), scope)
    )


def count_unmatched(db: Session, scope: ColumnElement[bool]) -> int:
    """How much lies on the desk (up to ROWS)."""
    return len(db.execute(_rows(scope).limit(ROWS)).all())


def require_unmatched(db: Session, scope: ColumnElement[bool], txn_row_id: int) -> None:
    """Let somebody act on money within ``scope``. Raises NotFound."""
    if db.execute(_rows(scope).where(PaymentTxn.id == txn_row_id)).first() is None:
        raise NotFound


# What it may be


def cases(db: Session, scope: ColumnElement[bool], orders_of: ColumnElement[bool]) -> list[Case]:
    """Money that fits no order, the oldest first, with suggestions among ``orders_of``."""
    rows = db.execute(_rows(scope).order_by(PaymentTxn.id).limit(ROWS)).all()
    txns = [row[0] for row in rows if row[0].currency == "VND" and row[0].account_digest]
    candidates = _candidates(db, txns, orders_of)
    counted = _counted(db, txns)
    return [
        Case(
            txn,
            detail,
            named,
            _suggest(txn, detail, candidates),
            tuple((other, code) for other, code in counted if _is_twin(txn, other)),
        )
        for txn, detail, named in rows
    ]


def _candidates(
    db: Session, txns: Sequence[PaymentTxn], orders_of: ColumnElement[bool]
) -> Sequence[Any]:
    """(Order, its attempt's memo code, account, buyer's name) for every amount that is awaited."""
    if not txns:
        return []
    amounts = {txn.amount_vnd for txn in txns}
    return db.execute(
        select(
            Order, PaymentAttempt.memo_code, PaymentAttempt.account_number, OrderContact.full_name
        )
        .join(PaymentAttempt, PaymentAttempt.order_id == Order.id)
        .join(Producer, Producer.id == Order.producer_id)
        .outerjoin(OrderContact, OrderContact.order_id == Order.id)
        .where(
            orders_of,
            PaymentAttempt.account_number.is_not(None),
            or_(
                (Order.due_vnd - Order.received_vnd).in_(amounts),
                (Order.upfront_vnd - Order.received_vnd).in_(amounts),
            ),
            Order.placed_at >= min(txn.occurred_at for txn in txns) - BEFORE,
            Order.placed_at <= max(txn.occurred_at for txn in txns) + AFTER,
        )
        .order_by(Order.placed_at.desc(), Order.id.desc())
        .limit(CANDIDATES)
    ).all()


def _suggest(
    txn: PaymentTxn, detail: PaymentTxnDetail | None, candidates: Sequence[Any]
) -> tuple[Suggestion, ...]:
    found: list[tuple[int, timedelta, Suggestion]] = []
    words = f"{detail.hint} {detail.counterparty}" if detail else ""
    for order, memo_code, account, name in candidates:
        gap = txn.occurred_at - order.placed_at
        if account_digest(account) != txn.account_digest or not -AFTER <= gap <= BEFORE:
            continue
        if txn.amount_vnd not in _awaited(order):
            continue
        clues = tuple(
            clue
            for clue, is_so in (
                ("code", memo_code is not None and is_nearly_in(memo_code, words)),
                ("name", is_name_in(name or "", words)),
                ("time", abs(gap) <= SOON),
            )
            if is_so
        )
        found.append((-len(clues), abs(gap), Suggestion(order, clues)))
    found.sort(key=lambda item: item[:2])
    return tuple(one for _clues, _gap, one in found[:SUGGESTED])


def _awaited(order: Order) -> set[int]:
    upfront = order.upfront_vnd or order.due_vnd
    return {order.due_vnd - order.received_vnd, upfront - order.received_vnd}


def is_name_in(name: str, words: str) -> bool:
    """Whether at least two words of a person's name, and most of them, stand in a bank's text."""
    wanted = fold(name).split()
    given = set(fold(words).split())
    found = sum(word in given for word in wanted)
    return found >= 2 and found * 3 >= len(wanted) * 2


def _counted(db: Session, txns: Sequence[PaymentTxn]) -> list[tuple[PaymentTxn, str | None]]:
    """Charges of orders on the same accounts, with their orders' codes."""
    if not txns:
        return []
    rows = db.execute(
        select(PaymentTxn, Order.code)
        .outerjoin(PaymentMatch, PaymentMatch.txn_row_id == PaymentTxn.id)
        .join(Order, Order.id == func.coalesce(PaymentTxn.order_id, PaymentMatch.order_id))
        .where(
            PaymentTxn.kind == "charge",
            PaymentTxn.account_digest.in_({txn.account_digest for txn in txns}),
            PaymentTxn.amount_vnd.in_({txn.amount_vnd for txn in txns}),
            PaymentTxn.occurred_at >= min(txn.occurred_at for txn in txns) - REPEAT_WINDOW,
            PaymentTxn.occurred_at <= max(txn.occurred_at for txn in txns) + REPEAT_WINDOW,
        )
        .order_by(PaymentTxn.id.desc())
        .limit(CANDIDATES)
    ).all()
    return [(row[0], row[1]) for row in rows]


def _is_twin(txn: PaymentTxn, other: PaymentTxn) -> bool:
    return (
        other.provider != txn.provider
        and (other.account_digest, other.amount_vnd) == (txn.account_digest, txn.amount_vnd)
        and abs(other.occurred_at - txn.occurred_at) <= REPEAT_WINDOW
    )
