"""Where pictures lie and which origin is ours, by database.

Tasks run in the scheduler's threads, outside any Flask context, and get only the database.
"""

from dataclasses import dataclass
from weakref import WeakKeyDictionary

from shop.core.db import Database
from shop.core.storage import Storage


@dataclass(frozen=True)
class Surroundings:
    """What making a file needs besides the database."""

    storage: Storage
    public_url: str


_known: WeakKeyDictionary[Database, Surroundings] = WeakKeyDictionary()


def configure(database: Database, surroundings: Surroundings) -> None:
    """Remember the surroundings of the application that uses ``database``."""
    _known[database] = surroundings


def surroundings_of(database: Database) -> Surroundings:
    """What ``configure`` was given. Raises KeyError when no application was made."""
    return _known[database]
