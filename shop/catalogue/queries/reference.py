"""Reading the history of what staff keep as data."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.accounts.models import Person
from shop.catalogue.models import ReferenceEntry


@dataclass(frozen=True)
class RevisionRow:
    """One revision with who wrote it and why."""

    entry: ReferenceEntry
    who: str
    at: datetime


def revisions_of(db: Session, kind: str, code: str) -> list[RevisionRow]:
    """Every stored revision of an entry, newest first."""
    rows = db.execute(
        select(ReferenceEntry, Person.name)
        .join(Person, Person.id == ReferenceEntry.changed_by)
        .where(ReferenceEntry.kind == kind, ReferenceEntry.code == code)
        .order_by(ReferenceEntry.revision.desc())
    )
    return [RevisionRow(entry, name, entry.changed_at) for entry, name in rows]
