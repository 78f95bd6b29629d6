"""From where on the desk warns of orders paid on delivery, by database."""

from weakref import WeakKeyDictionary

from shop.core.db import Database
from shop.orders.rules.calls import CodLimits

_limits: WeakKeyDictionary[Database, CodLimits] = WeakKeyDictionary()


def configure(database: Database, limits: CodLimits) -> None:
    """Remember the limits of the application that uses ``database``."""
    _limits[database] = limits


def limits_of(database: Database) -> CodLimits:
    """The limits given by ``configure``, else the usual ones."""
    return _limits.get(database, CodLimits())
