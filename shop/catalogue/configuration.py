"""Where pictures lie, by database: tasks run outside any Flask context and get only that."""

from weakref import WeakKeyDictionary

from shop.core.db import Database
from shop.core.storage import Storage

_known: WeakKeyDictionary[Database, Storage] = WeakKeyDictionary()


def configure(database: Database, storage: Storage) -> None:
    """Remember where the application that uses ``database`` keeps its pictures."""
    _known[database] = storage


def storage_of(database: Database) -> Storage:
    """What ``configure`` was given. Raises KeyError when no application was made."""
    return _known[database]
