"""The schema is one on both databases, and what Alembic cannot see is there too."""

import subprocess
import sys
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from shop.core import schema
from shop.core.db import Database
from shop.core.errors import Unavailable
from shop.marketplaces.models import Listing
from tests.factories.accounts import make_person
from tests.factories.catalogue import make_producer, make_product
from tests.factories.marketplaces import make_listing


def test_migrated_database_is_as_declared(database: Database) -> None:
    assert schema.differences(database) == []


def test_down_and_up_again_leaves_the_same_schema(database: Database) -> None:
    schema.downgrade(database, "base")
    assert schema.current(database) is None
    schema.upgrade(database)
    assert schema.differences(database) == []


def test_a_missing_trigger_is_noticed(database: Database) -> None:
    with database.engine.begin() as connection:
        tail = "" if database.is_sqlite else " ON audit_entry"
        connection.execute(text(f"DROP TRIGGER audit_entry_no_update{tail}"))
    assert schema.differences(database) == ["trigger audit_entry_no_update differs"]


ENTRY = (
    "INSERT INTO audit_entry (id, at, action, subject_kind, subject_id, detail) "
    "VALUES (1, '2026-01-01', 'a', 'b', 1, '{}')"
)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit_entry SET action = 'x'",
        "DELETE FROM audit_entry",
        ENTRY.replace("INSERT", "INSERT OR REPLACE").replace("'a'", "'x'"),
        "TRUNCATE audit_entry CASCADE",
    ],
)
def test_append_only_table_refuses_change(database: Database, change: str) -> None:
    with database.engine.begin() as connection:
        connection.execute(text(ENTRY))
    if database.is_sqlite and change.startswith("TRUNCATE"):
        pytest.skip("SQLite has no TRUNCATE")
    if not database.is_sqlite and "OR REPLACE" in change:
        pytest.skip("PostgreSQL has no REPLACE")
    with pytest.raises(IntegrityError, match="append-only"), database.engine.begin() as connection:
        connection.execute(text(change))
    with database.read() as db:
        assert db.execute(text("SELECT action FROM audit_entry")).scalars().all() == ["a"]


def test_read_session_cannot_write(database: Database) -> None:
    with database.read() as db, pytest.raises(DBAPIError):
        db.execute(text(ENTRY))
    with database.write() as db:
        db.execute(text(ENTRY))
        db.commit()


def test_uncommitted_write_is_rolled_back(database: Database) -> None:
    with database.write() as db:
        db.execute(text(ENTRY))
    with database.read() as db:
        assert db.scalar(text("SELECT count(*) FROM audit_entry")) == 0


def test_second_writer_waits_then_is_told_busy(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not database.is_sqlite:
        pytest.skip("only SQLite has one writer")
    monkeypatch.setattr("shop.core.db.BUSY_SECONDS", 0.05)
    with database.write() as first:
        first.execute(text(ENTRY))
        with database.write() as second, pytest.raises(Unavailable):
            second.execute(text("SELECT 1"))
        first.commit()
    with database.write() as third:
        assert third.scalar(text("SELECT count(*) FROM audit_entry")) == 1


def test_other_process_holding_the_file_makes_us_unavailable_then_heals(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not database.is_sqlite:
        pytest.skip("only SQLite has one writer")
    monkeypatch.setattr("shop.core.db.BUSY_SECONDS", 0.1)
    database.dispose()
    script = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None);"
        "c.execute('BEGIN IMMEDIATE'); print('held', flush=True); sys.stdin.readline()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", script, str(database.url.database)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdin is not None
        assert holder.stdout.readline() == "held\n"
        with database.write() as db, pytest.raises(Unavailable):
            db.execute(text(ENTRY))
        with database.read() as db:
            assert db.scalar(text("SELECT count(*) FROM audit_entry")) == 0
        holder.stdin.write("go\n")
    with database.write() as db:
        db.execute(text(ENTRY))
        db.commit()
    with database.read() as db:
        assert db.scalar(text("SELECT count(*) FROM audit_entry")) == 1


def test_chosen_categories_move_onto_the_listings_with_their_rows(database: Database) -> None:
    """Migration 0041 with rows: a product without a listing, one with, one that chose anew."""
    at = datetime(2026, 11, 1, 3, tzinfo=UTC)
    with database.write() as db:
        person = make_person(db)
        producer = make_producer(db)
        bare, listed, settled = (make_product(db, producer=producer) for _ in range(3))
        make_listing(db, listed, "shopee", price_percent=110, overrides={"title": "Tên đã đặt"})
        make_listing(db, settled, "shopee", overrides={"category_id": "9"})
        ids, chooser = (bare.id, listed.id, settled.id), person.id
        db.commit()
    schema.downgrade(database, "0040")
    with database.engine.begin() as connection:
        for product_id, number in zip(ids, ("100629", "100630", "100631"), strict=True):
            connection.execute(
                text(
                    "INSERT INTO channel_category (product_id, channel, external_id,"
                    " external_path, chosen_by, chosen_at)"
                    " VALUES (:product, 'shopee', :number, 'Thực phẩm', :person, :at)"
                ),
                {"product": product_id, "number": number, "person": chooser, "at": at},
            )
    schema.upgrade(database)
    assert schema.differences(database) == []
    with database.read() as db:
        rows = {row.product_id: row for row in db.scalars(select(Listing))}
    assert rows[ids[0]].overrides == {"category_id": "100629"}
    assert (rows[ids[0]].is_included, rows[ids[0]].price_percent) == (True, 100)
    assert (rows[ids[0]].price_step_vnd, rows[ids[0]].updated_at) == (1000, at)
    assert rows[ids[1]].overrides == {"title": "Tên đã đặt", "category_id": "100630"}
    assert rows[ids[1]].price_percent == 110
    assert rows[ids[2]].overrides == {"category_id": "9"}
