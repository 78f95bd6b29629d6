"""For how many months evidence is kept, by database: the job gets only that."""

from weakref import WeakKeyDictionary

from livestream.complaints.rules import DEFAULT_MONTHS
from shop.core.db import Database

_months: WeakKeyDictionary[Database, int] = WeakKeyDictionary()


def configure(database: Database, months: int) -> None:
    """Remember the setting of the application that uses ``database``."""
    _months[database] = months


def months_of(database: Database) -> int:
    """The setting given by ``configure``, else the usual one."""
    return _months.get(database, DEFAULT_MONTHS)
