"""Periodic work: files that nobody records are forgotten."""

from datetime import datetime

from livestream.results import services
from shop.core.db import Database
from shop.core.jobs import job
from shop.core.surroundings import surroundings_of


@job("results.forget", every_seconds=24 * 3600)
def forget_files(database: Database, now: datetime) -> None:
    """Delete the cells of result files that were not recorded within seven days."""
    storage = surroundings_of(database).storage
    with database.transaction() as db:
        names = services.forget_old(db, now)
    for name in names:
        storage.delete(name)
