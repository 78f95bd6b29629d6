"""A scheduler process for the proof of reminders: the real one, with short ticks and leases.

    python -m tests.livestream.reminders.scheduler URL SMTP STYLE LEADER_FILE

``careful`` is the real delivery. ``forgetful`` records a message as sent before it hands it over:
the negative control, which shows that the test can see a lost reminder.
"""

import os
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

import shop.accounts.models  # noqa: F401 - reminders refer to people
from livestream.reminders import jobs as reminder_jobs
from livestream.reminders import wiring
from livestream.reminders.services import telling
from shop.core import jobs, outbox
from shop.core.db import Database
from shop.core.outbox import OutboxMessage
from shop.notifications import jobs as messages
from shop.notifications import services
from shop.notifications.rules import Post

SENDER = "Chợ Phiên <tin@phien.example>"
BITE = 40


def forgetful(database: Database, message: OutboxMessage, now: datetime) -> str:
    """What delivery must not be: settled first, handed over later."""
    desk = services.Desk()
    with database.transaction() as db:
        reach = services.reach_now(db, message)
        services.settle_delivery(db, message, desk, None, now=now)
    if message.channel == "email":
        time.sleep(0.2)
    if reach is not None:
        services.hand_over(message, reach, desk)
    return "sent"


def main(url: str, smtp: str, style: str, leader_file: str) -> None:
    outbox.LEASE = timedelta(seconds=2)
    telling.BITE = BITE
    wiring.declare_messages()
    services.use_channels(is_development=False, post=Post(smtp, SENDER, "https://phien.example"))
    if style == "forgetful":
        messages.deliver_one = forgetful
    real_try = jobs.Leader.try_lead

    def try_lead(self: jobs.Leader) -> bool:
        is_leader = real_try(self)
        if is_leader:
            Path(leader_file).write_text(str(os.getpid()))
        return is_leader

    jobs.Leader.try_lead = try_lead  # type: ignore[method-assign]
    ticks = (
        jobs.Job("reminders.tell", 1, reminder_jobs.tell),
        jobs.Job("messages.deliver", 1, messages.deliver),
    )
    jobs._declared.clear()
    jobs._declared.update({tick.name: tick for tick in ticks})
    jobs.run_scheduler(Database(url), should_stop=lambda: False)


if __name__ == "__main__":
    main(*sys.argv[1:])
