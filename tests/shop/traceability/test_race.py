"""Many people append to one journal at once, from real processes and threads: it never forks.

The control runs the same race with a naive read-then-write on a copy of the table without guards,
and does fork: so the race is real.
"""

import multiprocessing
import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import insert, select, text

from shop.core.db import Database
from shop.core.errors import Conflict, Unavailable
from shop.traceability import queries, services
from shop.traceability.models import Lot
from tests.factories.traceability import NOW, make_lot

WORKERS = 4
EACH = 6


def _append(url: str, lot_id: int, worker: int, barrier: Any) -> None:
    database = Database(url)
    barrier.wait(timeout=60)
    for number in range(EACH):
        _append_once(database, lot_id, f"race-{worker}-{number}")
    database.dispose()


def _append_once(database: Database, lot_id: int, key: str) -> None:
    for _attempt in range(20):
        try:
            with database.transaction() as db:
                services.record_event(
                    db,
                    lot_id=lot_id,
                    kind="harvest",
                    facts={"crop": key},
                    actor_id=1,
                    submit_key=key,
                    now=NOW,
                )
        except (Conflict, Unavailable):
            continue
        else:
            return
    raise AssertionError("never got its turn")


@pytest.fixture
def lot(database: Database) -> Lot:
    with database.transaction() as db:
        return make_lot(db, events=False)


def _check(database: Database, lot_id: int, count: int) -> None:
    with database.read() as db:
        lot = db.get_one(Lot, lot_id)
        checked = queries.check_lot(db, lot)
        assert checked.fault is None
        assert checked.count == lot.head_seq == count


def test_processes_appending_at_once_make_one_chain(database: Database, lot: Lot) -> None:
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(WORKERS)
    url = database.url.render_as_string(hide_password=False)
    workers = [
        context.Process(target=_append, args=(url, lot.id, number, barrier))
        for number in range(WORKERS)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=120)
    assert [worker.exitcode for worker in workers] == [0] * WORKERS
    _check(database, lot.id, WORKERS * EACH)


def _in_threads(work: Callable[[int, threading.Barrier], None]) -> list[Exception]:
    barrier = threading.Barrier(WORKERS)
    faults: list[Exception] = []

    def run(number: int) -> None:
        try:
            work(number, barrier)
        except Exception as fault:  # noqa: BLE001 - handed to the test
            faults.append(fault)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return faults


def test_one_form_sent_many_times_at_once_is_one_entry(database: Database, lot: Lot) -> None:
    def work(_number: int, barrier: threading.Barrier) -> None:
        barrier.wait(timeout=30)
        _append_once(database, lot.id, "the same key")

    assert _in_threads(work) == []
    _check(database, lot.id, 1)


def test_product_codes_asked_for_at_once_are_one(database: Database) -> None:
    with database.transaction() as db:
        product_id = make_lot(db, events=False).product_id
    made: list[str] = []

    def work(_number: int, barrier: threading.Barrier) -> None:
        barrier.wait(timeout=30)
        with database.transaction() as db:
            made.append(services.ensure_product_code(db, product_id=product_id, now=NOW))

    assert _in_threads(work) == []
    assert len(made) == WORKERS
    assert len(set(made)) == 1


@pytest.mark.control
def test_control_without_the_guard_the_same_race_forks(database: Database, lot: Lot) -> None:
    from shop.core.db import Base

    with database.engine.begin() as connection:
        connection.execute(text("CREATE TABLE bare_event (lot_id int, seq int, previous text)"))
    from sqlalchemy import Integer, String, column, table

    bare = table(
        "bare_event", column("lot_id", Integer), column("seq", Integer), column("previous", String)
    )
    assert "bare_event" not in Base.metadata.tables

    def work(number: int, barrier: threading.Barrier) -> None:
        with database.read() as db:
            seen = db.scalar(select(Lot.head_seq).where(Lot.id == lot.id))
            previous = db.scalar(select(Lot.head_hash).where(Lot.id == lot.id))
        barrier.wait(timeout=30)
        with database.transaction() as db:
            db.execute(insert(bare).values(lot_id=lot.id, seq=(seen or 0) + 1, previous=previous))

    assert _in_threads(work) == []
    with database.read() as db:
        rows = db.execute(select(bare.c.seq, bare.c.previous)).all()
    assert len(rows) == WORKERS
    assert len(set(rows)) < WORKERS, "without a guard two entries must have followed the same one"


def test_even_code_without_the_lock_cannot_fork_the_real_table(
    database: Database, lot: Lot
) -> None:
    """The database itself: a second entry after the same one is refused."""
    from sqlalchemy.exc import IntegrityError

    _append_once(database, lot.id, "first")
    with database.write() as db:
        first = queries.events_of(db, lot.id)[0]
        twin = {
            c.key: getattr(first, c.key)
            for c in type(first).__table__.columns
            if c.key not in {"id", "seq", "hash", "submit_key"}
        }
        with pytest.raises(IntegrityError):
            db.execute(
                insert(type(first)).values(**twin, seq=2, hash="f" * 64, submit_key="another key")
            )
    _check(database, lot.id, 1)
