"""What was pressed on air, the comments that were taken in, and the drafts made of them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from livestream.onair.rules.cues import KINDS
from shop.core.db import Base, Id, Ref, append_only, one_of

READINGS = ("order", "cancel", "question")
DRAFT_STATES = ("open", "placed", "dropped")


class LivePress(Base):
    """One press of a button of the console, by its own key. Append-only."""

    __tablename__ = "live_press"
    __table_args__ = (
        UniqueConstraint("session_id", "press_key"),
        one_of("kind", KINDS),
        CheckConstraint("minutes IS NULL OR minutes BETWEEN 1 AND 240", name="minutes"),
    )

    id: Mapped[Id]
    session_id: Mapped[Ref] = mapped_column(ForeignKey("live_session.id"))
    press_key: Mapped[str] = mapped_column(String(64))
    """Made by the console when the button was pressed: the same press sent twice is one row."""
    kind: Mapped[str] = mapped_column(String(12))
    item_id: Mapped[Ref | None] = mapped_column(ForeignKey("live_session_item.id"))
    minutes: Mapped[int | None]
    happened_at: Mapped[datetime]
    """When it was pressed, by our clock."""
    received_at: Mapped[datetime]
    actor_id: Mapped[Ref]


class LiveComment(Base):
    """A viewer's comment that orders, cancels or asks; others are not kept.

    What people wrote and who they are is personal: it is emptied some time after the session.
    """

    __tablename__ = "live_comment"
    __table_args__ = (
        UniqueConstraint("channel_id", "comment_key"),
        one_of("reading", READINGS),
        Index(None, "session_id", "id"),
    )

    id: Mapped[Id]
    session_id: Mapped[Ref] = mapped_column(ForeignKey("live_session.id"))
    channel_id: Mapped[Ref] = mapped_column(ForeignKey("live_resource.id"))
    comment_key: Mapped[str] = mapped_column(String(80))
    """The platform's id of it, or a digest of session, author and words when it was pasted."""
    author_key: Mapped[str] = mapped_column(String(64))
    """Digest that tells comments of one author; says nothing about who."""
    author: Mapped[str] = mapped_column(String(120), default="")
    text: Mapped[str] = mapped_column(Text, default="")
    reading: Mapped[str] = mapped_column(String(10))
    received_at: Mapped[datetime]


class OrderDraft(Base):
    """What a comment seems to order; a person makes an order of it, or drops it."""

    __tablename__ = "live_order_draft"
    __table_args__ = (
        one_of("state", DRAFT_STATES),
        CheckConstraint("(state = 'placed') = (group_id IS NOT NULL)", name="placed"),
        Index(None, "session_id", "state", "id"),
    )

    id: Mapped[Id]
    session_id: Mapped[Ref] = mapped_column(ForeignKey("live_session.id"))
    comment_id: Mapped[Ref] = mapped_column(ForeignKey("live_comment.id"), unique=True)
    """One comment, one draft."""
    phone: Mapped[str] = mapped_column(String(12), default="")
    doubts: Mapped[str] = mapped_column(String(120), default="")
    """Slugs of what a person should look at, separated by blanks (rules.comments.DOUBTS)."""
    state: Mapped[str] = mapped_column(String(8), default="open")
    group_id: Mapped[Ref | None] = mapped_column(ForeignKey("checkout_group.id"), unique=True)
    decided_by: Mapped[Ref | None]
    decided_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class OrderDraftLine(Base):
    """So many units of a line-up item."""

    __tablename__ = "live_order_draft_line"
    __table_args__ = (
        UniqueConstraint("draft_id", "item_id"),
        CheckConstraint("quantity BETWEEN 1 AND 99", name="quantity"),
    )

    id: Mapped[Id]
    draft_id: Mapped[Ref] = mapped_column(ForeignKey("live_order_draft.id"))
    item_id: Mapped[Ref] = mapped_column(ForeignKey("live_session_item.id"))
    quantity: Mapped[int]


append_only("live_press")
