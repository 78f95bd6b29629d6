"""The tick that sends what is due."""

import logging
from datetime import datetime

from shop.core import outbox
from shop.core.db import Database
from shop.core.errors import Conflict
from shop.core.jobs import job
from shop.core.outbox import OutboxMessage, TransportFault
from shop.notifications import services

log = logging.getLogger(__name__)


@job("messages.deliver", every_seconds=3)
def deliver(database: Database, now: datetime) -> None:
    """Send every due message that this process can claim."""
    for message in outbox.claim_due(database, now):
        deliver_one(database, message, now)


def deliver_one(database: Database, message: OutboxMessage, now: datetime) -> str:
    """Send one claimed message and record it; the network comes between two transactions.

    A crash at any point leaves a lease that runs out. Returns sent, superseded, failed, or taken
    (the lease ran out meanwhile and someone else has it).
    """
    desk = services.Desk()
    fault: TransportFault | None
    try:
        with database.read() as db:
            reach = services.reach_now(db, message)
            is_due = reach is not None and outbox.is_still_due(db, message)
    except TransportFault as unknown:
        is_due, fault = True, unknown
    except Exception as error:
        log.exception("message %s: asking whether it is due failed", message.key)
        is_due, fault = True, TransportFault(repr(error))
    else:
        fault = services.hand_over(message, reach, desk) if is_due and reach else None
    try:
        with database.transaction() as db:
            if not is_due:
                outbox.supersede(db, message)
                return "superseded"
            return services.settle_delivery(db, message, desk, fault, now=now)
    except Conflict:
        return "taken"


@job("messages.forget_contacts", every_seconds=3600)
def forget_contacts(database: Database, now: datetime) -> None:
    """Erase guests' e-mail addresses that nothing waits for any more."""
    with database.transaction() as db:
        services.forget_contacts(db, now=now)
