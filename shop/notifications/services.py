"""Telling people: other features say whom and what; the outbox and the channels do the rest."""

import logging
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shop.core import outbox, plugs
from shop.core.errors import NotFound
from shop.core.outbox import OutboxMessage, StillDue, TransportFault
from shop.notifications import channels
from shop.notifications.models import InboxItem
from shop.notifications.rules import (
    Channel,
    Envelope,
    MessageKind,
    Payload,
    UrlOf,
    outbox_key,
    person_of,
)

log = logging.getLogger(__name__)

CHANNELS: dict[str, Channel] = plugs.load(channels, "CHANNEL", Channel)

_kinds: dict[str, MessageKind] = {}
_in_use: set[str] = {slug for slug, channel in CHANNELS.items() if channel.used == "always"}


def use_channels(*, is_development: bool) -> None:
    """Choose the channels that ``notify`` writes to in this process."""
    _in_use.clear()
    _in_use.update(
        slug
        for slug, channel in CHANNELS.items()
        if channel.used == "always" or (channel.used == "development" and is_development)
    )


def register_message(
    kind: str, *, title: str, url: str | UrlOf = "", still_due: StillDue | None = None
) -> None:
    """Declare a message kind. Declaring the same again is harmless: several applications may be
    made in one process. Raises ValueError when two features claim one kind.

    ``title`` is a Vietnamese msgid with ``%(name)s`` places filled from the payload; ``url`` a path
    with such places or a function of the payload; ``still_due(db, ref, payload)`` is asked just
    before each sending.
    """
    known = _kinds.get(kind)
    if known is None:
        _kinds[kind] = MessageKind(kind, title, url)
        outbox.register_kind(kind, still_due)
    elif known.title != title:
        raise ValueError(f"message kind {kind} is declared twice")


def kind_of(slug: str) -> MessageKind | None:
    """A declared message kind."""
    return _kinds.get(slug)


def notify(
    db: Session,
    *,
    person_ids: Iterable[int],
    kind: str,
    cause: str,
    payload: Payload,
    now: datetime,
    ref: str | None = None,
    due_at: datetime | None = None,
) -> int:
    """Write one outbox row a person and channel, once per (cause, kind, person, channel).

    ``cause`` names what happened, e.g. ``order:7``; ``ref`` is what ``still_due`` and
    ``outbox.withdraw`` ask for; ``payload`` holds codes and names of things, no personal data.
    Returns how many rows are new. Raises KeyError for a kind that nobody declared.
    """
    declared = _kinds[kind]
    written = 0
    for person_id in sorted(set(person_ids)):
        for channel in sorted(_in_use):
            written += outbox.put(
                db,
                key=outbox_key(cause, declared.slug, person_id, channel),
                kind=declared.slug,
                channel=channel,
                recipient=f"person:{person_id}",
                payload=payload,
                due_at=due_at or now,
                ref=ref,
            )
    return written


class Desk:
    """Collects what a channel wants kept until the settling transaction."""

    def __init__(self) -> None:
        self.kept: list[Envelope] = []

    def keep(self, envelope: Envelope) -> None:
        """Remember the message for the settling."""
        self.kept.append(envelope)


def hand_over(message: OutboxMessage, desk: Desk) -> TransportFault | None:
    """Give a claimed message to its channel, outside any transaction; returns what went wrong."""
    channel = CHANNELS.get(message.channel)
    person_id = person_of(message.recipient)
    kind = _kinds.get(message.kind)
    if channel is None or person_id is None or kind is None:
        return TransportFault("nobody knows this channel, recipient or kind", is_permanent=True)
    try:
        envelope = Envelope(
            key=message.key,
            kind=message.kind,
            person_id=person_id,
            title=kind.title % message.payload if message.payload else kind.title,
            url=kind.url_of(message.payload),
            payload=message.payload,
        )
        channel.send(envelope, desk)
    except TransportFault as fault:
        return fault
    except Exception as error:
        log.exception("message %s failed", message.key)
        return TransportFault(repr(error))
    return None


def settle_delivery(
    db: Session, message: OutboxMessage, desk: Desk, fault: TransportFault | None, *, now: datetime
) -> str:
    """Record how a claimed message ended and keep what the desk holds, in one transaction.

    What is to be kept is asked once more whether it is still due. Returns sent, superseded or
    failed. Raises Conflict when the lease ran out and someone else has the message.
    """
    if fault is None and desk.kept and not outbox.is_still_due(db, message):
        outbox.supersede(db, message)
        return "superseded"
    outbox.settle(db, message, now=now, fault=fault)
    if fault is not None:
        return "failed"
    for envelope in desk.kept:
        _keep(db, envelope, now)
    return "sent"


def _keep(db: Session, envelope: Envelope, now: datetime) -> None:
    if db.scalar(select(InboxItem.id).where(InboxItem.outbox_key == envelope.key)) is None:
        db.add(
            InboxItem(
                outbox_key=envelope.key,
                person_id=envelope.person_id,
                kind=envelope.kind,
                payload=dict(envelope.payload),
                at=now,
            )
        )
        db.flush()


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
