"""Long work as rows: imports, exports, label sheets, pictures, planner runs.

A task is asked for in the transaction of its cause, claimed by a worker with a lease, reports its
progress in the row, and ends with a result the page shows. The table is the truth.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, String, Text, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from shop.core import clock
from shop.core.db import Base, Database, Id, Ref, insert_into
from shop.core.errors import DomainError
from shop.core.jobs import job

LEASE = timedelta(minutes=5)
MAX_ATTEMPTS = 3


class Task(Base):
    """One piece of long work."""

    __tablename__ = "task"
    __table_args__ = (
        CheckConstraint("state IN ('queued','running','done','failed','cancelled')", name="state"),
        CheckConstraint("progress BETWEEN 0 AND 100", name="progress"),
        Index(None, "state", "queued_at"),
    )

    id: Mapped[Id]
    public_id: Mapped[str] = mapped_column(String(26), unique=True)
    kind: Mapped[str] = mapped_column(String(60))
    key: Mapped[str] = mapped_column(String(200), unique=True)
    owner_id: Mapped[Ref | None]
    arguments: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(20), default="queued")
    progress: Mapped[int] = mapped_column(default=0)
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    error: Mapped[str | None] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(default=0)
    queued_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class Cancelled(Exception):
    """The task was cancelled while it ran."""


@dataclass(frozen=True)
class Run:
    """What a handler gets: the database, the task's arguments, and a way to tell its progress."""

    database: Database
    task_id: int
    arguments: Mapping[str, Any]

    def progress(self, percent: int) -> None:
        """Tell how far it is (0 to 100) and renew the lease. Raises Cancelled."""
        with self.database.transaction() as db:
            kept = db.execute(
                update(Task)
                .where(Task.id == self.task_id, Task.state == "running")
                .values(progress=percent, leased_until=clock.now() + LEASE)
                .returning(Task.id)
            )
            if kept.one_or_none() is None:
                raise Cancelled


def in_steps(tell: Callable[[int], None], step: int = 5) -> Callable[[int], None]:
    """Pass on progress in steps of so many percent, so that a thousand products do not make a
    thousand writes."""
    told = 0

    def pass_on(percent: int) -> None:
        nonlocal told
        if percent - told >= step:
            told = percent
            tell(percent)

    return pass_on


Handler = Callable[[Run], dict[str, Any]]

_handlers: dict[str, Handler] = {}


def task_handler(kind: str) -> Callable[[Handler], Handler]:
    """Declare the function that does tasks of ``kind``. It must bear being run again."""

    def declare(function: Handler) -> Handler:
        if kind in _handlers:
            raise ValueError(f"task kind {kind} is declared twice")
        _handlers[kind] = function
        return function

    return declare


def enqueue(
    db: Session,
    *,
    kind: str,
    key: str,
    public_id: str,
    arguments: Mapping[str, Any],
    now: datetime,
    owner_id: int | None = None,
) -> Task:
    """Ask for work once per ``key``: a second asking returns the same task."""
    db.execute(
        insert_into(db, Task)
        .values(
            kind=kind,
            key=key,
            public_id=public_id,
            arguments=dict(arguments),
            queued_at=now,
            owner_id=owner_id,
        )
        .on_conflict_do_nothing()  # the key, or the public id that goes with it
    )
    return db.scalars(select(Task).where(Task.key == key)).one()


def cancel(db: Session, task_id: int, *, now: datetime) -> None:
    """Stop a task that has not ended; a running one notices at its next progress."""
    db.execute(
        update(Task)
        .where(Task.id == task_id, Task.state.in_(("queued", "running")))
        .values(state="cancelled", ended_at=now)
    )


def run_next(database: Database, now: datetime, *, kinds: Collection[str] | None = None) -> bool:
    """Claim and do the oldest waiting task, of any kind unless ``kinds`` names some; says whether
    there was one."""
    task = _claim(database, now, _handlers if kinds is None else kinds)
    if task is None:
        return False
    try:
        result = _handlers[task.kind](Run(database, task.id, task.arguments))
    except Cancelled:
        return True
    except DomainError as refusal:
        _end(database, task, state="failed", error=str(refusal))
    except Exception as fault:
        is_over = task.attempts >= MAX_ATTEMPTS
        _end(database, task, state="failed" if is_over else "queued", error=repr(fault))
        raise
    else:
        _end(database, task, state="done", result=result)
    return True


@job("tasks.run", every_seconds=2)
def run_waiting(database: Database, now: datetime) -> None:
    """Do every task that waits, one after the other, in the scheduler process."""
    while run_next(database, now):
        now = clock.now()


def _claim(database: Database, now: datetime, kinds: Collection[str]) -> Task | None:
    with database.transaction() as db:
        waiting = (
            select(Task.id)
            .where(_is_claimable(now), Task.kind.in_(kinds))
            .order_by(Task.queued_at, Task.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        return db.scalars(
            update(Task)
            .where(Task.id == waiting.scalar_subquery(), _is_claimable(now))
            .values(state="running", leased_until=now + LEASE, attempts=Task.attempts + 1)
            .returning(Task)
        ).one_or_none()


def _is_claimable(now: datetime) -> Any:
    return or_(
        Task.state == "queued",
        (Task.state == "running") & (Task.leased_until < now),
    )


def _end(
    database: Database,
    task: Task,
    *,
    state: str,
    result: dict[str, Any] | None = None,
    error: str | None = None,
) -> None:
    with database.transaction() as db:
        db.execute(
            update(Task)
            .where(Task.id == task.id, Task.state == "running", Task.attempts == task.attempts)
            .values(
                state=state,
                result=result,
                error=error,
                progress=100 if state == "done" else Task.progress,
                leased_until=None,
                ended_at=None if state == "queued" else clock.now(),
            )
        )
