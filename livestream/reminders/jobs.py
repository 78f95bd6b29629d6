"""Ticks of the clock about reminders."""

from datetime import datetime

from livestream.reminders import queries, services
from shop.core.db import Database
from shop.core.jobs import job


@job("reminders.tell", every_seconds=10)
def tell(database: Database, now: datetime) -> None:
    """Write the messages of every reminder whose time has come; the outbox delivers them."""
    with database.read() as db:
        due = queries.due_turns(db, now=now)
    for turn_id in due:
        with database.transaction() as db:
            services.tell_turn(db, turn_id=turn_id, now=now)


@job("reminders.tidy", every_seconds=3600)
def tidy(database: Database, now: datetime) -> None:
    """Drop what nobody confirmed and what belongs to sessions long over."""
    with database.transaction() as db:
        services.tidy(db, now=now)
