"""The inbox, contacts without an account, what people prefer, and calls to make."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, ColumnElement, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.db import Base, Id, Ref, one_of
from shop.notifications.rules import DESKS, LEVELS, OUTCOMES


class InboxItem(Base):
    """A message in a person's inbox; its words are made from kind and payload when shown."""

    __tablename__ = "inbox_item"
    __table_args__ = (Index(None, "person_id", "read_at", "at"),)

    id: Mapped[Id]
    outbox_key: Mapped[str] = mapped_column(String(200), unique=True)
    person_id: Mapped[Ref] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(60))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime]
    read_at: Mapped[datetime | None]


class Contact(Base):
    """Someone without an account whom messages must reach: a guest who bought, a follower.

    Erasure empties name, e-mail and phone and takes the digest away; the row's id stays in the
    outbox. ``digest`` is the SHA-256 of e-mail and phone, so that one contact has one row.
    """

    __tablename__ = "contact"
    __table_args__ = (one_of("language", ("vi", "en")),)

    id: Mapped[Id]
    digest: Mapped[str | None] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(120), default="")
    email: Mapped[str | None] = mapped_column(String(200))
    phone: Mapped[str | None] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(2), default="vi")
    created_at: Mapped[datetime]


class Following:
    """What every wish to be told of a thing has: see ``services.following``.

    ``recipient`` is as the outbox knows it: ``person:3``, or ``contact:5`` for a guest whose e-mail
    address is confirmed first and stands with contacts, not here. States: ``unconfirmed``,
    ``ACTIVE``, ``ended`` and what else the model has.
    """

    ACTIVE: ClassVar[str]

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(24), unique=True)
    """Names the row in the links of its mails: 100 random bits, so that who has it may use it."""
    recipient: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(12))
    asked_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    @classmethod
    def is_open(cls) -> ColumnElement[bool]:
        """A wish that still stands, confirmed or not."""
        return cls.state.in_(("unconfirmed", cls.ACTIVE))


class MessagePreference(Base):
    """What a person wants by one channel; no row: only what is important."""

    __tablename__ = "message_preference"
    __table_args__ = (one_of("level", LEVELS),)

    person_id: Mapped[Ref] = mapped_column(ForeignKey("person.id"), primary_key=True)
    channel: Mapped[str] = mapped_column(String(20), primary_key=True)
    level: Mapped[str] = mapped_column(String(10))


class CallTask(Base):
    """A message that someone must say by telephone or Zalo; words are made when shown."""

    __tablename__ = "call_task"
    __table_args__ = (
        one_of("desk_kind", DESKS),
        one_of("outcome", OUTCOMES),
        Index(None, "desk_kind", "desk_key", "settled_at"),
        Index(None, "ref"),
    )

    id: Mapped[Id]
    outbox_key: Mapped[str] = mapped_column(String(200), unique=True)
    kind: Mapped[str] = mapped_column(String(60))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    ref: Mapped[str | None] = mapped_column(String(100))
    recipient: Mapped[str] = mapped_column(String(200))
    desk_kind: Mapped[str] = mapped_column(String(10))
    desk_key: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    last_try_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(20))
    """The latest one."""
    note: Mapped[str] = mapped_column(String(300), default="")
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[Ref | None] = mapped_column(ForeignKey("person.id"))


class PushSubscription(Base):
    """A browser that a person allowed to show notifications (RFC 8030, RFC 8291)."""

    __tablename__ = "push_subscription"

    id: Mapped[Id]
    person_id: Mapped[Ref] = mapped_column(ForeignKey("person.id"), index=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    """SHA-256 of the endpoint: one browser has one row, whoever is signed in there."""
    endpoint: Mapped[str] = mapped_column(String(1000))
    p256dh: Mapped[str] = mapped_column(String(100))
    """The browser's public key, base64url of 65 bytes."""
    auth: Mapped[str] = mapped_column(String(40))
    """The browser's authentication secret, base64url of 16 bytes."""
    device: Mapped[str] = mapped_column(String(80), default="")
    """What the person recognises it by, e.g. ``Chrome, Android``."""
    created_at: Mapped[datetime]
