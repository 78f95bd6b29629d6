"""Work by the clock: the daily root over all journals."""

from datetime import datetime

from shop.core.db import Database
from shop.core.jobs import job
from shop.traceability import services


@job("journal.anchor", every_seconds=1800)
def anchor(database: Database, now: datetime) -> None:
    """Publish the roots of past days that have none; once a day there is something to do."""
    with database.transaction() as db:
        services.publish_anchors(db, now=now)
