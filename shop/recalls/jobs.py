"""What recalls do by themselves: a word to owners whose last drill is a year ago."""

from datetime import datetime

from shop.core.clock import today_vn
from shop.core.db import Database
from shop.core.jobs import job
from shop.recalls import queries, services


@job("recalls.remind_drills", every_seconds=86_400)
def remind_of_drills(database: Database, now: datetime) -> None:
    """Remind the owners of each producer that sells lots and has not practised for a year."""
    with database.read() as db:
        due = queries.producers_due_for_drill(db, today_vn(now))
    for producer_id in due:
        with database.transaction() as db:
            services.remind_of_drill(db, producer_id=producer_id, now=now)
