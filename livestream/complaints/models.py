"""Viewers' complaints, and what is kept of a session to judge them by."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.db import Base, Id, Ref, never_changed, one_of

KINDS = ("claim", "price", "origin", "conduct", "other")
STATES = ("open", "upheld", "dismissed")
CAUSES = ("aired", "stopped")


class Complaint(Base):
    """What a viewer found wrong, during the session or after it.

    Words and contact are personal and may be emptied; kind, state and answer stay.
    """

    __tablename__ = "live_complaint"
    __table_args__ = (
        one_of("kind", KINDS),
        one_of("state", STATES),
        CheckConstraint("state = 'open' OR answer <> ''", name="answered"),
        Index(None, "session_id", "state"),
    )

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(12), unique=True)
    """What the viewer keeps to ask about it."""
    session_id: Mapped[Ref] = mapped_column(ForeignKey("live_session.id"))
    item_id: Mapped[Ref | None] = mapped_column(
        ForeignKey("live_session_item.id", ondelete="SET NULL")
    )
    kind: Mapped[str] = mapped_column(String(10))
    words: Mapped[str] = mapped_column(Text)
    contact: Mapped[str] = mapped_column(String(120), default="")
    state: Mapped[str] = mapped_column(String(10), default="open")
    answer: Mapped[str] = mapped_column(Text, default="")
    decided_by: Mapped[Ref | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    submit_key: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]


class Evidence(Base):
    """A session as it was planned, shown and stopped, frozen when it went off air."""

    __tablename__ = "live_evidence"
    __table_args__ = (
        UniqueConstraint("session_id", "cause"),
        one_of("cause", CAUSES),
        Index(None, "keep_until"),
    )

    id: Mapped[Id]
    session_id: Mapped[Ref] = mapped_column(ForeignKey("live_session.id"))
    cause: Mapped[str] = mapped_column(String(8))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    digest: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the facts as canonical JSON: tells whether somebody touched them."""
    taken_at: Mapped[datetime]
    keep_until: Mapped[datetime]


never_changed("live_evidence")
