"""Templates of a producer's shops elsewhere, what was chosen for them, and what came back."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.db import Base, Id, Ref, one_of

RESULT_STATES = ("published", "rejected", "reviewing")


class ChannelTemplate(Base):
    """An empty mass-upload workbook of one shop on one channel. Private to its producer."""

    __tablename__ = "channel_template"
    __table_args__ = (
        UniqueConstraint("producer_id", "file_sha"),
        Index(None, "producer_id", "channel", "uploaded_at"),
        Index(None, "channel", "shop_ref"),
    )

    id: Mapped[Id]
    public_id: Mapped[str] = mapped_column(String(26), unique=True)
    producer_id: Mapped[Ref] = mapped_column(ForeignKey("producer.id"))
    channel: Mapped[str] = mapped_column(String(20))
    shop_label: Mapped[str] = mapped_column(String(80))
    """What the producer calls the shop; empty when there is only one."""
    shop_ref: Mapped[str] = mapped_column(String(80), default="")
    """How the file names its shop; empty when it does not."""
    file_name: Mapped[str] = mapped_column(String(200))
    file_sha: Mapped[str] = mapped_column(String(64), index=True)
    stored_name: Mapped[str] = mapped_column(String(80))
    fingerprint: Mapped[str] = mapped_column(String(64))
    """The same for two files that ask for the same things."""
    layout: Mapped[dict[str, Any]] = mapped_column(JSON)
    """``rules.layout.Layout`` as plain values. Never changed."""
    choices: Mapped[dict[str, Any]] = mapped_column(JSON)
    """What the producer decided for this template. Never changed in place: assign anew."""
    uploaded_by: Mapped[Ref] = mapped_column(ForeignKey("person.id"))
    uploaded_at: Mapped[datetime]
    superseded_by: Mapped[Ref | None] = mapped_column(ForeignKey("channel_template.id"))
    """The newer template of the same shop."""


class FilledSheet(Base):
    """A template that was filled: the file and its report, frozen."""

    __tablename__ = "filled_sheet"
    __table_args__ = (Index(None, "template_id", "made_at"),)

    id: Mapped[Id]
    public_id: Mapped[str] = mapped_column(String(26), unique=True)
    template_id: Mapped[Ref] = mapped_column(ForeignKey("channel_template.id"))
    profile_version: Mapped[str] = mapped_column(String(20))
    stored_name: Mapped[str] = mapped_column(String(80))
    """Of the filled file; its SHA-256 is the name."""
    report: Mapped[dict[str, Any]] = mapped_column(JSON)
    made_by: Mapped[Ref] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]


class ResultFile(Base):
    """A file that a channel gave back after an upload. Only its rows' verdicts are kept."""

    __tablename__ = "channel_result_file"
    __table_args__ = (
        UniqueConstraint("producer_id", "channel", "file_sha"),
        Index(None, "producer_id", "read_at"),
    )

    id: Mapped[Id]
    public_id: Mapped[str] = mapped_column(String(26), unique=True)
    producer_id: Mapped[Ref] = mapped_column(ForeignKey("producer.id"))
    channel: Mapped[str] = mapped_column(String(20))
    file_name: Mapped[str] = mapped_column(String(200))
    file_sha: Mapped[str] = mapped_column(String(64))
    unmatched: Mapped[list[Any]] = mapped_column(JSON)
    """Rows of no product of ours: number, SKU, name."""
    read_by: Mapped[Ref] = mapped_column(ForeignKey("person.id"))
    read_at: Mapped[datetime]


class ListingResult(Base):
    """What a channel said of one variant; the newest one counts, the older ones are its history."""

    __tablename__ = "listing_result"
    __table_args__ = (
        UniqueConstraint("file_id", "variant_id"),
        one_of("state", RESULT_STATES),
        Index(None, "variant_id", "channel"),
    )

    id: Mapped[Id]
    file_id: Mapped[Ref] = mapped_column(ForeignKey("channel_result_file.id"))
    variant_id: Mapped[Ref] = mapped_column(ForeignKey("variant.id"))
    channel: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(Text, default="")
    """In the channel's own words."""
    external_id: Mapped[str] = mapped_column(String(60), default="")
    external_url: Mapped[str] = mapped_column(String(500), default="")
    told_at: Mapped[datetime]
