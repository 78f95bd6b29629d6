"""Ticks of the clock about bookings."""

from datetime import datetime

from livestream.bookings import services
from livestream.bookings.services.waiting import waiting_ids
from shop.core.db import Database
from shop.core.jobs import job


@job("bookings.offer_slots", every_seconds=60)
def offer_slots(database: Database, now: datetime) -> None:
    """Close offers that lapsed, then offer what became free to who has waited longest."""
    with database.transaction() as db:
        services.settle_offers(db, now=now)
    with database.read() as db:
        waiting = waiting_ids(db)
    for session_id in waiting:
        with database.transaction() as db:
            services.offer_slot(db, session_id=session_id, now=now)
