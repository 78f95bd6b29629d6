"""PostgreSQL's cursors tell columns as PEP 249 asks."""

import pytest
from sqlalchemy import text

from shop.core.db import Database


def test_columns_are_named_with_their_types(database: Database) -> None:
    if database.is_sqlite:
        pytest.skip("another driver")
    with database.read() as db:
        cursor = db.connection().connection.cursor()
        assert cursor.description is None
        cursor.execute("SELECT 1::int4 AS số, 'x'::text AS chữ WHERE false")
        columns = [(name, code) for name, code, *_rest in cursor.description or ()]
        assert columns == [("số", 23), ("chữ", 25)]
        cursor.execute("SET LOCAL lock_timeout = 0")
        assert cursor.description is None
        assert db.scalar(text("SELECT 1")) == 1
