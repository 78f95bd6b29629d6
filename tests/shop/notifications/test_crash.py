"""``kill -9`` while messages are delivered: nothing due is lost, nothing arrives twice."""

import signal
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from shop.core.db import Database
from shop.core.outbox import LEASE, OutboxMessage
from shop.notifications import services
from shop.notifications.models import InboxItem
from tests.factories.accounts import make_person
from tests.shop.notifications.deliverer import KIND, declare

ROOT = Path(__file__).resolve().parents[3]
MESSAGES = 8


def deliver(database: Database, now: datetime, style: str, point: str = "", nth: int = 0) -> None:
    """Run a delivering process; with ``point`` kill it there without warning."""
    address = database.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.shop.notifications.deliverer", address]
    arguments = [now.isoformat(), style, *([point, str(nth)] if point else [])]
    with subprocess.Popen([*command, *arguments], cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        if point:
            assert process.stdout.readline() == b"here\n"
            process.send_signal(signal.SIGKILL)
        assert process.wait(30) == (-signal.SIGKILL if point else 0)


@pytest.fixture
def due(database: Database, now: datetime) -> Database:
    """A database with messages waiting."""
    declare()
    with database.transaction() as db:
        person = make_person(db)
        for number in range(MESSAGES):
            services.notify(
                db,
                person_ids=[person.id],
                kind=KIND,
                cause=f"test:{number}",
                payload={"n": number},
                now=now,
            )
    return database


def arrived(database: Database) -> tuple[int, int, int]:
    """How many messages: marked as sent, in the inbox, in the inbox counted once."""
    with database.read() as db:
        sent = select(func.count()).where(OutboxMessage.state == "sent")
        numbers = [payload["n"] for payload in db.scalars(select(InboxItem.payload))]
        return db.scalar(sent) or 0, len(numbers), len(set(numbers))


@pytest.mark.parametrize("point", ["claimed", "settling", "settled"])
def test_killed_delivery_loses_and_doubles_nothing(
    due: Database, now: datetime, point: str
) -> None:
    deliver(due, now, "careful", point, nth=3)
    sent, kept, _distinct = arrived(due)
    assert sent == kept == (3 if point == "settled" else 2)
    deliver(due, now, "careful")
    assert arrived(due)[0] == (MESSAGES if point == "settled" else MESSAGES - 1), "leased still"
    deliver(due, now + LEASE + timedelta(seconds=1), "careful")
    assert arrived(due) == (MESSAGES, MESSAGES, MESSAGES)


@pytest.mark.parametrize(
    ("style", "expected"), [("careless", MESSAGES + 1), ("forgetful", MESSAGES - 1)]
)
@pytest.mark.control
def test_control_other_deliveries_would_be_caught(
    due: Database, now: datetime, style: str, expected: int
) -> None:
    deliver(due, now, style, "between", nth=3)
    deliver(due, now, style)
    deliver(due, now + LEASE + timedelta(seconds=1), style)
    sent, kept, _distinct = arrived(due)
    assert sent == MESSAGES
    assert kept == expected
