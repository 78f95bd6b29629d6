"""Who can go live, on which channel, where, and when they are free."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.db import Base, Id, Ref, one_of

PLATFORMS = ("tiktok", "facebook", "shopee", "lazada", "youtube", "zalo", "other")
RESOURCE_KINDS = ("host", "channel", "studio", "kit")
CLUB_KINDS = ("club", "youth_union", "creator", "producer")
CLUB_STATES = ("submitted", "verified", "rejected", "suspended")
SHARE_STATES = ("asked", "active", "declined")


class Club(Base):
    """A streamer club, a youth union's studio or a creator."""

    __tablename__ = "live_club"
    __table_args__ = (
        one_of("kind", CLUB_KINDS),
        one_of("state", CLUB_STATES),
    )

    id: Mapped[Id]
    slug: Mapped[str] = mapped_column(String(90), unique=True)
    name: Mapped[str] = mapped_column(String(160))
    kind: Mapped[str] = mapped_column(String(12))
    province_code: Mapped[str] = mapped_column(ForeignKey("province.code"))
    commune_code: Mapped[str | None] = mapped_column(ForeignKey("commune.code"), index=True)
    """Whose officers may confirm its ordinary sessions; None: nobody but managers and staff."""
    place: Mapped[str] = mapped_column(String(160), default="")
    about: Mapped[str] = mapped_column(Text, default="")
    about_en: Mapped[str | None] = mapped_column(Text)
    source_note: Mapped[str] = mapped_column(Text, default="")
    is_demo: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(10), default="submitted")
    producer_id: Mapped[Ref | None] = mapped_column(ForeignKey("producer.id"), unique=True)
    """The producer whose own channel this is: who goes live without a club."""
    feed_token: Mapped[str] = mapped_column(String(32), unique=True)
    """Opens the club's private calendar feed; can be renewed."""
    decision_note: Mapped[str] = mapped_column(String(300), default="")
    registered_by: Mapped[Ref | None] = mapped_column(ForeignKey("person.id"))
    decided_by: Mapped[Ref | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Resource(Base):
    """What only one session can use at a time: a host, a channel account, a studio, a kit.

    A host is one row whatever clubs they are in. A studio for n sessions is n rows.
    """

    __tablename__ = "live_resource"
    __table_args__ = (
        one_of("kind", RESOURCE_KINDS),
        CheckConstraint(
            "buffer_before_minutes BETWEEN 0 AND 240 AND buffer_after_minutes BETWEEN 0 AND 240",
            name="buffers",
        ),
    )

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(12), unique=True)
    """What another club types to ask for sharing it."""
    owner_club_id: Mapped[Ref] = mapped_column(ForeignKey("live_club.id"), index=True)
    """The club that keeps it and answers when others ask."""
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(120))
    person_id: Mapped[Ref | None] = mapped_column(ForeignKey("person.id"), unique=True)
    """The person behind a host."""
    platform: Mapped[str | None] = mapped_column(String(12))
    """The platform of a channel account."""
    handle: Mapped[str | None] = mapped_column(String(120))
    account_key: Mapped[str | None] = mapped_column(String(140), unique=True)
    """Platform and bare handle of a channel account: one account is one row."""
    province_code: Mapped[str | None] = mapped_column(ForeignKey("province.code"))
    buffer_before_minutes: Mapped[int] = mapped_column(default=15)
    buffer_after_minutes: Mapped[int] = mapped_column(default=15)
    is_active: Mapped[bool] = mapped_column(default=True)
    requirements_met_at: Mapped[datetime | None]
    """When the keeper last said that a channel account meets its platform's shop requirements."""
    identity_checked_at: Mapped[datetime | None]
    """When a host's identity was checked: the fact, never the document's picture."""


class ClubResource(Base):
    """A club may use this resource once its keeper has agreed; several clubs may share one."""

    __tablename__ = "live_club_resource"
    __table_args__ = (UniqueConstraint("club_id", "resource_id"), one_of("state", SHARE_STATES))

    id: Mapped[Id]
    club_id: Mapped[Ref] = mapped_column(ForeignKey("live_club.id"))
    resource_id: Mapped[Ref] = mapped_column(ForeignKey("live_resource.id"), index=True)
    state: Mapped[str] = mapped_column(String(10), default="active")
    asked_by: Mapped[Ref | None] = mapped_column(ForeignKey("person.id"))
    decided_by: Mapped[Ref | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]


class Invitation(Base):
    """A manager asks the owner of a phone number or e-mail address to join; they answer themselves.

    It exists whether or not anybody has that login, so that asking tells nothing about accounts.
    """

    __tablename__ = "live_invitation"
    __table_args__ = (
        UniqueConstraint("club_id", "login"),
        one_of("role", ("manager", "host")),
        one_of("state", ("asked", "accepted", "declined")),
    )

    id: Mapped[Id]
    club_id: Mapped[Ref] = mapped_column(ForeignKey("live_club.id"))
    login: Mapped[str] = mapped_column(String(200), index=True)
    role: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10), default="asked")
    invited_by: Mapped[Ref] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]


class Availability(Base):
    """Weekly hours in which a host can be booked (minutes after midnight in Vietnam)."""

    __tablename__ = "live_availability"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint(
            "from_minute >= 0 AND from_minute < to_minute AND to_minute <= 1800", name="hours"
        ),
        Index(None, "resource_id", "weekday"),
    )

    id: Mapped[Id]
    resource_id: Mapped[Ref] = mapped_column(ForeignKey("live_resource.id"))
    weekday: Mapped[int]
    """Monday is 0."""
    from_minute: Mapped[int]
    to_minute: Mapped[int]
    """May pass 1440: hours after midnight belong to the evening before."""


class AvailabilityException(Base):
    """A day on which the weekly hours do not hold: away, or free at other hours."""

    __tablename__ = "live_availability_exception"
    __table_args__ = (UniqueConstraint("resource_id", "day"),)

    id: Mapped[Id]
    resource_id: Mapped[Ref] = mapped_column(ForeignKey("live_resource.id"))
    day: Mapped[date]
    is_away: Mapped[bool] = mapped_column(default=True)
    from_minute: Mapped[int | None]
    to_minute: Mapped[int | None]
    note: Mapped[str] = mapped_column(String(120), default="")
