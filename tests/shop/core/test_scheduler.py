"""One scheduler leads; another stands by and takes over when the first is killed."""

import os
import signal
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from shop.core import clock, jobs
from shop.core.db import Database

ROOT = Path(__file__).resolve().parents[3]


def start(database: Database, media: Path) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ,
        "APP_ENV": "testing",
        "DATABASE_URL": database.url.render_as_string(hide_password=False),
        "MEDIA_DIR": str(media),
        "PUBLIC_URL": "http://localhost",
    }
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "jobs", "run"]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)


def beat_after(database: Database, instant: datetime, seconds: float = 20) -> datetime | None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with database.read() as db:
            last = jobs.last_beat(db)
        if last is not None and last > instant:
            return last
        time.sleep(0.2)
    return None


@pytest.mark.slow
def test_second_scheduler_stands_by_and_takes_over(database: Database, tmp_path: Path) -> None:
    began = clock.now()
    first = start(database, tmp_path)
    try:
        assert beat_after(database, began), "the first scheduler never beat"
        second = start(database, tmp_path)
        try:
            time.sleep(3)
            assert second.poll() is None, "the second scheduler gave up instead of standing by"
            first.send_signal(signal.SIGKILL)
            first.wait()
            assert beat_after(database, clock.now()), "nobody took over"
        finally:
            second.terminate()
            assert second.wait(timeout=20) == 0
    finally:
        first.kill()
        first.wait()


def test_only_one_leads(database: Database) -> None:
    with jobs.Leader(database) as first, jobs.Leader(database) as second:
        assert first.try_lead()
        assert not second.try_lead()
        first.check()
    with jobs.Leader(database) as third:
        assert third.try_lead()


def test_heartbeat_is_one_row(database: Database, now: datetime) -> None:
    jobs.beat(database, now)
    jobs.beat(database, now)
    with database.read() as db:
        assert db.scalar(select(func.count()).select_from(jobs.Heartbeat)) == 1
        assert jobs.last_beat(db) == now


def test_unknown_job_is_refused(database: Database, now: datetime) -> None:
    with pytest.raises(jobs.UnknownJob):
        jobs.run_once("no.such", database, now)
