"""Which payment settings belong to which database: requests and jobs of one application share them.

Jobs run in the scheduler's threads, outside any Flask context, and get only the database.
"""

from weakref import WeakKeyDictionary

from shop.core.db import Database
from shop.payments.provider import PaymentConfig

_configs: WeakKeyDictionary[Database, PaymentConfig] = WeakKeyDictionary()


def configure(database: Database, config: PaymentConfig) -> None:
    """Remember the settings of the application that uses ``database``."""
    _configs[database] = config


def config_of(database: Database) -> PaymentConfig:
    """The settings given by ``configure``. Raises KeyError when no application was made."""
    return _configs[database]
