"""Periodic work: ask providers about payments that nobody told us of."""

from datetime import datetime

from shop.core.db import Database
from shop.core.jobs import job
from shop.payments.asking import poll_attempts, read_feeds
from shop.payments.configuration import config_of
from shop.payments.sending import send_refunds


@job("payments.poll", every_seconds=60)
def poll(database: Database, now: datetime) -> None:
    """Ask about open attempts, so that a lost webhook costs minutes, not money."""
    poll_attempts(database, config_of(database), now)


@job("payments.read_feeds", every_seconds=20 * 60)
def read_bank_feeds(database: Database, now: datetime) -> None:
    """Ask bank feeds for transfers that no message told us of."""
    read_feeds(database, config_of(database), now)


@job("payments.refunds", every_seconds=60)
def refunds(database: Database, now: datetime) -> None:
    """Ask providers for approved refunds and how those on their way are doing."""
    send_refunds(database, config_of(database), now)
