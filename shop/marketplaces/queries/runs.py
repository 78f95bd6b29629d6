"""Exports: what was made when, by whom, and how far the one that runs is."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.accounts.models import Person
from shop.catalogue.models import Producer
from shop.core.errors import NotFound
from shop.core.tasks import Task
from shop.core.text import N_
from shop.marketplaces.models import ExportRun, ExportSchedule

HISTORY = 30
"""Runs that a history shows."""


class UnknownRun(NotFound):
    message = N_("Không tìm thấy lần xuất này trong cơ sở của bạn.")


@dataclass(frozen=True)
class RunView:
    """An export as its page shows it: the run, its task, and who asked for it."""

    run: ExportRun
    producer_slug: str
    producer_name: str
    made_by: str
    task_state: str
    progress: int
    error: str

    @property
    def state(self) -> str:
        """``queued``, ``running``, ``done`` or ``failed``."""
        if self.run.state == "done":
            return "done"
        return {"running": "running", "queued": "queued"}.get(self.task_state, "failed")

    @property
    def is_waiting(self) -> bool:
        return self.state in {"queued", "running"}

    @property
    def file_name(self) -> str:
        """How the bundle is called when it is downloaded."""
        return bundle_file_name(self.run.channel, self.producer_slug, self.run.made_at)


def bundle_file_name(channel: str, producer_slug: str, day: date | datetime) -> str:
    """``shopee_htx-tai-hoan_20261122.zip``."""
    return f"{channel}_{producer_slug}_{day:%Y%m%d}.zip"


def _runs() -> Any:
    return (
        select(ExportRun, Producer.slug, Producer.name, Person.name, Task)
        .join(Producer, Producer.id == ExportRun.producer_id)
        .outerjoin(Person, Person.id == ExportRun.made_by)
        .outerjoin(Task, Task.id == ExportRun.task_id)
    )


def _run_view(row: Any) -> RunView:
    run, slug, producer_name, person_name, task = row
    return RunView(
        run=run,
        producer_slug=slug,
        producer_name=producer_name,
        made_by=person_name or "",
        task_state=task.state if task else "",
        progress=task.progress if task else 0,
        error=(task.error or "") if task else "",
    )


def runs_of(db: Session, producer_id: int, channel: str | None = None) -> list[RunView]:
    """The producer's last exports, newest first."""
    statement = _runs().where(ExportRun.producer_id == producer_id)
    if channel is not None:
        statement = statement.where(ExportRun.channel == channel)
    newest = statement.order_by(ExportRun.made_at.desc(), ExportRun.id.desc()).limit(HISTORY)
    return [_run_view(row) for row in db.execute(newest)]


def run_of(db: Session, public_id: str, producer_ids: Collection[int]) -> RunView:
    """One export of one of these producers. Raises UnknownRun, also for other people's."""
    if not (public_id.isascii() and public_id.isalnum()):
        raise UnknownRun
    row = db.execute(
        _runs().where(ExportRun.public_id == public_id, ExportRun.producer_id.in_(producer_ids))
    ).one_or_none()
    if row is None:
        raise UnknownRun
    return _run_view(row)


def waiting_run(db: Session, producer_id: int, channel: str) -> ExportRun | None:
    """The export of this channel that waits or runs, if any."""
    return db.scalars(
        select(ExportRun)
        .join(Task, Task.id == ExportRun.task_id)
        .where(
            ExportRun.producer_id == producer_id,
            ExportRun.channel == channel,
            ExportRun.state == "queued",
            Task.state.in_(("queued", "running")),
        )
        .order_by(ExportRun.id)
        .limit(1)
    ).one_or_none()


def run_of_task(db: Session, task_id: int) -> ExportRun | None:
    """The export that a task makes."""
    return db.scalar(select(ExportRun).where(ExportRun.task_id == task_id))


def weekday_of(db: Session, producer_id: int, channel: str) -> int | None:
    """The weekday on which the channel is exported again (0 is Monday); None: it is not."""
    return db.scalar(
        select(ExportSchedule.weekday).where(
            ExportSchedule.producer_id == producer_id, ExportSchedule.channel == channel
        )
    )


def schedules_due(db: Session, now: datetime) -> list[int]:
    """Ids of the weekly exports whose time has come."""
    return list(
        db.scalars(
            select(ExportSchedule.id)
            .where(ExportSchedule.next_at <= now)
            .order_by(ExportSchedule.next_at, ExportSchedule.id)
            .limit(200)
        )
    )


def report_before(
    db: Session, producer_id: int, channel: str, *, run_id: int
) -> dict[str, Any] | None:
    """The frozen report of the finished export before this one; None: there was none."""
    return db.scalar(
        select(ExportRun.report)
        .where(
            ExportRun.producer_id == producer_id,
            ExportRun.channel == channel,
            ExportRun.state == "done",
            ExportRun.id < run_id,
        )
        .order_by(ExportRun.id.desc())
        .limit(1)
    )


def last_done(db: Session, producer_id: int) -> dict[str, datetime]:
    """When each channel was last exported, by slug."""
    rows = db.execute(
        select(ExportRun.channel, func.max(ExportRun.made_at))
        .where(ExportRun.producer_id == producer_id, ExportRun.state == "done")
        .group_by(ExportRun.channel)
    )
    return {row[0]: row[1] for row in rows}
