"""Counting statements."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from shop.core.db import Database


@pytest.fixture
def count_statements() -> Callable[[Database], AbstractContextManager[list[str]]]:
    """Collect what the database is sent within the block."""

    @contextmanager
    def counting(database: Database) -> Iterator[list[str]]:
        sent: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            sent.append(statement)

        event.listen(database.engine, "before_cursor_execute", note)
        try:
            yield sent
        finally:
            event.remove(database.engine, "before_cursor_execute", note)

    return counting
