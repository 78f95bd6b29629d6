"""A delivering process for the crash test: stops at a named point and waits there to be killed.

    python -m tests.shop.notifications.deliverer URL NOW STYLE [POINT NTH]

``careful`` is the real delivery. ``careless`` (keeps the message in a transaction of its own, under
a key of its own) and ``forgetful`` (settles first, keeps later) are what it must not be: the
negative controls, which show that the test can see a doubled and a lost message.
"""

import sys
import time
import uuid
from datetime import datetime
from typing import Any

import shop.accounts.models  # noqa: F401 - the inbox refers to people
from shop.core import outbox
from shop.core.db import Database
from shop.core.outbox import OutboxMessage
from shop.notifications import jobs, services
from shop.notifications.models import InboxItem
from shop.notifications.rules import person_of

KIND = "test.crash"


def declare() -> None:
    """The message kind of this test."""
    services.register_message(KIND, title="Thử %(n)s", url="/tai-khoan?n=%(n)s")


def item_of(message: OutboxMessage, now: datetime) -> InboxItem:
    return InboxItem(
        outbox_key=f"{message.key}:{uuid.uuid4()}",
        person_id=person_of(message.recipient),
        kind=message.kind,
        payload=message.payload,
        at=now,
    )


def main(url: str, instant: str, style: str, point: str = "", nth: str = "0") -> None:
    database, now, met = Database(url), datetime.fromisoformat(instant), 0

    def pause(name: str) -> None:
        nonlocal met
        met += name == point
        if name == point and met == int(nth):
            print("here", flush=True)
            time.sleep(60)

    real_hand_over, real_settle, real_one = (
        services.hand_over,
        services.settle_delivery,
        jobs.deliver_one,
    )

    def hand_over(*args: Any) -> Any:
        pause("claimed")
        return real_hand_over(*args)

    def settle(*args: Any, **kwargs: Any) -> Any:
        ended = real_settle(*args, **kwargs)
        pause("settling")
        return ended

    def one(*args: Any) -> Any:
        ended = real_one(*args)
        pause("settled")
        return ended

    def careless(db: Database, message: OutboxMessage, at: datetime) -> None:
        with db.transaction() as session:
            session.add(item_of(message, at))
        pause("between")
        with db.transaction() as session:
            outbox.settle(session, message, now=at)

    def forgetful(db: Database, message: OutboxMessage, at: datetime) -> None:
        with db.transaction() as session:
            outbox.settle(session, message, now=at)
        pause("between")
        with db.transaction() as session:
            session.add(item_of(message, at))

    services.hand_over, services.settle_delivery = hand_over, settle  # type: ignore[assignment]
    styles = {"careful": one, "careless": careless, "forgetful": forgetful}
    jobs.deliver_one = styles[style]  # type: ignore[assignment]
    declare()
    jobs.deliver(database, now)
    database.dispose()


if __name__ == "__main__":
    main(*sys.argv[1:])
