"""Several people at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy.orm import Session

from shop.core.db import Database
from shop.core.errors import DomainError


@pytest.fixture
def make_race() -> Callable[..., list[str]]:
    """Run each act in its own thread and transaction; ``ok`` or the refusal's kind, in order."""

    def race(database: Database, acts: list[Callable[[Session], Any]]) -> list[str]:
        start = Barrier(len(acts))

        def run(act: Callable[[Session], Any]) -> str:
            start.wait(10)
            with database.write() as db:
                try:
                    act(db)
                    db.commit()
                except DomainError as error:
                    return type(error).__name__
            return "ok"

        with ThreadPoolExecutor(len(acts)) as pool:
            return list(pool.map(run, acts))

    return race
