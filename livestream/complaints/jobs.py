"""Ticks of the clock: keep evidence of what went off air, drop what was kept long enough."""

from datetime import datetime

from livestream.complaints import queries, services
from livestream.complaints.configuration import months_of
from livestream.complaints.rules import add_months
from shop.core.db import Database
from shop.core.jobs import job


@job("complaints.keep_evidence", every_seconds=120)
def keep_evidence(database: Database, now: datetime) -> None:
    """Freeze stopped and ended sessions, each in its own transaction."""
    months = months_of(database)
    with database.read() as db:
        due = queries.without_evidence(db, since=add_months(now, -months))
    for session_id, cause in due:
        with database.transaction() as db:
            services.keep_evidence(db, session_id=session_id, cause=cause, months=months, now=now)


@job("complaints.drop_evidence", every_seconds=21_600)
def drop_evidence(database: Database, now: datetime) -> None:
    """Delete evidence whose time has come."""
    with database.transaction() as db:
        services.drop_worn_out(db, now=now)
