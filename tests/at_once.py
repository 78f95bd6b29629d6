"""Several people at one thing at the same moment, by threads; with the guards, and without.

``at_once`` runs acts on the database as it is. ``carelessly`` is its negative control: the same
acts on a database without locks and without conditions on what was read (see ``careless``).
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from shop.core.db import Database
from shop.core.errors import DomainError, Unavailable
from tests.careless import Careless

BROKE = "broke"
"""An error that no user may see: a page of it would be a 500."""

Act = Callable[[Session], Any]


def at_once(database: Database, acts: Sequence[Act]) -> list[str]:
    """Each act in its own thread and transaction: ``done``, the refusal's name, or ``broke``.

    Told "busy", an act is tried again, as a browser does.
    """
    gate = Barrier(len(acts))

    def run(act: Act) -> str:
        gate.wait(10)
        for _ in range(20):
            try:
                with database.transaction() as db:
                    act(db)
            except Unavailable:
                continue
            except DomainError as refusal:
                return type(refusal).__name__
            except SQLAlchemyError:
                return BROKE
            return "done"
        raise TimeoutError("the database stayed busy")

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def carelessly(database: Database, acts: Sequence[Act]) -> list[str]:
    """The same, where nothing is locked and nobody writes before all have read."""
    careless = Careless(database, len(acts))
    try:
        return at_once(careless, acts)
    finally:
        careless.dispose()
