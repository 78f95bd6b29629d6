"""The life of a settlement: a file is looked at, booked once, its differences are closed.

Settled money enters the payment ledger through ``apply_txn`` only, as a charge of ``cod``; each
step of a line has its own name there, so that booking again changes nothing.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.accounts.services import record_audit, register_subject
from shop.catalogue.services import home_by
from shop.catalogue.services.rights import require_maker
from shop.core import tasks
from shop.core.text import random_code
from shop.orders.models import Order
from shop.payments.provider import ProviderTxn
from shop.payments.queries import lock_order
from shop.payments.rules import VND
from shop.payments.services import apply_txn
from shop.sheets.rules.mapping import Layout
from shop.shipping.models import CodSettlement, CodSettlementLine, CodSettlementStep
from shop.shipping.queries.cod import NOTHING_CAME, money_by_order
from shop.shipping.queries.settlements import Judged, Match, Parcels, judge_rows, name_of
from shop.shipping.rules.settlement import (
    BookedBefore,
    LineMoved,
    NotDraft,
    Row,
    StillUnmatched,
    TooMuch,
    as_json,
    to_ledger,
)

BOOK: Final = "shipping.book_settlement"
_COD: Final = "cod"

register_subject("cod_settlement", home_by(CodSettlement))
register_subject("cod_settlement_line", home_by(CodSettlementLine))


def start_settlement(
    db: Session,
    *,
    producer_id: int,
    actor_id: int,
    carrier: str,
    file_name: str,
    file_kind: str,
    file_sha: str,
    cells_name: str,
    layout: Layout,
    submit_key: str,
    now: datetime,
) -> CodSettlement:
    """Keep an uploaded file with the columns as guessed; a second click gives the same one.

    Raises NotFound, NotAllowed, BookedBefore.
    """
    require_maker(db, actor_id, producer_id)
    key = f"{producer_id}:{submit_key}"
    known = db.scalar(select(CodSettlement).where(CodSettlement.submit_key == key))
    if known is not None:
        return known
    is_booked = db.scalar(
        select(CodSettlement.id).where(
            CodSettlement.producer_id == producer_id,
            CodSettlement.file_sha == file_sha,
            CodSettlement.state.in_(("applying", "applied")),
        )
    )
    if is_booked is not None:
        raise BookedBefore(field="sheet")
    row = CodSettlement(
        public_id=random_code(26),
        submit_key=key,
        producer_id=producer_id,
        carrier=carrier,
        made_by=actor_id,
        made_at=now,
        file_name=file_name,
        file_kind=file_kind,
        file_sha=file_sha,
        cells_name=cells_name,
        mapping=as_json(layout),
    )
    db.add(row)
    db.flush()
    return row


def choose_columns(db: Session, *, settlement_id: int, layout: Layout) -> None:
    """Say which column is what. Raises NotDraft."""
    _move(db, settlement_id, "draft", mapping=as_json(layout))


def cancel_settlement(db: Session, *, settlement_id: int) -> None:
    """Put a file aside that nobody booked. Raises NotDraft."""
    _move(db, settlement_id, "draft", state="cancelled")


def confirm_settlement(
    db: Session, *, row: CodSettlement, actor_id: int, now: datetime
) -> CodSettlement:
    """A person has looked: book the file in the background, once. Raises NotDraft, BookedBefore."""
    require_maker(db, actor_id, row.producer_id)
    try:
        with db.begin_nested():
            _move(db, row.id, "draft", state="applying", applied_by=actor_id)
    except IntegrityError:
        raise BookedBefore from None
    task = tasks.enqueue(
        db,
        kind=BOOK,
        key=f"{BOOK}:{row.id}",
        public_id=random_code(26),
        arguments={"settlement_id": row.id, "actor_id": actor_id},
        now=now,
        owner_id=actor_id,
    )
    db.refresh(row)
    row.task_id = task.id
    record_audit(
        db,
        actor_id=actor_id,
        action="shipping.settlement_booked",
        subject_kind="cod_settlement",
        subject_id=row.id,
        now=now,
        detail={"carrier": row.carrier},
    )
    return row


def finish_settlement(
    db: Session, *, settlement_id: int, counts: dict[str, int], now: datetime
) -> None:
    """All rows are through."""
    _move(db, settlement_id, "applying", state="applied", counts=counts, applied_at=now)


def _move(db: Session, settlement_id: int, of: str, **values: Any) -> None:
    moved = db.execute(
        update(CodSettlement)
        .where(CodSettlement.id == settlement_id, CodSettlement.state == of)
        .values(**values)
        .returning(CodSettlement.id)
    )
    if moved.one_or_none() is None:
        raise NotDraft


def book_chunk(
    db: Session, *, settlement: CodSettlement, rows: Sequence[Row], actor_id: int, now: datetime
) -> list[str]:
    """Book some rows of a file, each once; what became of each. Orders are locked in id order."""
    judged = judge_rows(
        db, producer_id=settlement.producer_id, carrier=settlement.carrier, rows=rows
    )
    judged.sort(key=lambda one: one.match.order_id if one.match else 0)
    return [_book(db, settlement, one, actor_id, now) for one in judged]


def _book(
    db: Session, settlement: CodSettlement, judged: Judged, actor_id: int, now: datetime
) -> str:
    if judged.stand not in {"new", "difference", "unmatched"}:
        return judged.stand
    row, match = judged.row, judged.match
    order = lock_order(db, match.order_id) if match else None
    line = CodSettlementLine(
        settlement_id=settlement.id,
        producer_id=settlement.producer_id,
        carrier=settlement.carrier,
        tracking_no=name_of(row),
        row_number=row.number,
        shipment_id=match.shipment_id if match else None,
        order_id=order.id if order else None,
        expected_vnd=match.expected_vnd if match else 0,
        remitted_vnd=row.remitted_vnd,
        fee_vnd=row.fee_vnd,
        written_off_vnd=0,
        difference_vnd=judged.difference_vnd,
        posted_vnd=0,
        steps=0,
    )
    try:
        with db.begin_nested():
            db.add(line)
            db.flush()
    except IntegrityError:
        # another file brought the same parcel meanwhile
        return "known"
    _take_step(db, line, "file", row.remitted_vnd, order, actor_id, now)
    return judged.stand


def close_difference(
    db: Session,
    *,
    line_id: int,
    seen_steps: int,
    kind: str,
    amount_vnd: int | None,
    actor_id: int,
    now: datetime,
) -> CodSettlementLine:
    """Say what became of (a part of) an open difference: a fee, money that came later, or lost.

    ``amount_vnd`` None: all of it; ``seen_steps``: as the person saw the line. Raises NotAllowed,
    LineMoved, TooMuch.
    """
    line, order = _lock_line(db, line_id, seen_steps, actor_id)
    gap = line.difference_vnd
    size = abs(gap) if amount_vnd is None else amount_vnd
    # an excess is only ever set aside as a whole or in part: it is nobody's fee and came already
    if not 1 <= size <= abs(gap) or (gap < 0 and kind != "written_off"):
        raise TooMuch(field="amount")
    amount = size if gap > 0 else -size
    if kind == "fee":
        line.fee_vnd += amount
    elif kind == "received":
        line.remitted_vnd += amount
    else:
        line.written_off_vnd += amount
    line.difference_vnd -= amount
    db.flush()
    _take_step(db, line, kind, amount, order, actor_id, now)
    _record(db, line, kind, amount, actor_id, now)
    return line


def match_again(
    db: Session, *, line_id: int, seen_steps: int, actor_id: int, now: datetime
) -> CodSettlementLine:
    """Look again for the parcel of a line that had none. Raises StillUnmatched, LineMoved."""
    line = db.get_one(CodSettlementLine, line_id)
    row = Row(line.row_number, line.tracking_no, line.tracking_no, line.remitted_vnd, line.fee_vnd)
    matches = Parcels(db, line.producer_id, [row]).of(row)
    if line.shipment_id is not None:
        raise LineMoved
    if len(matches) != 1:
        raise StillUnmatched
    match: Match = matches[0]
    order = lock_order(db, match.order_id)
    line, _none = _lock_line(db, line_id, seen_steps, actor_id)
    try:
        with db.begin_nested():
            line.shipment_id, line.order_id = match.shipment_id, match.order_id
            line.expected_vnd = match.expected_vnd
            line.difference_vnd = (
                match.expected_vnd - line.remitted_vnd - line.fee_vnd - line.written_off_vnd
            )
            db.flush()
    except IntegrityError:
        raise StillUnmatched from None
    _take_step(db, line, "matched", match.expected_vnd, order, actor_id, now)
    _record(db, line, "matched", match.expected_vnd, actor_id, now)
    return line


def _lock_line(
    db: Session, line_id: int, seen_steps: int, actor_id: int
) -> tuple[CodSettlementLine, Order | None]:
    """The line as the person saw it, locked after its order. Raises LineMoved, NotAllowed."""
    order_id = db.scalar(select(CodSettlementLine.order_id).where(CodSettlementLine.id == line_id))
    order = lock_order(db, order_id) if order_id is not None else None
    line = db.scalars(
        select(CodSettlementLine)
        .where(CodSettlementLine.id == line_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    require_maker(db, actor_id, line.producer_id)
    if line.steps != seen_steps or (line.difference_vnd == 0 and line.shipment_id is not None):
        raise LineMoved
    return line, order


def _take_step(
    db: Session,
    line: CodSettlementLine,
    kind: str,
    amount_vnd: int,
    order: Order | None,
    actor_id: int,
    now: datetime,
) -> None:
    """Number the step, bring what is new into the ledger, write the step down."""
    line.steps += 1
    posted = _post(db, line, order, actor_id, now) if order is not None else 0
    line.posted_vnd += posted
    db.add(
        CodSettlementStep(
            line_id=line.id,
            seq=line.steps,
            kind=kind,
            amount_vnd=amount_vnd,
            posted_vnd=posted,
            actor_id=actor_id,
            at=now,
        )
    )
    db.flush()


def _post(db: Session, line: CodSettlementLine, order: Order, actor_id: int, now: datetime) -> int:
    """Bring the order's settled money into the ledger as far as it is not there; the caller holds
    the order's lock."""
    db.flush()
    lines = db.execute(
        select(
            CodSettlementLine.expected_vnd,
            CodSettlementLine.remitted_vnd + CodSettlementLine.fee_vnd,
        ).where(CodSettlementLine.order_id == order.id)
    ).all()
    in_ledger = money_by_order(db, [order.id]).get(order.id, NOTHING_CAME).came_vnd
    amount = to_ledger([(int(a), int(b)) for a, b in lines], in_ledger_vnd=in_ledger)
    if amount == 0:
        return 0
    txn_id = f"settlement:{line.id}:{line.steps}"
    facts = f"{txn_id}|{line.carrier}|{line.tracking_no}|{amount}"
    apply_txn(
        db,
        ProviderTxn(
            provider=_COD,
            txn_id=txn_id,
            kind="charge",
            amount_vnd=amount,
            currency=VND,
            occurred_at=now,
            raw_digest=hashlib.sha256(facts.encode()).hexdigest(),
            order_hint=order.code,
        ),
        now=now,
        actor_id=actor_id,
    )
    return amount


def _record(
    db: Session, line: CodSettlementLine, kind: str, amount: int, actor_id: int, now: datetime
) -> None:
    record_audit(
        db,
        actor_id=actor_id,
        action=f"shipping.settlement_{kind}",
        subject_kind="cod_settlement_line",
        subject_id=line.id,
        now=now,
        detail={"amount_vnd": amount},
    )
