"""Wishes that nobody looks after any more."""

from datetime import datetime

from shop.core.db import Database
from shop.core.jobs import job
from shop.wishes import services


@job("wishes.tidy", every_seconds=3600)
def tidy(database: Database, now: datetime) -> None:
    """Drop unconfirmed alerts, end very old ones, forget abandoned lists of guests."""
    with database.transaction() as db:
        services.expire_alerts(db, now=now)
    with database.transaction() as db:
        services.drop_old_lists(db, now=now)
