"""The outbox: whatever leaves the house is a row written in the transaction of its cause.

A crash loses nothing, because the row is there; a retry does nothing twice, because the row's key
is unique and each sending asks once more whether the message is still due.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, String, Text, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from shop.core.db import Base, Database, Id, insert_into
from shop.core.errors import Conflict

LEASE = timedelta(seconds=60)
MAX_ATTEMPTS = 8
FIRST_RETRY = timedelta(seconds=30)

STATES = ("pending", "sending", "sent", "superseded", "dead")


class OutboxMessage(Base):
    """One message to one recipient by one channel."""

    __tablename__ = "outbox_message"
    __table_args__ = (
        CheckConstraint("state IN ('pending','sending','sent','superseded','dead')", name="state"),
        Index(None, "state", "due_at"),
        Index(None, "ref"),
    )

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(200), unique=True)
    kind: Mapped[str] = mapped_column(String(60))
    channel: Mapped[str] = mapped_column(String(20))
    recipient: Mapped[str] = mapped_column(String(200))
    ref: Mapped[str | None] = mapped_column(String(100))
    desk: Mapped[str | None] = mapped_column(String(40))
    """Who is asked to telephone when no channel works, e.g. ``producer:5``."""
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(20), default="pending")
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(Text)


class TransportFault(Exception):
    """Sending failed. ``is_permanent`` says that trying again cannot help."""

    def __init__(self, message: str, *, is_permanent: bool = False) -> None:
        super().__init__(message)
        self.is_permanent = is_permanent


def put(
    db: Session,
    *,
    key: str,
    kind: str,
    channel: str,
    recipient: str,
    payload: Mapping[str, Any],
    due_at: datetime,
    ref: str | None = None,
    desk: str | None = None,
) -> bool:
    """Write a message unless one with this key exists; says whether it was written.

    ``key`` names cause, kind, recipient and channel, e.g. ``order:7:shipped:person:3:inbox``.
    """
    made = db.execute(
        insert_into(db, OutboxMessage)
        .values(
            key=key,
            kind=kind,
            channel=channel,
            recipient=recipient,
            payload=dict(payload),
            due_at=due_at,
            ref=ref,
            desk=desk,
        )
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(OutboxMessage.id)
    )
    return made.one_or_none() is not None


def withdraw(db: Session, *, ref: str, kinds: tuple[str, ...] | None = None) -> None:
    """Supersede what has not been sent yet for ``ref``, e.g. the reminders of a moved session."""
    statement = (
        update(OutboxMessage)
        .where(OutboxMessage.ref == ref, OutboxMessage.state == "pending")
        .values(state="superseded")
    )
    if kinds is not None:
        statement = statement.where(OutboxMessage.kind.in_(kinds))
    db.execute(statement)


def claim_due(database: Database, now: datetime, *, limit: int = 50) -> Iterator[OutboxMessage]:
    """Yield due messages one by one, each claimed for LEASE so that no other worker has it."""
    with database.read() as db:
        due = db.scalars(
            select(OutboxMessage.id)
            .where(_is_claimable(now), OutboxMessage.due_at <= now)
            .order_by(OutboxMessage.due_at, OutboxMessage.id)
            .limit(limit)
        ).all()
    for message_id in due:
        with database.transaction() as db:
            claimed = db.scalars(
                update(OutboxMessage)
                .where(OutboxMessage.id == message_id, _is_claimable(now))
                .values(
                    state="sending",
                    leased_until=now + LEASE,
                    attempts=OutboxMessage.attempts + 1,
                )
                .returning(OutboxMessage)
            ).one_or_none()
        if claimed is not None:
            yield claimed


def _is_claimable(now: datetime) -> Any:
    return or_(
        OutboxMessage.state == "pending",
        (OutboxMessage.state == "sending") & (OutboxMessage.leased_until < now),
    )


def settle(
    db: Session, message: OutboxMessage, *, now: datetime, fault: TransportFault | None = None
) -> str:
    """Record how a claimed sending ended; returns sent, pending (to be tried again) or dead."""
    values: dict[str, Any]
    if fault is None:
        values = {"state": "sent", "sent_at": now, "last_error": None}
    elif fault.is_permanent or message.attempts >= MAX_ATTEMPTS:
        values = {"state": "dead", "last_error": str(fault)}
    else:
        pause = FIRST_RETRY * 2 ** (message.attempts - 1)
        values = {"state": "pending", "due_at": now + pause, "last_error": str(fault)}
    _settle(db, message, values)
    return str(values["state"])


def supersede(db: Session, message: OutboxMessage) -> None:
    """Record that a claimed message was no longer due when it was about to be sent."""
    _settle(db, message, {"state": "superseded"})


def _settle(db: Session, message: OutboxMessage, values: dict[str, Any]) -> None:
    settled = db.execute(
        update(OutboxMessage)
        .where(
            OutboxMessage.id == message.id,
            OutboxMessage.state == "sending",
            OutboxMessage.attempts == message.attempts,
        )
        .values(leased_until=None, **values)
        .returning(OutboxMessage.id)
    )
    if settled.one_or_none() is None:
        raise Conflict


StillDue = Callable[[Session, str, Mapping[str, Any]], bool]
"""Asked with (db, ref, payload) at the moment of sending: is this message still true?"""

_still_due: dict[str, StillDue] = {}


def register_kind(kind: str, still_due: StillDue | None = None) -> None:
    """Declare a message kind, with the question asked just before each of its sendings."""
    if kind in _still_due:
        raise ValueError(f"message kind {kind} is declared twice")
    _still_due[kind] = still_due or (lambda _db, _ref, _payload: True)


def is_still_due(db: Session, message: OutboxMessage) -> bool:
    """Whether ``message`` may still be sent. Kinds nobody declared are never sent."""
    ask = _still_due.get(message.kind)
    return ask is not None and ask(db, message.ref or "", message.payload)
