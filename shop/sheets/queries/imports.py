"""Imports as their page and the history show them, and the files that are still kept."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from shop.accounts.models import Person
from shop.catalogue.models import Producer
from shop.core.errors import NotFound
from shop.core.tasks import Task
from shop.core.text import N_
from shop.sheets.models import SheetChange, SheetImport


class NoSuchImport(NotFound):
    message = N_("Không tìm thấy lần nhập này trong cơ sở của bạn.")


@dataclass(frozen=True)
class ImportView:
    """An import as its page and the history show it."""

    row: SheetImport
    producer_name: str
    producer_slug: str
    made_by: str
    committed_by: str
    undone_by: str
    task_state: str
    progress: int

    @property
    def is_waiting(self) -> bool:
        """Work on it goes on in the background."""
        is_busy = self.row.state in {"queued", "confirmed", "undoing"}
        return is_busy and self.task_state in {"queued", "running"}

    @property
    def has_failed(self) -> bool:
        """The work ended without an outcome; nothing was written."""
        is_busy = self.row.state in {"queued", "confirmed", "undoing"}
        return is_busy and not self.is_waiting


def _views() -> Any:
    committer, undoer = aliased(Person), aliased(Person)
    return (
        select(
            SheetImport,
            Producer.name,
            Producer.slug,
            Person.name,
            func.coalesce(committer.name, ""),
            func.coalesce(undoer.name, ""),
            func.coalesce(Task.state, ""),
            func.coalesce(Task.progress, 0),
        )
        .join(Producer, Producer.id == SheetImport.producer_id)
        .join(Person, Person.id == SheetImport.made_by)
        .outerjoin(committer, committer.id == SheetImport.committed_by)
        .outerjoin(undoer, undoer.id == SheetImport.undone_by)
        .outerjoin(Task, Task.id == SheetImport.task_id)
    )


def import_of(db: Session, public_id: str, producer_ids: Collection[int]) -> ImportView:
    """An import of one of the producers. Raises NoSuchImport."""
    found = db.execute(
        _views().where(
            SheetImport.public_id == public_id[:26], SheetImport.producer_id.in_(producer_ids)
        )
    ).one_or_none()
    if found is None:
        raise NoSuchImport
    return ImportView(*found)


def imports_of(
    db: Session, producer_ids: Collection[int], *, offset: int, limit: int
) -> tuple[list[ImportView], int]:
    """A page of the history, newest first, and how many there are."""
    mine = SheetImport.producer_id.in_(producer_ids)
    total = db.scalar(select(func.count()).select_from(SheetImport).where(mine)) or 0
    rows = db.execute(
        _views()
        .where(mine)
        .order_by(SheetImport.made_at.desc(), SheetImport.id.desc())
        .offset(offset)
        .limit(limit)
    )
    return [ImportView(*row) for row in rows], total


def refused_undoings(db: Session, import_id: int, *, limit: int) -> list[SheetChange]:
    """What undoing had to leave alone, with the reason."""
    return list(
        db.scalars(
            select(SheetChange)
            .where(SheetChange.import_id == import_id, SheetChange.undo == "refused")
            .order_by(SheetChange.id)
            .limit(limit)
        )
    )


def changes_by_outcome(db: Session, import_id: int) -> Mapping[str, int]:
    """How many written things are open, undone, refused."""
    rows = db.execute(
        select(SheetChange.undo, func.count())
        .where(SheetChange.import_id == import_id)
        .group_by(SheetChange.undo)
    )
    return {undo: count for undo, count in rows}  # noqa: C416 - a Row is no plain pair


def stored_names(db: Session, names: Collection[str], *, but: Collection[int]) -> set[str]:
    """Which of these files other imports still need."""
    found: set[str] = set()
    for column in (SheetImport.upload_name, SheetImport.cells_name, SheetImport.plan_name):
        found.update(
            name
            for name in db.scalars(
                select(column).where(column.in_(names), SheetImport.id.not_in(but))
            )
            if name
        )
    return found


def imports_with_files(db: Session, *, before: datetime, limit: int) -> list[SheetImport]:
    """Imports older than ``before`` whose files are still kept."""
    return list(
        db.scalars(
            select(SheetImport)
            .where(
                SheetImport.made_at < before,
                SheetImport.upload_name.is_not(None)
                | SheetImport.cells_name.is_not(None)
                | SheetImport.plan_name.is_not(None),
            )
            .order_by(SheetImport.made_at)
            .limit(limit)
        )
    )


def waiting_imports(db: Session, producer_id: int) -> int:
    """Uploads of the producer whose dry run is still to come."""
    return (
        db.scalar(
            select(func.count())
            .select_from(SheetImport)
            .join(Task, Task.id == SheetImport.task_id)
            .where(
                SheetImport.producer_id == producer_id,
                SheetImport.state == "queued",
                Task.state.in_(("queued", "running")),
            )
        )
        or 0
    )


def public_ids(db: Session, import_ids: Collection[int]) -> Mapping[int, str]:
    """The addresses of imports."""
    rows = db.execute(
        select(SheetImport.id, SheetImport.public_id).where(SheetImport.id.in_(import_ids))
    )
    return {import_id: public_id for import_id, public_id in rows}  # noqa: C416 - a Row is no pair


def unconfirmed_imports(db: Session, producer_ids: Collection[int]) -> int:
    """Dry runs whose rows nobody has confirmed or dropped yet."""
    mine = (SheetImport.producer_id.in_(producer_ids), SheetImport.state == "judged")
    return db.scalar(select(func.count()).select_from(SheetImport).where(*mine)) or 0
