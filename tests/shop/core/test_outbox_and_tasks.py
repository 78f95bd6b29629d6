"""Messages and long work survive crashes and are done once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from shop.core import outbox, tasks
from shop.core.db import Database
from shop.core.errors import Conflict, Invalid


def put(database: Database, now: datetime, key: str = "k1", kind: str = "test.kind") -> bool:
    with database.transaction() as db:
        return outbox.put(
            db,
            key=key,
            kind=kind,
            channel="inbox",
            recipient="1",
            payload={"a": 1},
            due_at=now,
            ref="order:1",
        )


def states(database: Database) -> dict[str, int]:
    with database.read() as db:
        rows = db.execute(
            select(outbox.OutboxMessage.state, func.count()).group_by(outbox.OutboxMessage.state)
        )
        return {row[0]: row[1] for row in rows}


def test_one_row_per_key(database: Database, now: datetime) -> None:
    assert put(database, now)
    assert not put(database, now)
    assert states(database) == {"pending": 1}


def test_claimed_message_is_not_claimed_again_until_its_lease_ends(
    database: Database, now: datetime
) -> None:
    put(database, now)
    assert len(list(outbox.claim_due(database, now))) == 1
    assert list(outbox.claim_due(database, now + timedelta(seconds=30))) == []
    again = list(outbox.claim_due(database, now + outbox.LEASE + timedelta(seconds=1)))
    assert [message.attempts for message in again] == [2]


def test_late_settling_of_a_lost_lease_is_refused(database: Database, now: datetime) -> None:
    put(database, now)
    first = next(iter(outbox.claim_due(database, now)))
    later = now + outbox.LEASE + timedelta(seconds=1)
    second = next(iter(outbox.claim_due(database, later)))
    with database.transaction() as db:
        outbox.settle(db, second, now=later)
    with database.write() as db, pytest.raises(Conflict):
        outbox.settle(db, first, now=later)
    assert states(database) == {"sent": 1}


def test_failing_message_is_tried_later_and_dies_at_last(database: Database, now: datetime) -> None:
    put(database, now)
    at = now
    for attempt in range(1, outbox.MAX_ATTEMPTS + 1):
        message = next(iter(outbox.claim_due(database, at)))
        assert message.attempts == attempt
        with database.transaction() as db:
            outbox.settle(db, message, now=at, fault=outbox.TransportFault("no net"))
        at += timedelta(days=2)
    assert states(database) == {"dead": 1}


def test_permanent_fault_dies_at_once(database: Database, now: datetime) -> None:
    put(database, now)
    message = next(iter(outbox.claim_due(database, now)))
    with database.transaction() as db:
        fault = outbox.TransportFault("no such address", is_permanent=True)
        outbox.settle(db, message, now=now, fault=fault)
    assert states(database) == {"dead": 1}


def test_withdrawn_message_is_never_sent(database: Database, now: datetime) -> None:
    put(database, now)
    with database.transaction() as db:
        outbox.withdraw(db, ref="order:1")
    assert list(outbox.claim_due(database, now)) == []
    assert states(database) == {"superseded": 1}


def test_message_not_yet_due_waits(database: Database, now: datetime) -> None:
    put(database, now + timedelta(minutes=1))
    assert list(outbox.claim_due(database, now)) == []


def test_many_workers_claim_each_message_once(database: Database, now: datetime) -> None:
    for number in range(40):
        put(database, now, key=f"k{number}")
    with ThreadPoolExecutor(4) as pool:
        claimed = list(pool.map(lambda _: list(outbox.claim_due(database, now)), range(4)))
    keys = [message.key for batch in claimed for message in batch]
    assert len(keys) == len(set(keys)) == 40


@pytest.fixture
def handlers(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, tasks.Handler]]:
    own: dict[str, tasks.Handler] = {}
    monkeypatch.setattr(tasks, "_handlers", own)
    return own


def ask(database: Database, now: datetime, key: str = "t1") -> int:
    with database.transaction() as db:
        task = tasks.enqueue(
            db, kind="count", key=key, public_id=f"P{key}", arguments={"to": 3}, now=now
        )
        return task.id


def get(database: Database, task_id: int) -> tasks.Task:
    with database.read() as db:
        found = db.get(tasks.Task, task_id)
        assert found is not None
        return found


def test_task_is_done_once_with_progress_and_result(
    database: Database, now: datetime, handlers: dict[str, tasks.Handler]
) -> None:
    def count(run: tasks.Run) -> dict[str, object]:
        run.progress(50)
        assert get(database, run.task_id).progress == 50
        return {"counted": run.arguments["to"]}

    handlers["count"] = count
    task_id = ask(database, now)
    assert ask(database, now) == task_id
    assert tasks.run_next(database, now)
    assert not tasks.run_next(database, now)
    done = get(database, task_id)
    assert (done.state, done.progress, done.result) == ("done", 100, {"counted": 3})


def test_refused_task_fails_with_the_reason(
    database: Database, now: datetime, handlers: dict[str, tasks.Handler]
) -> None:
    def refuse(_run: tasks.Run) -> dict[str, object]:
        raise Invalid("Tệp trống.")

    handlers["count"] = refuse
    task_id = ask(database, now)
    assert tasks.run_next(database, now)
    assert (get(database, task_id).state, get(database, task_id).error) == ("failed", "Tệp trống.")


def test_crashing_task_is_tried_three_times(
    database: Database, now: datetime, handlers: dict[str, tasks.Handler]
) -> None:
    def crash(_run: tasks.Run) -> dict[str, object]:
        raise ZeroDivisionError

    handlers["count"] = crash
    task_id = ask(database, now)
    for _ in range(tasks.MAX_ATTEMPTS):
        with pytest.raises(ZeroDivisionError):
            tasks.run_next(database, now)
    assert not tasks.run_next(database, now)
    assert get(database, task_id).state == "failed"


def test_cancelled_task_stops_at_its_next_progress(
    database: Database, now: datetime, handlers: dict[str, tasks.Handler]
) -> None:
    def work(run: tasks.Run) -> dict[str, object]:
        with database.transaction() as db:
            tasks.cancel(db, run.task_id, now=now)
        run.progress(10)
        raise AssertionError("went on after being cancelled")

    handlers["count"] = work
    task_id = ask(database, now)
    assert tasks.run_next(database, now)
    assert get(database, task_id).state == "cancelled"


def test_task_of_a_dead_worker_is_taken_up_again(
    database: Database, now: datetime, handlers: dict[str, tasks.Handler]
) -> None:
    handlers["count"] = lambda _run: {"ok": True}
    task_id = ask(database, now)
    assert tasks._claim(database, now, handlers) is not None
    assert not tasks.run_next(database, now + timedelta(minutes=1))
    assert tasks.run_next(database, now + tasks.LEASE + timedelta(seconds=1))
    assert get(database, task_id).state == "done"


def test_workers_never_share_a_task(
    database: Database, now: datetime, handlers: dict[str, tasks.Handler]
) -> None:
    done: list[int] = []
    handlers["count"] = lambda run: done.append(run.task_id) or {}  # type: ignore[func-returns-value]
    for number in range(12):
        ask(database, now, key=f"t{number}")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: [tasks.run_next(database, now) for _ in range(12)], range(4)))
    assert len(done) == len(set(done)) == 12


def test_two_at_once_with_one_key_write_one_row_and_nobody_fails(
    database: Database, now: datetime
) -> None:
    with ThreadPoolExecutor(6) as pool:
        written = list(pool.map(lambda _: put(database, now), range(6)))
        task_ids = set(pool.map(lambda _: ask(database, now), range(6)))
    assert sorted(written) == [False] * 5 + [True]
    assert states(database) == {"pending": 1}
    assert len(task_ids) == 1
