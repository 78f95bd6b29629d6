"""Two schedulers at the same minute ask for a weekly export once."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.core.db import Database
from shop.core.tasks import Task
from shop.marketplaces.jobs import export_weekly
from shop.marketplaces.models import ExportRun, ExportSchedule
from shop.marketplaces.services.exports import request_export
from shop.marketplaces.services.weekly import export_due, set_weekly
from tests.at_once import Act, at_once, carelessly
from tests.factories.accounts import make_member
from tests.factories.catalogue import make_producer

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
LATER = NOW + timedelta(days=8)


@pytest.fixture
def schedule(database: Database) -> tuple[int, int]:
    """A weekly export that is due at LATER: its id and its producer's."""
    with database.transaction() as db:
        producer = make_producer(db)
        owner = make_member(db, "producer", producer.id)
        set_weekly(
            db, producer_id=producer.id, channel="voso", weekday=0, actor_id=owner.id, now=NOW
        )
        return db.scalars(select(ExportSchedule.id)).one(), producer.id


def asked(database: Database) -> tuple[int, int]:
    """Exports and tasks there are."""
    with database.read() as db:
        counts = (db.scalar(select(func.count()).select_from(table)) for table in (ExportRun, Task))
        runs, tasks = counts
        return runs or 0, tasks or 0


def test_four_schedulers_export_once(database: Database, schedule: tuple[int, int]) -> None:
    def tick(db: Session) -> None:
        export_due(db, schedule_id=schedule[0], now=LATER)

    assert at_once(database, [tick] * 4) == ["done"] * 4
    assert asked(database) == (1, 1)
    export_weekly(database, LATER)
    assert asked(database) == (1, 1), "the next time is a week away"
    with database.read() as db:
        assert db.scalars(select(ExportSchedule.next_at)).one() > LATER


@pytest.mark.control
def test_without_the_claim_each_scheduler_exports(
    database: Database, schedule: tuple[int, int]
) -> None:
    def tick(number: int) -> Act:
        return lambda db: request_export(
            db,
            producer_id=schedule[1],
            channel="voso",
            submit_key=f"no-claim-{number}",
            actor_id=None,
            now=LATER,
        )

    carelessly(database, [tick(number) for number in range(2)])
    assert asked(database) == (2, 2)
