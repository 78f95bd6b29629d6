"""Reading the inbox, the calls to make, and how someone is reached."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, false, func, or_, select
from sqlalchemy.orm import Session

from shop.accounts.models import Person
from shop.accounts.rules import staff_scope_of
from shop.notifications.models import (
    CallTask,
    Contact,
    InboxItem,
    MessagePreference,
    PushSubscription,
)
from shop.notifications.rules import DEFAULT_LEVEL, PushAddress, Reach, contact_of, person_of
from shop.web.actor import Actor


def unread_count(db: Session, person_id: int) -> int:
    """How many messages the person has not read."""
    return (
        db.scalar(
            select(func.count())
            .select_from(InboxItem)
            .where(InboxItem.person_id == person_id, InboxItem.read_at.is_(None))
        )
        or 0
    )


def inbox_size(db: Session, person_id: int) -> int:
    """How many messages the person has."""
    statement = select(func.count()).select_from(InboxItem)
    return db.scalar(statement.where(InboxItem.person_id == person_id)) or 0


def inbox_page(db: Session, person_id: int, *, limit: int, offset: int) -> list[InboxItem]:
    """One page of a person's messages, newest first."""
    return list(
        db.scalars(
            select(InboxItem)
            .where(InboxItem.person_id == person_id)
            .order_by(InboxItem.at.desc(), InboxItem.id.desc())
            .limit(limit)
            .offset(offset)
        )
    )


def reaches_of(
    db: Session, recipients: Iterable[str], *, with_push: bool = False
) -> dict[str, Reach]:
    """How each recipient is reached, in two statements at most (three ``with_push``, which adds
    their browsers); unknown, disabled and erased ones are missing."""
    wanted = set(recipients)
    people = [number for each in wanted if (number := person_of(each)) is not None]
    contacts = [number for each in wanted if (number := contact_of(each)) is not None]
    found: dict[str, Reach] = {}
    devices = _devices_of(db, people) if people and with_push else {}
    if people:
        person_rows = db.execute(
            select(Person.id, Person.name, Person.email, Person.phone, Person.language).where(
                Person.id.in_(people), Person.disabled_at.is_(None)
            )
        )
        for row in person_rows:
            recipient = f"person:{row.id}"
            push = tuple(devices.get(row.id, ()))
            found[recipient] = Reach(recipient, row.name, row.email, row.phone, row.language, push)
    if contacts:
        contact_rows = db.execute(
            select(Contact.id, Contact.name, Contact.email, Contact.phone, Contact.language).where(
                Contact.id.in_(contacts), Contact.digest.is_not(None)
            )
        )
        for row in contact_rows:
            recipient = f"contact:{row.id}"
            found[recipient] = Reach(recipient, row.name, row.email, row.phone, row.language)
    return found


def _devices_of(db: Session, person_ids: Iterable[int]) -> dict[int, list[PushAddress]]:
    found: dict[int, list[PushAddress]] = {}
    for row in db.scalars(
        select(PushSubscription)
        .where(PushSubscription.person_id.in_(person_ids))
        .order_by(PushSubscription.id)
    ):
        device = PushAddress(row.id, row.endpoint, row.p256dh, row.auth)
        found.setdefault(row.person_id, []).append(device)
    return found


def devices_of(db: Session, person_id: int) -> list[PushSubscription]:
    """The browsers that show a person's notifications, oldest first."""
    return list(
        db.scalars(
            select(PushSubscription)
            .where(PushSubscription.person_id == person_id)
            .order_by(PushSubscription.id)
        )
    )


def levels_of(db: Session, person_ids: Iterable[int]) -> dict[tuple[int, str], str]:
    """What people chose, by person and channel; who never chose is missing."""
    wanted = set(person_ids)
    if not wanted:
        return {}
    rows = db.scalars(select(MessagePreference).where(MessagePreference.person_id.in_(wanted)))
    return {(row.person_id, row.channel): row.level for row in rows}


def level_of(db: Session, person_id: int, channel: str) -> str:
    """What a person wants by a channel."""
    return levels_of(db, [person_id]).get((person_id, channel), DEFAULT_LEVEL)


def calls_of(actor: Actor, desk_kind: str) -> ColumnElement[bool]:
    """The condition for the call tasks of one desk kind that ``actor`` may see and settle."""
    keys: frozenset[str] | None
    if desk_kind == "province":
        keys = staff_scope_of(actor)
    else:
        units = actor.producers if desk_kind == "producer" else actor.clubs
        keys = frozenset(str(unit) for unit in units)
    mine = CallTask.desk_kind == desk_kind
    if keys is None:
        return mine
    return mine & (CallTask.desk_key.in_(keys) if keys else false())


def open_call_count(db: Session, actor: Actor, desk_kind: str) -> int:
    """How many calls wait at the actor's desks of one kind."""
    statement = select(func.count()).select_from(CallTask)
    open_ones = statement.where(calls_of(actor, desk_kind), CallTask.settled_at.is_(None))
    return db.scalar(open_ones) or 0


def call_page(
    db: Session, actor: Actor, desk_kind: str, *, is_open: bool, limit: int, offset: int
) -> list[CallTask]:
    """One page of calls: open ones oldest first, settled ones newest first."""
    statement = select(CallTask).where(calls_of(actor, desk_kind))
    if is_open:
        statement = statement.where(CallTask.settled_at.is_(None)).order_by(
            CallTask.tries, CallTask.created_at, CallTask.id
        )
    else:
        statement = statement.where(CallTask.settled_at.is_not(None)).order_by(
            CallTask.settled_at.desc(), CallTask.id.desc()
        )
    return list(db.scalars(statement.limit(limit).offset(offset)))


def settled_call_count(db: Session, actor: Actor, desk_kind: str) -> int:
    """How many calls at the actor's desks of one kind are done."""
    statement = select(func.count()).select_from(CallTask)
    return (
        db.scalar(statement.where(calls_of(actor, desk_kind), CallTask.settled_at.is_not(None)))
        or 0
    )


def calls_for(db: Session, *, ref: str, kinds: Iterable[str] | None = None) -> list[CallTask]:
    """The call tasks written for ``ref``, in order of their making."""
    statement = select(CallTask).where(CallTask.ref == ref)
    if kinds is not None:
        statement = statement.where(or_(*(CallTask.kind == kind for kind in kinds)))
    return list(db.scalars(statement.order_by(CallTask.id)))
