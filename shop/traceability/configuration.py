"""From how many scans on a code is suspected, by database: the watching job gets only that."""

from weakref import WeakKeyDictionary

from shop.core.db import Database
from shop.traceability.rules.clones import Thresholds

_limits: WeakKeyDictionary[Database, Thresholds] = WeakKeyDictionary()


def configure(database: Database, limits: Thresholds) -> None:
    """Remember the thresholds of the application that uses ``database``."""
    _limits[database] = limits


def limits_of(database: Database) -> Thresholds:
    """The thresholds given by ``configure``, else the usual ones."""
    return _limits.get(database, Thresholds())
