"""What time asks of on air."""

from datetime import datetime

from livestream.onair import services
from shop.core.db import Database
from shop.core.jobs import job


@job("onair.forget_comments", every_seconds=86_400)
def forget_comments(database: Database, now: datetime) -> None:
    """Empty what viewers wrote in sessions that were over a month ago."""
    with database.transaction() as db:
        services.forget_comments(db, now=now)
