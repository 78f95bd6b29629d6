"""A statement's life: taken in, its columns confirmed, its rows recorded once."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from shop.accounts.services import record_audit, register_subject
from shop.catalogue.services import home_by
from shop.core.errors import DomainError, NotFound
from shop.payments import services as payments
from shop.payments.models import PayeeAccount
from shop.sheets.rules.mapping import Layout
from shop.sheets.services import previews
from shop.statements import queries
from shop.statements.models import StatementImport
from shop.statements.queries import Foreseen
from shop.statements.rules import Line

_OF_ORDERS: Final = frozenset({"paid", "partial", "excess", "late"})

register_subject("statement", home_by(StatementImport))


def take_statement(
    db: Session,
    *,
    account_id: int,
    producer_ids: Collection[int],
    actor_id: int,
    file_name: str,
    content: bytes,
    cells_name: str,
    layout: Layout,
    now: datetime,
) -> StatementImport:
    """Take a file in; the same file of the same account leads to the statement it already is.

    ``account_id`` must be an approved account of one of ``producer_ids``. Raises NotFound.
    """
    account = db.get(PayeeAccount, account_id)
    if account is None or account.producer_id not in producer_ids or account.state != "active":
        raise NotFound(field="account_id")
    facts = previews.facts_of_file(
        file_name=file_name,
        content=content,
        cells_name=cells_name,
        layout=layout,
        actor_id=actor_id,
        now=now,
    )
    row = StatementImport(
        producer_id=account.producer_id, account_id=account.id, results=[], **facts
    )
    return previews.add_or_find(db, row, StatementImport.account_id == account_id)


def record_statement(
    db: Session,
    *,
    row: StatementImport,
    account: PayeeAccount,
    lines: Sequence[Line],
    digest: str,
    left_out: Collection[int],
    actor_id: int,
    limit_vnd: int,
    now: datetime,
) -> Mapping[str, int]:
    """Bring every row to the ledger, once; how many did what.

    Rows in ``left_out`` (numbers) that would go to the desk are passed over: the person says that
    they are no sales. Rows go in the order of their orders, so that two statements at once never
    wait for each other in a circle. Raises PreviewChanged when the columns changed or another
    press came first.
    """
    previews.claim(db, row=row, digest=digest, actor_id=actor_id, now=now)
    results = []
    seen = queries.foresee(db, account, lines)
    for one in sorted(seen, key=lambda one: (one.code or "~", one.line.number)):
        if one.does == "desk" and one.line.number in left_out:
            continue
        did = _record(db, one, account, actor_id, limit_vnd, now)
        if did is not None:
            results.append([one.line.number, one.line.amount_vnd, did, one.code])
    row.results = sorted(results)
    counts = _count(results)
    record_audit(
        db,
        actor_id=actor_id,
        action="statements.recorded",
        subject_kind="statement",
        subject_id=row.id,
        now=now,
        detail={"rows": len(lines), **counts},
    )
    db.flush()
    return counts


def _record(
    db: Session,
    one: Foreseen,
    account: PayeeAccount,
    actor_id: int,
    limit_vnd: int,
    now: datetime,
) -> str | None:
    """What the row did; None when nothing."""
    if one.does == "refund":
        return _pay_out(db, one, actor_id, limit_vnd, now)
    if one.does in {"fault", "out", "known"}:
        return None
    txn = queries.txn_of(one.line, account)
    outcome = payments.apply_txn(db, txn, now=now, actor_id=actor_id)
    if outcome == "applied":
        return one.does if one.does in _OF_ORDERS else "paid"
    return "desk" if outcome == "unmatched" else "counted"


def _pay_out(
    db: Session, one: Foreseen, actor_id: int, limit_vnd: int, now: datetime
) -> str | None:
    """The bank says that a refund was paid. What needs a second person or proof stays open."""
    try:
        with db.begin_nested():
            payments.finish_refund(
                db,
                refund_id=one.refund_id,
                reference=one.line.reference or f"SK {one.line.number}",
                actor_id=actor_id,
                limit_vnd=limit_vnd,
                now=now,
            )
    except DomainError:
        return "refund_open"
    return "refund"


def _count(results: Sequence[Sequence[Any]]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for _number, _amount, did, _code in results:
        counts[did] = counts.get(did, 0) + 1
    return counts
