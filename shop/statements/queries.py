"""Finding statements, and foreseeing what each of their rows will do: a handful of statements for
any number of rows."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.accounts.models import Person
from shop.core.errors import NotFound
from shop.core.text import fold
from shop.orders.models import Order
from shop.payments import queries as payments
from shop.payments.memo import find_memo_codes
from shop.payments.models import PayeeAccount, PaymentAttempt, PaymentMatch, PaymentTxn, Refund
from shop.payments.provider import ProviderTxn
from shop.payments.rules import (
    KEEPS_MONEY,
    OPEN_REFUNDS,
    REPEAT_WINDOW,
    VND,
    account_digest,
    merge_key,
)
from shop.statements.models import StatementImport
from shop.statements.rules import Line

SLUG: Final = "statement"
"""Under this name the ledger keeps what statements told."""
CHUNK: Final = 400


class NoSuchStatement(NotFound):
    """No statement of this name within reach."""


@dataclass(frozen=True)
class Foreseen:
    """What a row will do: ``paid``, ``partial``, ``excess`` or ``late`` money of an order, money
    for the ``desk``; ``known`` or ``counted`` already; ``refund`` paid out; ``out``; ``fault``.
    """

    line: Line
    does: str
    code: str = ""
    """The order's."""
    refund_id: int = 0
    is_private: bool = False
    """Nothing suggests that it is the shop's: left out unless the person wants it on the desk."""


def txn_of(line: Line, account: PayeeAccount) -> ProviderTxn:
    """The row as the ledger takes it; its name holds the account, so rows never meet another's."""
    digest = account_digest(account.number)
    facts = f"{digest}|{line.name}"
    assert line.at is not None  # noqa: S101 - rows with a fault never get here
    return ProviderTxn(
        provider=SLUG,
        txn_id=f"{digest[:24]}:{line.name}",
        kind="charge",
        amount_vnd=line.amount_vnd,
        currency=VND,
        occurred_at=line.at,
        raw_digest=hashlib.sha256(facts.encode()).hexdigest(),
        account=account.number,
        order_hint=line.text,
        counterparty=line.payer,
        reference=line.reference,
    )


def statement_called(
    db: Session, public_id: str, producer_ids: Sequence[int]
) -> tuple[StatementImport, PayeeAccount]:
    """A statement of one of these producers, and its account. Raises NoSuchStatement."""
    row = db.execute(
        select(StatementImport, PayeeAccount)
        .join(PayeeAccount, PayeeAccount.id == StatementImport.account_id)
        .where(
            StatementImport.public_id == public_id,
            StatementImport.producer_id.in_(producer_ids),
        )
    ).one_or_none()
    if row is None:
        raise NoSuchStatement
    return row[0], row[1]


def statements_of(db: Session, producer_ids: Sequence[int], *, limit: int) -> Sequence[Any]:
    """The newest statements: (StatementImport, account's number, who)."""
    return db.execute(
        select(StatementImport, PayeeAccount.number, Person.name)
        .join(PayeeAccount, PayeeAccount.id == StatementImport.account_id)
        .join(Person, Person.id == StatementImport.made_by)
        .where(StatementImport.producer_id.in_(producer_ids))
        .order_by(StatementImport.id.desc())
        .limit(limit)
    ).all()


def accounts_of(db: Session, producer_ids: Sequence[int]) -> list[PayeeAccount]:
    """The approved accounts of these producers, the newest first."""
    return list(
        db.scalars(
            select(PayeeAccount)
            .where(PayeeAccount.producer_id.in_(producer_ids), PayeeAccount.state == "active")
            .order_by(PayeeAccount.id.desc())
        )
    )


# Foreseeing


@dataclass(frozen=True)
class _World:
    """What the rows are judged against, loaded at once."""

    known: set[str]
    merged: Mapping[str, str]
    """Merge key -> order code, empty for the desk."""
    attempts: Mapping[str, tuple[PaymentAttempt, Order]]
    """Memo code -> its attempt and order."""
    charges: Sequence[tuple[PaymentTxn, int]]
    """Charges of those orders."""
    refunds: Sequence[tuple[Refund, Order, str | None]]
    awaited: set[int]
    """Amounts that orders of this producer still wait for."""


def foresee(db: Session, account: PayeeAccount, lines: Sequence[Line]) -> list[Foreseen]:
    """What each row will do if recorded now."""
    world = _look(db, account, lines)
    taken: dict[int, int] = {}
    return [_foresee_one(world, account, line, taken) for line in lines]


def _look(db: Session, account: PayeeAccount, lines: Sequence[Line]) -> _World:
    sound = [line for line in lines if not line.fault and not line.is_out]
    ids = [txn_of(line, account).txn_id for line in sound]
    keys = [key for line in sound if (key := _key(line, account)) is not None]
    codes = sorted({code for line in sound for code in find_memo_codes(line.text)})
    attempts: dict[str, tuple[PaymentAttempt, Order]] = {}
    for part in _parts(codes):
        for attempt, order in db.execute(
            select(PaymentAttempt, Order)
            .join(Order, Order.id == PaymentAttempt.order_id)
            .where(PaymentAttempt.memo_code.in_(part))
        ):
            attempts[attempt.memo_code or ""] = (attempt, order)
    return _World(
        known=payments.known_txn_ids(db, SLUG, ids),
        merged=_merged(db, keys),
        attempts=attempts,
        charges=_charges(db, [order.id for _attempt, order in attempts.values()]),
        refunds=_refunds(db, account.producer_id),
        awaited=_awaited(db, account.producer_id),
    )


