"""Slot templates, series, the waiting list, and who asks a club for a slot."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.db import Base, Id, Ref, one_of

WAIT_STATES = ("waiting", "offered", "taken", "declined", "lapsed", "left")
REQUEST_STATES = ("asked", "taken", "declined", "withdrawn")
REQUEST_KINDS = ("producer", "staff")


class SlotTemplate(Base):
    """A club's usual slot: a weekday and hour, who and what it takes."""

    __tablename__ = "live_slot_template"
    __table_args__ = (
        UniqueConstraint("club_id", "name"),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("start_minute BETWEEN 0 AND 1439", name="start_minute"),
        CheckConstraint("minutes BETWEEN 15 AND 780", name="minutes"),
    )

    id: Mapped[Id]
    club_id: Mapped[Ref] = mapped_column(ForeignKey("live_club.id"))
    name: Mapped[str] = mapped_column(String(120))
    weekday: Mapped[int]
    """Monday is 0."""
    start_minute: Mapped[int]
    """Minutes after midnight in Vietnam."""
    minutes: Mapped[int]
    created_by: Mapped[Ref | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]


class SlotTemplateResource(Base):
    """What a template takes."""

    __tablename__ = "live_slot_template_resource"

    template_id: Mapped[Ref] = mapped_column(ForeignKey("live_slot_template.id"), primary_key=True)
    resource_id: Mapped[Ref] = mapped_column(ForeignKey("live_resource.id"), primary_key=True)


class Series(Base):
    """Sessions that were booked together, a week apart; each then lives on its own."""

    __tablename__ = "live_series"

    id: Mapped[Id]
    submit_key: Mapped[str] = mapped_column(String(64), unique=True)
    club_id: Mapped[Ref] = mapped_column(ForeignKey("live_club.id"), index=True)
    title: Mapped[str] = mapped_column(String(160))
    created_by: Mapped[Ref | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]


class SeriesPart(Base):
    """One session of a series."""

    __tablename__ = "live_series_part"
    __table_args__ = (UniqueConstraint("series_id", "seq"),)

    session_id: Mapped[Ref] = mapped_column(ForeignKey("live_session.id"), primary_key=True)
    series_id: Mapped[Ref] = mapped_column(ForeignKey("live_series.id"))
    seq: Mapped[int]


class WaitEntry(Base):
    """A draft that waits for its time to become free.

    While it is ``offered`` its session is proposed and holds everything it wants, so the database
    keeps an offer to one at a time; ``offer_until`` is when the hold lapses.
    """

    __tablename__ = "live_wait_entry"
    __table_args__ = (
        one_of("state", WAIT_STATES),
        CheckConstraint("(state <> 'offered') OR (offer_until IS NOT NULL)", name="offer_until"),
        Index(None, "state", "joined_at"),
    )

    id: Mapped[Id]
    session_id: Mapped[Ref] = mapped_column(ForeignKey("live_session.id"), unique=True)
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    joined_by: Mapped[Ref | None] = mapped_column(ForeignKey("person.id"))
    joined_at: Mapped[datetime]
    offered_at: Mapped[datetime | None]
    offer_until: Mapped[datetime | None]


class SlotRequest(Base):
    """A producer asks a club for a slot, or staff invite a club to hold one."""

    __tablename__ = "live_slot_request"
    __table_args__ = (
        one_of("kind", REQUEST_KINDS),
        one_of("state", REQUEST_STATES),
        CheckConstraint("minutes BETWEEN 15 AND 780", name="minutes"),
        CheckConstraint("(kind <> 'producer') OR (producer_id IS NOT NULL)", name="producer"),
        Index(None, "club_id", "state"),
    )

    id: Mapped[Id]
    submit_key: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[str] = mapped_column(String(10))
    club_id: Mapped[Ref] = mapped_column(ForeignKey("live_club.id"))
    producer_id: Mapped[Ref | None] = mapped_column(ForeignKey("producer.id"), index=True)
    variant_id: Mapped[Ref | None] = mapped_column(ForeignKey("variant.id"))
    campaign_id: Mapped[Ref | None] = mapped_column(ForeignKey("live_campaign.id"))
    starts_at: Mapped[datetime]
    """The time wished for."""
    minutes: Mapped[int]
    note: Mapped[str] = mapped_column(String(500), default="")
    state: Mapped[str] = mapped_column(String(10), default="asked")
    reply: Mapped[str] = mapped_column(String(300), default="")
    session_id: Mapped[Ref | None] = mapped_column(ForeignKey("live_session.id"))
    asked_by: Mapped[Ref] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    decided_by: Mapped[Ref | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
