"""Violation reports as staff and reporters read them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from shop.reviews.models import ViolationReport, ViolationWords
from shop.reviews.queries.desks import Scope

AnyRow = Row[*tuple[Any, ...]]


def reports_in_state(
    db: Session, scope: Scope, state: str, *, limit: int, offset: int
) -> tuple[Sequence[AnyRow], int]:
    """A page of the provinces' cases (ViolationReport, ViolationWords), and how many there are:
    open ones the oldest first, settled ones the latest first.
    """
    asked = (
        select(ViolationReport, ViolationWords)
        .join(ViolationWords, ViolationWords.report_id == ViolationReport.id)
        .where(ViolationReport.state == state)
    )
    if scope is not None:
        asked = asked.where(ViolationReport.province_code.in_(scope))
    total = db.scalar(asked.with_only_columns(func.count(), maintain_column_froms=True)) or 0
    order = (
        (ViolationReport.created_at, ViolationReport.id)
        if state == "open"
        else (ViolationReport.decided_at.desc(), ViolationReport.id.desc())
    )
    return db.execute(asked.order_by(*order).limit(limit).offset(offset)).all(), total


def count_open(db: Session, scope: Scope) -> int:
    """How many cases wait in the provinces."""
    asked = select(func.count()).select_from(ViolationReport).where(ViolationReport.state == "open")
    if scope is not None:
        asked = asked.where(ViolationReport.province_code.in_(scope))
    return db.scalar(asked) or 0


def report_in_scope(db: Session, report_id: int, scope: Scope) -> AnyRow | None:
    """One case of the provinces: ViolationReport, ViolationWords."""
    asked = (
        select(ViolationReport, ViolationWords)
        .join(ViolationWords, ViolationWords.report_id == ViolationReport.id)
        .where(ViolationReport.id == report_id)
    )
    if scope is not None:
        asked = asked.where(ViolationReport.province_code.in_(scope))
    return db.execute(asked).one_or_none()


def same_subject(db: Session, report: ViolationReport) -> Sequence[ViolationReport]:
    """Other cases about the same thing, the latest first: at most twenty."""
    return db.scalars(
        select(ViolationReport)
        .where(
            ViolationReport.subject_kind == report.subject_kind,
            ViolationReport.subject_id == report.subject_id,
            ViolationReport.id != report.id,
        )
        .order_by(ViolationReport.id.desc())
        .limit(20)
    ).all()


def report_by_code(db: Session, code: str) -> ViolationReport | None:
    """The case of this code."""
    return db.scalar(select(ViolationReport).where(ViolationReport.code == code))


def own_reports(
    db: Session, person_id: int, *, limit: int, offset: int
) -> tuple[Sequence[ViolationReport], int]:
    """What a person reported, the latest first, and how many there are."""
    mine = ViolationReport.reporter_id == person_id
    total = db.scalar(select(func.count()).select_from(ViolationReport).where(mine)) or 0
    rows = db.scalars(
        select(ViolationReport)
        .where(mine)
        .order_by(ViolationReport.id.desc())
        .limit(limit)
        .offset(offset)
    ).all()
    return rows, total
