"""A statement's life: taken in, its columns confirmed, its rows recorded once."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.accounts.services import record_audit, register_subject
from shop.catalogue.services import home_by
from shop.core.errors import DomainError, NotFound
from shop.core.text import clean, random_code
from shop.payments import services as payments
from shop.payments.models import PayeeAccount
from shop.statements import queries
from shop.statements.models import StatementImport
from shop.statements.queries import Foreseen
from shop.statements.rules import Layout, Line, PreviewChanged

KEPT: Final = timedelta(days=7)
"""How long the cells of a statement that nobody records lie in the store."""
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
    public_id: str,
    now: datetime,
) -> StatementImport:
    """Take a file in; the same file of the same account leads to the statement it already is.

    ``account_id`` must be an approved account of one of ``producer_ids``. Raises NotFound.
    """
    account = db.get(PayeeAccount, account_id)
    if account is None or account.producer_id not in producer_ids or account.state != "active":
        raise NotFound(field="account_id")
    row = StatementImport(
        public_id=public_id,
        producer_id=account.producer_id,
        account_id=account.id,
        made_by=actor_id,
        made_at=now,
        file_name=clean(file_name).replace("\n", " ")[-200:] or "-",
        file_sha=hashlib.sha256(content).hexdigest(),
        cells_name=cells_name,
        header_row=layout.header,
        columns=dict(layout.columns),
        results=[],
    )
    try:
        with db.begin_nested():
            db.add(row)
            db.flush()
    except IntegrityError:
        known = db.scalars(
            select(StatementImport).where(
                StatementImport.account_id == account_id,
                StatementImport.file_sha == row.file_sha,
            )
        ).one()
        if known.state == "open" and known.cells_name is None:
            known.cells_name = cells_name
            db.flush()
        return known
    return row


def fresh_id() -> str:
    """A name for a statement's address and its file."""
    return random_code(26)


def set_layout(db: Session, *, row: StatementImport, layout: Layout) -> None:
    """Read the file by other columns. Raises PreviewChanged once it is recorded."""
    changed = db.execute(
        update(StatementImport)
        .where(StatementImport.id == row.id, StatementImport.state == "open")
        .values(header_row=layout.header, columns=dict(layout.columns))
        .returning(StatementImport.id)
    ).one_or_none()
    if changed is None:
        raise PreviewChanged


def digest_of(row: StatementImport) -> str:
    """What the person saw, so that nothing else is recorded."""
    facts = f"{row.public_id}|{row.header_row}|{sorted(row.columns.items())}"
    return hashlib.sha256(facts.encode()).hexdigest()[:32]


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
    claimed = db.execute(
        update(StatementImport)
        .where(
            StatementImport.id == row.id,
            StatementImport.state == "open",
            StatementImport.header_row == row.header_row,
        )
        .values(state="recorded", recorded_at=now, recorded_by=actor_id, cells_name=None)
        .returning(StatementImport.id)
    ).one_or_none()
    db.refresh(row)
    if claimed is None or digest_of(row) != digest:
        raise PreviewChanged
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


def forget_old(db: Session, now: datetime) -> list[str]:
    """Statements that nobody recorded in KEPT lose their cells; the names of the files to drop."""
    rows = db.execute(
        select(StatementImport.id, StatementImport.cells_name).where(
            StatementImport.state == "open",
            StatementImport.cells_name.is_not(None),
            StatementImport.made_at < now - KEPT,
        )
    ).all()
    db.execute(
        update(StatementImport)
        .where(StatementImport.id.in_([row.id for row in rows]))
        .values(cells_name=None)
    )
    return [str(row.cells_name) for row in rows]
