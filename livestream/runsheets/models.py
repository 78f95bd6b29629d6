"""Blocks of a session's run sheet and the words written for its products."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.db import Base, Id, Ref, one_of

BLOCK_KINDS = ("opening", "product", "flash", "questions", "game", "pause", "closing")
ITEM_KINDS = ("product", "flash")
"""Kinds of blocks that show a product of the line-up."""


class RunBlock(Base):
    """A stretch of the session with planned minutes. What became of it on air the console keeps."""

    __tablename__ = "live_run_block"
    __table_args__ = (
        one_of("kind", BLOCK_KINDS),
        CheckConstraint("minutes BETWEEN 1 AND 240", name="minutes"),
        CheckConstraint("(kind IN ('product','flash')) = (item_id IS NOT NULL)", name="item"),
        Index(None, "session_id", "position"),
    )

    id: Mapped[Id]
    session_id: Mapped[Ref] = mapped_column(ForeignKey("live_session.id"))
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(10))
    item_id: Mapped[Ref | None] = mapped_column(
        ForeignKey("live_session_item.id", ondelete="CASCADE"), index=True
    )
    minutes: Mapped[int]
    title: Mapped[str] = mapped_column(String(120), default="")
    note: Mapped[str] = mapped_column(Text, default="")


class ItemScript(Base):
    """What the host means to say of a product, and which talking points are left out.

    Talking points themselves are never stored: they are read from label, certificates and journal
    whenever the page is opened, so that an expired one is gone by itself.
    """

    __tablename__ = "live_item_script"

    id: Mapped[Id]
    item_id: Mapped[Ref] = mapped_column(
        ForeignKey("live_session_item.id", ondelete="CASCADE"), unique=True
    )
    words: Mapped[str] = mapped_column(Text, default="")
    left_out: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """Keys of talking points that this club does not want on the sheet."""
    changed_by: Mapped[Ref] = mapped_column(ForeignKey("person.id"))
    changed_at: Mapped[datetime]
