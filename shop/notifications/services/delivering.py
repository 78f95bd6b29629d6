"""Handing a claimed message to its channel, and recording how that ended."""

import logging
from datetime import datetime
from functools import partial

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from shop.core import outbox
from shop.core.outbox import OutboxMessage, TransportFault
from shop.notifications import queries
from shop.notifications.models import CallTask, InboxItem, PushSubscription
from shop.notifications.rules import (
    Envelope,
    Post,
    Reach,
    contact_of,
    desk_parts,
    payload_in,
    person_of,
)
from shop.notifications.services.kinds import CHANNELS, kind_of, post
from shop.notifications.services.writing import CALL
from shop.web.sentences import translate

log = logging.getLogger(__name__)


class Desk:
    """Collects what a channel wants kept until the settling transaction."""

    def __init__(self) -> None:
        self.kept: list[Envelope] = []
        self.calls: list[Envelope] = []
        self.gone: list[int] = []

    @property
    def post(self) -> Post:
        """How messages leave, and the site's origin."""
        return post()

    def keep(self, envelope: Envelope) -> None:
        """Remember the message for the settling."""
        self.kept.append(envelope)

    def ask_to_call(self, envelope: Envelope) -> None:
        """Remember the call for the settling."""
        self.calls.append(envelope)

    def forget_device(self, device_id: int) -> None:
        """Remember the gone browser for the settling."""
        self.gone.append(device_id)


def reach_now(db: Session, message: OutboxMessage) -> Reach | None:
    """How the recipient is reached at this moment; None when the channel cannot reach them (any
    more): the account is closed, the contact erased, the address taken away.

    Raises TransportFault for a channel or a recipient that nobody knows.
    """
    channel, recipient = CHANNELS.get(message.channel), message.recipient
    if channel is None or (person_of(recipient) is None and contact_of(recipient) is None):
        raise TransportFault("nobody knows this channel or recipient", is_permanent=True)
    is_push = message.channel == "webpush"
    reach = queries.reaches_of(db, [recipient], with_push=is_push).get(recipient)
    return reach if reach and channel.reaches(reach) else None


def hand_over(message: OutboxMessage, reach: Reach, desk: Desk) -> TransportFault | None:
    """Give a claimed message to its channel, outside any transaction; returns what went wrong."""
    kind = kind_of(message.kind)
    if kind is None:
        return TransportFault("nobody declares this kind", is_permanent=True)
    try:
        CHANNELS[message.channel].send(
            Envelope(
                key=message.key,
                kind=message.kind,
                reach=reach,
                title=_say(kind.title, message, reach),
                body=_say(kind.body, message, reach),
                url=kind.url_of(message.payload),
                leave_url=kind.leave_url_of(message.payload),
                payload=message.payload,
                desk=message.desk,
                invite=(
                    partial(kind.invitation, message.payload, reach) if kind.invitation else None
                ),
            ),
            desk,
        )
    except TransportFault as fault:
        return fault
    except Exception as error:
        log.exception("message %s failed", message.key)
        return TransportFault(repr(error))
    return None


def _say(sentence: str, message: OutboxMessage, reach: Reach) -> str:
    text = translate(sentence, reach.language) if sentence else ""
    return text % payload_in(message.payload, reach.language) if message.payload else text


def settle_delivery(
    db: Session, message: OutboxMessage, desk: Desk, fault: TransportFault | None, *, now: datetime
) -> str:
    """Record how a claimed message ended and keep what the desk holds, in one transaction.

    What is to be kept is asked once more whether it is still due. A message that finally fails and
    names a desk becomes a call there. Returns sent, superseded or failed. Raises Conflict when the
    lease ran out and someone else has the message.
    """
    if desk.gone:
        db.execute(delete(PushSubscription).where(PushSubscription.id.in_(desk.gone)))
    if fault is None and (desk.kept or desk.calls) and not outbox.is_still_due(db, message):
        outbox.supersede(db, message)
        return "superseded"
    state = outbox.settle(db, message, now=now, fault=fault)
    if fault is not None:
        if state == "dead":
            _call_instead(db, message, now)
        return "failed"
    for envelope in desk.kept:
        _keep(db, envelope, now)
    for envelope in desk.calls:
        _open_call(db, message, envelope, now)
    return "sent"


def _call_instead(db: Session, message: OutboxMessage, now: datetime) -> None:
    if message.desk is None or message.channel == CALL:
        return
    outbox.put(
        db,
        key=f"{message.key.removesuffix(f':{message.channel}')}:{CALL}",
        kind=message.kind,
        channel=CALL,
        recipient=message.recipient,
        payload=message.payload,
        due_at=now,
        ref=message.ref,
        desk=message.desk,
    )


def _keep(db: Session, envelope: Envelope, now: datetime) -> None:
    if db.scalar(select(InboxItem.id).where(InboxItem.outbox_key == envelope.key)) is None:
        db.add(
            InboxItem(
                outbox_key=envelope.key,
                person_id=envelope.reach.person_id,
                kind=envelope.kind,
                payload=dict(envelope.payload),
                at=now,
            )
        )
        db.flush()


def _open_call(db: Session, message: OutboxMessage, envelope: Envelope, now: datetime) -> None:
    if db.scalar(select(CallTask.id).where(CallTask.outbox_key == envelope.key)) is not None:
        return
    desk_kind, desk_key = desk_parts(envelope.desk or "")
    db.add(
        CallTask(
            outbox_key=envelope.key,
            kind=envelope.kind,
            payload=dict(envelope.payload),
            ref=message.ref,
            recipient=envelope.reach.recipient,
            desk_kind=desk_kind,
            desk_key=desk_key,
            created_at=now,
        )
    )
    db.flush()
