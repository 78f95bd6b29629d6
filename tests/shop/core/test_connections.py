"""Pooled connections and a database that was restarted meanwhile."""

import time

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from shop.core import db
from shop.core.db import Database


@pytest.fixture
def idle(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every pooled connection counts as having been idle for long."""
    monkeypatch.setattr(db, "IDLE_SECONDS", 0.0)


def cut_all(database: Database) -> None:
    """End every connection of the database from outside, as a restart does."""
    others = create_engine(database.url, isolation_level="AUTOCOMMIT")
    with others.connect() as link:
        link.execute(
            text(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    others.dispose()


def ask(database: Database) -> int:
    with database.read() as session:
        return int(session.execute(text("SELECT 1")).scalar_one())


def test_a_cut_connection_is_replaced_before_its_next_use(database: Database, idle: None) -> None:
    if database.is_sqlite:
        pytest.skip("an embedded database cannot be restarted under its program")
    assert ask(database) == 1
    cut_all(database)
    assert ask(database) == 1


def test_a_busy_connection_is_not_asked(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control of the test above: without the sign of life the cut is met by the statement."""
    if database.is_sqlite:
        pytest.skip("an embedded database cannot be restarted under its program")
    monkeypatch.setattr(db, "IDLE_SECONDS", time.monotonic() + 3600)
    assert ask(database) == 1
    cut_all(database)
    with pytest.raises(OperationalError):
        ask(database)
    assert ask(database) == 1


def test_only_writes_that_may_be_skipped_do_not_wait_for_the_disk(database: Database) -> None:
    if not database.is_sqlite:
        pytest.skip("PostgreSQL's own setting decides")
    for patience, synchronous in ((None, 2), (0.2, 1), (None, 2), (0, 1)):
        with database.write(patience=patience) as session:
            assert session.execute(text("PRAGMA synchronous")).scalar_one() == synchronous
