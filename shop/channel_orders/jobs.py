"""Periodic work: order files that nobody records are forgotten."""

from datetime import datetime

from shop.channel_orders import services
from shop.core.db import Database
from shop.core.jobs import job
from shop.core.surroundings import surroundings_of


@job("channel_orders.forget", every_seconds=24 * 3600)
def forget_imports(database: Database, now: datetime) -> None:
    """Delete the cells of order files that were not recorded within seven days."""
    storage = surroundings_of(database).storage
    with database.transaction() as db:
        names = services.forget_old(db, now)
    for name in names:
        storage.delete(name)
