"""Two schedulers, ``kill -9`` on the one that leads: no reminder is lost, few come twice."""

import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select, update

from livestream.reminders.models import Follow, ReminderTurn
from shop.core import clock
from shop.core.db import Database
from shop.core.outbox import OutboxMessage
from shop.notifications.models import InboxItem
from tests.factories.accounts import make_person
from tests.livestream.reminders.conftest import make_confirmed
from tests.stand_ins.smtp import MailServer, mail_server

ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 90.0


def prepare(database: Database, followers: int) -> None:
    """A session whose followers are due a reminder, everything else silent."""
    now = clock.now()
    with database.transaction() as db:
        live = make_confirmed(db, now=now, starts_at=now + timedelta(hours=3))
        for number in range(followers):
            person = make_person(db, email=f"f{number}@follower.example")
            db.add(
                Follow(
                    code=f"code{number}",
                    session_id=live.id,
                    recipient=f"person:{person.id}",
                    state="following",
                    known_starts_at=live.starts_at,
                    asked_at=now,
                )
            )
        db.execute(update(OutboxMessage).values(state="superseded"))
        db.execute(delete(ReminderTurn))
        db.add(
            ReminderTurn(
                session_id=live.id,
                schedule_seq=live.schedule_seq,
                audience="followers",
                moment="hour",
                due_at=now,
            )
        )


class Pair:
    """Two scheduler processes; a killed one is replaced by a new stand-by."""

    def __init__(self, database: Database, mail: MailServer, style: str, folder: Path) -> None:
        address = database.url.render_as_string(hide_password=False)
        self.leader_file = folder / "leader"
        module = "tests.livestream.reminders.scheduler"
        self.command = [sys.executable, "-m", module, address, mail.url, style]
        self.running: dict[int, subprocess.Popen[bytes]] = {}
        self.start()
        self.start()

    def start(self) -> None:
        with (self.leader_file.parent / "errors").open("ab") as errors:
            process = subprocess.Popen(
                [*self.command, str(self.leader_file)], cwd=ROOT, stderr=errors
            )
        self.running[process.pid] = process

    def kill_leader(self) -> None:
        leader = self.running.pop(int(self.leader_file.read_text()))
        leader.send_signal(signal.SIGKILL)
        assert leader.wait(10) == -signal.SIGKILL
        self.start()

    def stop(self) -> None:
        for process in self.running.values():
            process.kill()
            process.wait(10)


def wait_for(is_true: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not is_true():
        assert time.monotonic() < until, "the schedulers stand still"
        time.sleep(0.003)


def unsent(database: Database) -> int:
    with database.read() as db:
        waiting = OutboxMessage.state.in_(("pending", "sending"))
        turns = select(func.count()).where(ReminderTurn.state == "planned")
        messages = select(func.count()).where(waiting)
        return (db.scalar(turns) or 0) + (db.scalar(messages) or 0)


def run(database: Database, style: str, folder: Path, *, followers: int, kills: int) -> list[str]:
    """The Message-IDs at the mail sink, after the leader was killed ``kills`` times."""
    prepare(database, followers)
    with mail_server() as mail:
        pair = Pair(database, mail, style, folder)
        try:
            for kill in range(1, kills + 1):
                arrived = kill * followers // (kills + 1)
                wait_for(lambda least=arrived: len(mail.mails) >= least)  # type: ignore[misc]
                time.sleep(0.04 * kill)  # each time at another point of a delivery
                pair.kill_leader()
            wait_for(lambda: unsent(database) == 0)
        finally:
            pair.stop()
        return [str(each["Message-ID"]) for each in mail.mails]


@pytest.mark.slow
def test_five_kills_lose_nothing(database: Database, tmp_path: Path) -> None:
    ids = run(database, "careful", tmp_path, followers=200, kills=5)
    times = Counter(ids)
    assert len(times) == 200, "none lost, each with a Message-ID of its own"
    assert len(ids) <= 200 + 5, "at most one again per kill"
    assert max(times.values()) <= 2
    with database.read() as db:
        kept = db.scalar(select(func.count()).select_from(InboxItem))
        assert kept == 200, "in the inbox each exactly once"


@pytest.mark.slow
@pytest.mark.control
def test_control_a_forgetful_delivery_is_caught(database: Database, tmp_path: Path) -> None:
    ids = run(database, "forgetful", tmp_path, followers=40, kills=5)
    assert len(set(ids)) < 40
