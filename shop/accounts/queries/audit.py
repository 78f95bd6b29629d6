"""Reading the audit log: by person, act, subject and day, within a scope."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, false, func, select
from sqlalchemy.orm import Session

from shop.accounts.models import AuditEntry, AuditNote, Person
from shop.accounts.queries.people import find_people
from shop.core.clock import VN

MOST_PEOPLE = 200
"""People of one name that a search by name looks at."""


@dataclass(frozen=True)
class AuditRow:
    """An audit entry as a page shows it."""

    id: int
    at: datetime
    actor_id: int | None
    actor_name: str
    actor_role: str
    action: str
    subject_kind: str
    subject_id: int
    detail: Mapping[str, Any]
    note: str


@dataclass(frozen=True)
class AuditSearch:
    """What is asked of the log; empty parts ask nothing."""

    provinces: frozenset[str] | None = None
    """Only what happened to producers of these provinces; None: everything."""
    producer_id: int | None = None
    who: str = ""
    """Name, phone or e-mail of the person who did it."""
    person_id: int | None = None
    action: str = ""
    """Beginning of the act's name, such as ``product.``."""
    subject_kind: str = ""
    subject_id: int | None = None
    since: date | None = None
    until: date | None = None
    """Last day that counts."""
    only_supporters: bool = False


def _conditions(db: Session, asked: AuditSearch) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if asked.provinces is not None:
        found.append(AuditEntry.province_code.in_(asked.provinces))
    if asked.producer_id is not None:
        found.append(AuditEntry.producer_id == asked.producer_id)
    if asked.person_id is not None:
        found.append(AuditEntry.actor_id == asked.person_id)
    if asked.who:
        people = db.scalars(
            find_people(asked.who).with_only_columns(Person.id).limit(MOST_PEOPLE)
        ).all()
        found.append(AuditEntry.actor_id.in_(people) if people else false())
    if asked.only_supporters:
        found.append(AuditEntry.actor_role == "supporter")
    return found + _acts(asked) + _days(asked)


def _acts(asked: AuditSearch) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if asked.action:
        found.append(AuditEntry.action.startswith(asked.action, autoescape=True))
    if asked.subject_kind:
        found.append(AuditEntry.subject_kind == asked.subject_kind)
    if asked.subject_id is not None:
        found.append(AuditEntry.subject_id == asked.subject_id)
    return found


def _days(asked: AuditSearch) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if asked.since is not None:
        found.append(AuditEntry.at >= datetime.combine(asked.since, time.min, VN))
    if asked.until is not None and asked.until < date.max:
        after = asked.until + timedelta(days=1)
        found.append(AuditEntry.at < datetime.combine(after, time.min, VN))
    return found


def count_audit(db: Session, asked: AuditSearch) -> int:
    """How many entries there are."""
    statement = select(func.count()).select_from(AuditEntry)
    return db.scalar(statement.where(*_conditions(db, asked))) or 0


def _rows(db: Session, asked: AuditSearch) -> Any:
    return (
        select(AuditEntry, Person.name, AuditNote.text)
        .outerjoin(Person, Person.id == AuditEntry.actor_id)
        .outerjoin(AuditNote, AuditNote.entry_id == AuditEntry.id)
        .where(*_conditions(db, asked))
        .order_by(AuditEntry.id.desc())
    )


def audit_rows(db: Session, asked: AuditSearch, *, limit: int, offset: int = 0) -> list[AuditRow]:
    """A page of the log, newest first."""
    return [_row(*row) for row in db.execute(_rows(db, asked).limit(limit).offset(offset))]


def stream_audit(db: Session, asked: AuditSearch, *, limit: int) -> Iterator[AuditRow]:
    """The newest ``limit`` entries one after the other, for a file."""
    for row in db.execute(_rows(db, asked).limit(limit).execution_options(yield_per=500)):
        yield _row(*row)


def _row(entry: AuditEntry, name: str | None, note: str | None) -> AuditRow:
    return AuditRow(
        id=entry.id,
        at=entry.at,
        actor_id=entry.actor_id,
        actor_name=name or "",
        actor_role=entry.actor_role or "",
        action=entry.action,
        subject_kind=entry.subject_kind,
        subject_id=entry.subject_id,
        detail=entry.detail,
        note=note or "",
    )


def actors_of(db: Session, producer_id: int) -> list[tuple[int, str]]:
    """Everyone who ever did something for a producer, by name: the choices of a filter."""
    seen = select(AuditEntry.actor_id).where(AuditEntry.producer_id == producer_id).distinct()
    rows = db.execute(
        select(Person.id, Person.name).where(Person.id.in_(seen)).order_by(Person.folded, Person.id)
    )
    return [(row[0], row[1]) for row in rows]
