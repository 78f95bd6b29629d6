"""What people do with their messages: read them, choose how they come, write down a call."""

import hashlib
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from shop.core.db import insert_into
from shop.core.errors import Invalid, NotFound
from shop.core.text import N_, clean
from shop.notifications import push, queries, signals
from shop.notifications.models import CallTask, InboxItem, MessagePreference, PushSubscription
from shop.notifications.rules import (
    LEVELS,
    MAX_DEVICES,
    MAX_NOTE,
    OPEN_OUTCOMES,
    OUTCOMES,
    AlreadyCalled,
    BadDevice,
    TooManyDevices,
    UnknownOutcome,
)
from shop.notifications.services.kinds import post
from shop.web.actor import Actor


def mark_read(db: Session, *, person_id: int, item_id: int, now: datetime) -> InboxItem:
    """Mark one of the person's own messages as read. Raises NotFound for anyone else's."""
    item = db.scalar(
        select(InboxItem).where(InboxItem.id == item_id, InboxItem.person_id == person_id)
    )
    if item is None:
        raise NotFound
    item.read_at = item.read_at or now
    db.flush()
    return item


def mark_all_read(db: Session, *, person_id: int, now: datetime) -> None:
    """Mark everything in the person's inbox as read."""
    db.execute(
        update(InboxItem)
        .where(InboxItem.person_id == person_id, InboxItem.read_at.is_(None))
        .values(read_at=now)
    )


def choose_level(db: Session, *, person_id: int, channel: str, level: str) -> None:
    """Say what the person wants by a channel. Raises Invalid for a level that is none."""
    if level not in LEVELS:
        raise Invalid(N_("Hãy chọn một trong các mức có sẵn."), field="level")
    values = {"person_id": person_id, "channel": channel, "level": level}
    db.execute(
        insert_into(db, MessagePreference)
        .values(**values)
        .on_conflict_do_update(index_elements=["person_id", "channel"], set_={"level": level})
    )


def allow_device(
    db: Session,
    *,
    person_id: int,
    endpoint: str,
    p256dh: str,
    auth: str,
    device: str,
    now: datetime,
) -> None:
    """Show the person's notifications on a browser; one row a browser, whoever was there before.

    Raises BadDevice for an address of no push service we send to or keys that are none, and
    TooManyDevices.
    """
    if not push.is_service(endpoint, post().push_services) or not push.check_keys(p256dh, auth):
        raise BadDevice
    digest = hashlib.sha256(endpoint.encode()).hexdigest()
    others = select(func.count()).where(
        PushSubscription.person_id == person_id, PushSubscription.digest != digest
    )
    if (db.scalar(others) or 0) >= MAX_DEVICES:
        raise TooManyDevices
    values = {
        "person_id": person_id,
        "endpoint": endpoint,
        "p256dh": p256dh,
        "auth": auth,
        "device": clean(device).replace("\n", " ")[:80],
    }
    db.execute(
        insert_into(db, PushSubscription)
        .values(digest=digest, created_at=now, **values)
        .on_conflict_do_update(index_elements=["digest"], set_=values)
    )


def drop_device(db: Session, *, person_id: int, device_id: int) -> None:
    """No more notifications on one of the person's browsers. Raises NotFound for anyone else's."""
    dropped = db.execute(
        delete(PushSubscription)
        .where(PushSubscription.id == device_id, PushSubscription.person_id == person_id)
        .returning(PushSubscription.id)
    )
    if dropped.one_or_none() is None:
        raise NotFound


def record_call(
    db: Session,
    *,
    actor: Actor,
    desk_kind: str,
    task_id: int,
    outcome: str,
    note: str = "",
    now: datetime,
) -> CallTask:
    """Write down how a call went; an unanswered one stays to be tried again.

    One conditional UPDATE, so that two people cannot both settle a task. Raises NotFound for a task
    of another desk, UnknownOutcome, Invalid for a note over MAX_NOTE characters, AlreadyCalled.
    """
    if outcome not in OUTCOMES:
        raise UnknownOutcome(field="outcome")
    note = clean(note)
    if len(note) > MAX_NOTE:
        raise Invalid(N_("Ghi chú dài tối đa 300 ký tự."), field="note")
    is_mine = queries.calls_of(actor, desk_kind)
    if db.scalar(select(CallTask.id).where(CallTask.id == task_id, is_mine)) is None:
        raise NotFound
    is_open = outcome in OPEN_OUTCOMES
    task = db.scalars(
        update(CallTask)
        .where(CallTask.id == task_id, CallTask.settled_at.is_(None))
        .values(
            tries=CallTask.tries + 1,
            last_try_at=now,
            outcome=outcome,
            note=note,
            settled_at=None if is_open else now,
            settled_by=None if is_open else actor.id(),
        )
        .returning(CallTask)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if task is None:
        raise AlreadyCalled
    signals.call_recorded.send(
        None, db=db, task=task, outcome=outcome, now=now, actor_id=actor.person_id
    )
    return task


def withdraw_calls(db: Session, *, ref: str, now: datetime, actor_id: int | None) -> None:
    """Nobody needs to telephone about ``ref`` any more: open tasks count as reached."""
    db.execute(
        update(CallTask)
        .where(CallTask.ref == ref, CallTask.settled_at.is_(None))
        .values(outcome="reached", settled_at=now, settled_by=actor_id)
    )