def _parts(values: Sequence[Any]) -> list[Sequence[Any]]:
    return [values[start : start + CHUNK] for start in range(0, len(values), CHUNK)]


def _key(line: Line, account: PayeeAccount) -> str | None:
    return merge_key(account.number, line.amount_vnd, line.reference)


def _merged(db: Session, keys: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in _parts(keys):
        for key, code in db.execute(
            select(PaymentTxn.merge_key, Order.code)
            .outerjoin(PaymentMatch, PaymentMatch.txn_row_id == PaymentTxn.id)
            .outerjoin(Order, Order.id == _owner())
            .where(PaymentTxn.merge_key.in_(part))
        ):
            found[key or ""] = code or ""
    return found


def _owner() -> Any:
    return func.coalesce(PaymentTxn.order_id, PaymentMatch.order_id)


def _charges(db: Session, order_ids: Sequence[int]) -> list[tuple[PaymentTxn, int]]:
    found: list[tuple[PaymentTxn, int]] = []
    for part in _parts(order_ids):
        for txn, order_id in db.execute(
            select(PaymentTxn, _owner())
            .outerjoin(PaymentMatch, PaymentMatch.txn_row_id == PaymentTxn.id)
            .where(_owner().in_(part), PaymentTxn.kind == "charge")
        ):
            found.append((txn, order_id))
    return found


def _refunds(db: Session, producer_id: int) -> list[tuple[Refund, Order, str | None]]:
    rows = db.execute(
        select(Refund, Order, PaymentAttempt.memo_code)
        .join(Order, Order.id == Refund.order_id)
        .outerjoin(
            PaymentAttempt,
            (PaymentAttempt.order_id == Order.id)
            & (PaymentAttempt.provider == Order.payment_provider),
        )
        .where(
            Order.producer_id == producer_id,
            Refund.is_by_hand,
            Refund.state.in_(OPEN_REFUNDS),
        )
    ).all()
    return [(row[0], row[1], row[2]) for row in rows]


def _awaited(db: Session, producer_id: int) -> set[int]:
    rows = db.execute(
        select(Order.due_vnd, Order.received_vnd, Order.upfront_vnd)
        .where(Order.producer_id == producer_id, Order.due_vnd > Order.received_vnd)
        .order_by(Order.id.desc())
        .limit(2_000)
    )
    found: set[int] = set()
    for total, received, upfront in rows:
        found |= {total - received, (upfront or total) - received}
    return found


def _foresee_one(
    world: _World, account: PayeeAccount, line: Line, taken: dict[int, int]
) -> Foreseen:
    if line.fault:
        return Foreseen(line, "fault")
    if line.is_out:
        return _foresee_out(world, line)
    key = _key(line, account)
    if txn_of(line, account).txn_id in world.known:
        return Foreseen(line, "known")
    if key is not None and key in world.merged:
        return Foreseen(line, "counted", world.merged[key])
    codes = find_memo_codes(line.text)
    fit = world.attempts.get(codes[0]) if len(codes) == 1 else None
    if fit is None or fit[0].account_number not in {None, account.number}:
        is_private = not codes and line.amount_vnd not in world.awaited
        return Foreseen(line, "desk", is_private=is_private)
    order = fit[1]
    if _is_told(world, order.id, line):
        return Foreseen(line, "desk", order.code)
    return Foreseen(line, _effect(order, line.amount_vnd, taken), order.code)


def _effect(order: Order, amount: int, taken: dict[int, int]) -> str:
    before = order.received_vnd + taken.get(order.id, 0)
    taken[order.id] = taken.get(order.id, 0) + amount
    if order.state not in KEEPS_MONEY:
        return "late"
    if before + amount > order.due_vnd:
        return "excess"
    return "paid" if before + amount == order.due_vnd else "partial"


def _is_told(world: _World, order_id: int, line: Line) -> bool:
    return any(
        owner == order_id
        and txn.provider != SLUG
        and txn.amount_vnd == line.amount_vnd
        and line.at is not None
        and abs(txn.occurred_at - line.at) <= REPEAT_WINDOW
        for txn, owner in world.charges
    )


def _foresee_out(world: _World, line: Line) -> Foreseen:
    """Money out: a refund that waits, when the text names its order and the amount is the same."""
    words = fold(line.text).upper().replace(" ", "")
    fits = [
        (refund, order)
        for refund, order, memo_code in world.refunds
        if refund.amount_vnd == line.amount_vnd
        and (order.code in words or (memo_code is not None and memo_code in words))
    ]
    if len(fits) != 1:
        return Foreseen(line, "out")
    return Foreseen(line, "refund", fits[0][1].code, fits[0][0].id)
