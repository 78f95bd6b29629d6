"""Notifying, delivering, reading: what reaches whom, and when not."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from shop.core import jobs as core_jobs
from shop.core import outbox
from shop.core.db import Database
from shop.core.errors import NotFound
from shop.core.outbox import MAX_ATTEMPTS, OutboxMessage, TransportFault
from shop.notifications import jobs, queries, services
from shop.notifications.models import InboxItem
from shop.notifications.rules import Desk, Envelope, Reach
from tests.factories.accounts import make_person

KIND = "test.message"
_due_now = {"is_due": True}


def _still_due(_db: Session, _ref: str, payload: Any) -> bool:
    if payload.get("n") == "broken":
        raise RuntimeError("a bug in a feature")
    return _due_now["is_due"]


@pytest.fixture(autouse=True)
def _kinds() -> Iterator[None]:
    services.register_message(
        KIND, title="Đơn %(code)s đã gửi", url="/don-hang/%(code)s", still_due=_still_due
    )
    _due_now["is_due"] = True
    services.use_channels(is_development=False)
    yield
    services.use_channels(is_development=False)


def tell(db: Session, person_id: int, now: datetime, **over: Any) -> int:
    values: dict[str, Any] = {
        "person_ids": [person_id],
        "kind": KIND,
        "cause": "order:7",
        "payload": {"code": "A B"},
        "now": now,
    }
    return services.notify(db, **(values | over))


def test_one_row_a_cause_kind_person_and_channel(db: Session, now: datetime) -> None:
    first, second = make_person(db), make_person(db)
    both = [first.id, second.id, first.id]
    assert tell(db, 0, now, person_ids=both) == 2
    assert tell(db, 0, now, person_ids=both) == 0
    assert tell(db, first.id, now, cause="order:8") == 1
    keys = db.scalars(select(OutboxMessage.key).order_by(OutboxMessage.id)).all()
    assert keys[0] == f"order:7:{KIND}:person:{first.id}:inbox"


def test_development_writes_to_the_log_too(
    db: Session, database: Database, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    services.use_channels(is_development=True)
    person = make_person(db)
    assert tell(db, person.id, now) == 2
    db.commit()
    with caplog.at_level("INFO", logger="shop.notifications.channels.log"):
        jobs.deliver(database, now)
    assert "Đơn A B đã gửi (/don-hang/A%20B)" in caplog.text
    with database.read() as reading:
        assert queries.unread_count(reading, person.id) == 1


def test_undeclared_kind_is_a_bug(db: Session, now: datetime) -> None:
    with pytest.raises(KeyError):
        tell(db, make_person(db).id, now, kind="nobody.knows")


def test_same_declaration_twice_is_harmless_another_is_not() -> None:
    services.register_message(KIND, title="Đơn %(code)s đã gửi")
    with pytest.raises(ValueError, match="declared twice"):
        services.register_message(KIND, title="Chuyện khác")


def test_due_message_reaches_the_inbox_once(db: Session, database: Database, now: datetime) -> None:
    person = make_person(db)
    tell(db, person.id, now, due_at=now + timedelta(minutes=5))
    db.commit()
    for at in (now, now + timedelta(minutes=6), now + timedelta(minutes=7)):
        core_jobs.run_once("messages.deliver", database, at)
    with database.read() as reading:
        items = queries.inbox_page(reading, person.id, limit=9, offset=0)
        assert [(item.kind, item.payload, item.read_at) for item in items] == [
            (KIND, {"code": "A B"}, None)
        ]
        assert items[0].at == now + timedelta(minutes=6)
        assert queries.inbox_size(reading, person.id) == 1


def test_message_no_longer_true_is_not_sent(db: Session, database: Database, now: datetime) -> None:
    person = make_person(db)
    tell(db, person.id, now)
    db.commit()
    _due_now["is_due"] = False
    jobs.deliver(database, now)
    with database.read() as reading:
        assert reading.scalars(select(OutboxMessage.state)).all() == ["superseded"]
        assert queries.unread_count(reading, person.id) == 0


def test_message_that_stops_being_true_while_sent_is_not_kept(
    db: Session, database: Database, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = make_person(db)
    tell(db, person.id, now)
    db.commit()
    real = services.hand_over

    def meanwhile(
        message: OutboxMessage, reach: Reach, desk: services.Desk
    ) -> TransportFault | None:
        _due_now["is_due"] = False
        return real(message, reach, desk)

    monkeypatch.setattr(services, "hand_over", meanwhile)
    jobs.deliver(database, now)
    with database.read() as reading:
        assert reading.scalars(select(OutboxMessage.state)).all() == ["superseded"]
        assert queries.unread_count(reading, person.id) == 0


def test_a_feature_s_bug_does_not_stop_other_messages(
    db: Session, database: Database, now: datetime
) -> None:
    person = make_person(db)
    tell(db, person.id, now, cause="a", payload={"code": "1", "n": "broken"})
    tell(db, person.id, now, cause="b", payload={})
    tell(db, person.id, now, cause="c")
    db.commit()
    jobs.deliver(database, now)
    with database.read() as reading:
        rows = reading.execute(
            select(OutboxMessage.state, OutboxMessage.last_error).order_by(OutboxMessage.id)
        ).all()
    assert [row.state for row in rows] == ["pending", "pending", "sent"]
    assert "a bug in a feature" in rows[0].last_error
    assert "KeyError" in rows[1].last_error, "its payload lacks what its title names"


def test_failing_channel_is_tried_again_and_given_up(
    db: Session, database: Database, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []

    def fail(envelope: Envelope, _desk: Desk) -> None:
        tries.append(envelope.key)
        raise TransportFault("no answer")

    failing = replace(services.CHANNELS["inbox"], send=fail)
    monkeypatch.setitem(services.CHANNELS, "inbox", failing)
    tell(db, make_person(db).id, now)
    db.commit()
    at = now
    for _ in range(MAX_ATTEMPTS + 3):
        jobs.deliver(database, at)
        at += timedelta(hours=3)
    assert len(tries) == MAX_ATTEMPTS
    assert len(set(tries)) == 1
    with database.read() as reading:
        assert reading.scalars(select(OutboxMessage.state)).all() == ["dead"]


@pytest.mark.parametrize("wrong", [{"channel": "pigeon"}, {"recipient": "mail:x@example.test"}])
def test_message_nobody_can_carry_dies_at_once(
    db: Session, database: Database, now: datetime, wrong: dict[str, str]
) -> None:
    tell(db, make_person(db).id, now)
    db.execute(update(OutboxMessage).values(**wrong))
    db.commit()
    jobs.deliver(database, now)
    with database.read() as reading:
        assert reading.scalars(select(OutboxMessage.state)).all() == ["dead"]


def test_two_deliverers_at_once_send_each_message_once(
    db: Session, database: Database, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []
    inbox = services.CHANNELS["inbox"]

    def count(envelope: Envelope, desk: Desk) -> None:
        sent.append(envelope.key)
        inbox.send(envelope, desk)

    monkeypatch.setitem(services.CHANNELS, "inbox", replace(inbox, send=count))
    person = make_person(db)
    for number in range(20):
        tell(db, person.id, now, cause=f"order:{number}")
    db.commit()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _n: jobs.deliver(database, now), range(4)))
    assert len(sent) == len(set(sent)) == 20
    with database.read() as reading:
        assert queries.unread_count(reading, person.id) == 20


def test_a_slow_deliverer_whose_lease_ran_out_records_nothing(
    db: Session, database: Database, now: datetime
) -> None:
    person = make_person(db)
    tell(db, person.id, now)
    db.commit()
    slow = next(outbox.claim_due(database, now))
    later = now + outbox.LEASE + timedelta(seconds=1)
    fast = next(outbox.claim_due(database, later))
    assert jobs.deliver_one(database, slow, now) == "taken"
    assert jobs.deliver_one(database, fast, later) == "sent"
    with database.read() as reading:
        assert reading.scalar(select(func.count()).select_from(InboxItem)) == 1


def test_messages_of_others_cannot_be_marked(
    db: Session, database: Database, now: datetime
) -> None:
    owner, other = make_person(db), make_person(db)
    tell(db, owner.id, now)
    db.commit()
    jobs.deliver(database, now)
    with database.write() as writing:
        item_id = writing.scalars(select(InboxItem.id)).one()
        with pytest.raises(NotFound):
            services.mark_read(writing, person_id=other.id, item_id=item_id, now=now)
        services.mark_all_read(writing, person_id=other.id, now=now)
        assert queries.unread_count(writing, owner.id) == 1
        services.mark_read(writing, person_id=owner.id, item_id=item_id, now=now)
        services.mark_read(
            writing, person_id=owner.id, item_id=item_id, now=now + timedelta(days=1)
        )
        assert writing.scalars(select(InboxItem.read_at)).one() == now
        assert queries.unread_count(writing, owner.id) == 0
