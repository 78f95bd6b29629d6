"""Ticks of the clock about sessions."""

from datetime import datetime

from livestream.sessions import services
from livestream.sessions.services.airing import overdue
from livestream.sessions.services.expiring import lapsed_ids
from shop.core.db import Database
from shop.core.jobs import job


@job("sessions.expire_holds", every_seconds=60)
def expire_holds(database: Database, now: datetime) -> None:
    """Let go of what proposals hold that nobody confirmed in time."""
    with database.read() as db:
        due = lapsed_ids(db, now=now)
    for session_id in due:
        with database.transaction() as db:
            services.expire_holds(db, session_id=session_id, now=now)


@job("sessions.keep_time", every_seconds=60)
def keep_time(database: Database, now: datetime) -> None:
    """Mark no-shows and end sessions that were left on air."""
    with database.read() as db:
        due = overdue(db, now=now)
    for public_id in due:
        with database.transaction() as db:
            services.keep_time(db, public_id=public_id, now=now)
