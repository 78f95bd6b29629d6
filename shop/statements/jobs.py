"""Periodic work: statements that nobody records are forgotten."""

from datetime import datetime

from shop.core.db import Database
from shop.core.jobs import job
from shop.core.surroundings import surroundings_of
from shop.statements import services


@job("statements.forget", every_seconds=24 * 3600)
def forget_statements(database: Database, now: datetime) -> None:
    """Delete the cells of statements that were not recorded within seven days."""
    storage = surroundings_of(database).storage
    with database.transaction() as db:
        names = services.forget_old(db, now)
    for name in names:
        storage.delete(name)
