"""Periodic jobs: declared here and there, run by one scheduler process.

``@job`` only declares. ``flask --app wsgi jobs run`` is the one process that holds APScheduler 3.11
with a memory store; web workers never start one. A job is a thin tick: it finds rows that are due,
claims them, does them and records it, so a tick lost or run twice harms nothing.
"""

import fcntl
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from apscheduler.events import EVENT_JOB_ERROR, JobExecutionEvent
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import Connection, String, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from shop.core import clock
from shop.core.db import Base, Database

log = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 5
STALE_SECONDS = 60
"""A heartbeat older than this means that nobody keeps the clock."""

_LEADER_KEY = 0x43484F50  # "CHOP": the advisory lock that the one scheduler holds

JobFunction = Callable[[Database, datetime], None]


@dataclass(frozen=True)
class Job:
    """A function to run every ``every_seconds`` with the database and the present instant."""

    name: str
    every_seconds: int
    function: JobFunction


class UnknownJob(Exception):
    """No job has this name."""


class Heartbeat(Base):
    """When the scheduler last said it was alive: one row per role."""

    __tablename__ = "scheduler_heartbeat"

    role: Mapped[str] = mapped_column(String(40), primary_key=True)
    beat_at: Mapped[datetime]


_declared: dict[str, Job] = {}


def job(name: str, *, every_seconds: int) -> Callable[[JobFunction], JobFunction]:
    """Declare a job. Names are ``feature.verb``, unique in the project."""

    def declare(function: JobFunction) -> JobFunction:
        if name in _declared:
            raise ValueError(f"job {name} is declared twice")
        _declared[name] = Job(name, every_seconds, function)
        return function

    return declare


def declared_jobs() -> list[Job]:
    """Every declared job, by name."""
    return [_declared[name] for name in sorted(_declared)]


def run_once(name: str, database: Database, now: datetime) -> None:
    """Run one job now. Raises UnknownJob."""
    if name not in _declared:
        raise UnknownJob(name)
    _declared[name].function(database, now)


class LostLeadership(Exception):
    """Another scheduler leads, or the lock's connection broke."""


class Leader:
    """The right to be the one scheduler: an advisory lock on PostgreSQL, ``flock`` on SQLite."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: Connection | None = None
        self._file: IO[bytes] | None = None

    def try_lead(self) -> bool:
        """Take the lock if it is free."""
        if not self._database.is_sqlite:
            connection = self._database.engine.connect().execution_options(
                isolation_level="AUTOCOMMIT"
            )
            if connection.scalar(text("SELECT pg_try_advisory_lock(:k)"), {"k": _LEADER_KEY}):
                self._connection = connection
                return True
            connection.close()
            return False
        path = Path(f"{self._database.url.database}.scheduler")
        handle = path.open("ab")
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.close()
            return False
        self._file = handle
        return True

    def check(self) -> None:
        """Raise when the lock may be gone: the connection that holds it must still answer."""
        if self._connection is not None:
            self._connection.scalar(text("SELECT 1"))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        if self._connection is not None:
            self._connection.invalidate()
            self._connection.close()
        if self._file is not None:
            self._file.close()


def beat(database: Database, now: datetime) -> None:
    """Write the heartbeat that ``flask doctor`` and the staff pages read."""
    with database.transaction() as db:
        row = db.get(Heartbeat, "scheduler")
        if row is None:
            db.add(Heartbeat(role="scheduler", beat_at=now))
        else:
            row.beat_at = now


def last_beat(db: Session) -> datetime | None:
    """When the scheduler was last alive; None if it never ran."""
    return db.scalar(select(Heartbeat.beat_at).where(Heartbeat.role == "scheduler"))


def run_scheduler(database: Database, *, should_stop: Callable[[], bool]) -> None:
    """Be the scheduler until ``should_stop()``; stand by while another one leads.

    Raises whatever the lock's connection raises when it breaks: the process must then exit, so
    that two never run.
    """
    with Leader(database) as leader:
        while not leader.try_lead():
            if should_stop():
                return
            time.sleep(0.5)
        scheduler = BackgroundScheduler(
            timezone="UTC",
            executors={"default": ThreadPoolExecutor(4)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        scheduler.add_listener(_log_failure, EVENT_JOB_ERROR)
        for declared in declared_jobs():
            scheduler.add_job(
                _tick,
                "interval",
                seconds=declared.every_seconds,
                id=declared.name,
                args=[declared, database],
                next_run_time=clock.now(),
            )
        scheduler.start()
        log.info("scheduler leads with %d jobs", len(declared_jobs()))
        try:
            beats = 0.0
            while not should_stop():
                leader.check()
                if time.monotonic() - beats >= HEARTBEAT_SECONDS:
                    beat(database, clock.now())
                    beats = time.monotonic()
                time.sleep(0.5)
        finally:
            scheduler.shutdown(wait=True)


def _tick(declared: Job, database: Database) -> None:
    declared.function(database, clock.now())


def _log_failure(event: JobExecutionEvent) -> None:
    log.error("job %s failed", event.job_id, exc_info=event.exception)
