"""Periodic work: ask providers about payments that nobody told us of."""

from datetime import datetime

from shop.core.db import Database
from shop.core.jobs import job
from shop.payments.asking import poll_attempts
from shop.payments.configuration import config_of


@job("payments.poll", every_seconds=60)
def poll(database: Database, now: datetime) -> None:
    """Ask about open attempts, so that a lost webhook costs minutes, not money."""
    poll_attempts(database, config_of(database), now)
