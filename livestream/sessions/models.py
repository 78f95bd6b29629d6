"""Livestream sessions and what they hold."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    column,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.db import Base, Id, Ref, append_only, one_of, register_trigger

SESSION_STATES = (
    "draft",
    "proposed",
    "confirmed",
    "live",
    "stopped",
    "ended",
    "reconciled",
    "cancelled",
    "expired",
    "no_show",
)
HOLDING_STATES = ("proposed", "confirmed", "live", "stopped")


class LiveSession(Base):
    """One livestream: a club, its channels and hosts, from start to end."""

    __tablename__ = "live_session"
    __table_args__ = (
        one_of("state", SESSION_STATES),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("schedule_seq >= 0", name="schedule_seq"),
        Index(None, "state", "starts_at"),
        Index(None, "club_id", "starts_at"),
    )

    id: Mapped[Id]
    public_id: Mapped[str] = mapped_column(String(26), unique=True)
    """Part of the calendar UID: never changes."""
    slug: Mapped[str] = mapped_column(String(120), unique=True)
    submit_key: Mapped[str] = mapped_column(String(64), unique=True)
    club_id: Mapped[Ref] = mapped_column(ForeignKey("live_club.id"))
    campaign_id: Mapped[Ref | None] = mapped_column(ForeignKey("live_campaign.id"), index=True)
    title: Mapped[str] = mapped_column(String(160))
    title_en: Mapped[str | None] = mapped_column(String(160))
    about: Mapped[str] = mapped_column(Text, default="")
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(12), default="draft")
    state_note: Mapped[str] = mapped_column(String(300), default="")
    watch_url: Mapped[str | None] = mapped_column(String(300))
    holds_until: Mapped[datetime | None]
    """When a proposal's soft hold lapses; judged on every read as well as by the clock."""
    schedule_seq: Mapped[int] = mapped_column(default=0)
    """Calendar SEQUENCE: rises with every change of time, place or state."""
    version: Mapped[int] = mapped_column(default=1)
    is_demo: Mapped[bool] = mapped_column(default=False)
    created_by: Mapped[Ref | None] = mapped_column(ForeignKey("person.id"))
    proposed_by: Mapped[Ref | None] = mapped_column(ForeignKey("person.id"))
    confirmed_by: Mapped[Ref | None] = mapped_column(ForeignKey("person.id"))
    went_live_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    __mapper_args__ = {"version_id_col": version}


class ResourceHold(Base):
    """A resource taken from ``hold_start`` to ``hold_end`` (epoch seconds, buffers included, [ )).

    Two active holds of a resource never overlap: an exclusion constraint on PostgreSQL, triggers
    under BEGIN IMMEDIATE on SQLite. Both arrive as IntegrityError. The rows of a draft, and of a
    session that is over, are inactive: they say what it wants or had, and take nothing.
    """

    __tablename__ = "live_resource_hold"
    __table_args__ = (
        UniqueConstraint("session_id", "resource_id"),
        CheckConstraint("hold_start < hold_end", name="range"),
        Index(None, "resource_id", "is_active", "hold_start"),
        ExcludeConstraint(
            (column("resource_id"), "="),
            (func.int8range(column("hold_start"), column("hold_end")), "&&"),
            where=text("is_active"),
            using="gist",
            name="ex_live_resource_hold_overlap",
        ).ddl_if(dialect="postgresql"),
    )

    id: Mapped[Id]
    session_id: Mapped[Ref] = mapped_column(ForeignKey("live_session.id"))
    resource_id: Mapped[Ref] = mapped_column(ForeignKey("live_resource.id"))
    hold_start: Mapped[int] = mapped_column(BigInteger)
    hold_end: Mapped[int] = mapped_column(BigInteger)
    is_active: Mapped[bool] = mapped_column(default=True)


class SessionItem(Base):
    """A product in a session's line-up."""

    __tablename__ = "live_session_item"
    __table_args__ = (
        UniqueConstraint("session_id", "variant_id"),
        UniqueConstraint("session_id", "short_code"),
        CheckConstraint("minutes BETWEEN 1 AND 240", name="minutes"),
        CheckConstraint("set_aside >= 0", name="set_aside"),
        CheckConstraint(
            "live_price_vnd IS NULL OR (live_price_vnd >= floor_price_vnd)", name="floor"
        ),
        CheckConstraint("price_from_minute BETWEEN 0 AND 900", name="price_from_minute"),
        CheckConstraint(
            "price_minutes IS NULL OR price_minutes BETWEEN 1 AND 900", name="price_minutes"
        ),
        CheckConstraint(
            "(price_cap IS NULL OR price_cap >= 1) AND (per_buyer IS NULL OR per_buyer >= 1)",
            name="price_limits",
        ),
        one_of("consent", ("asked", "agreed", "declined")),
        Index(None, "product_id"),
    )

    id: Mapped[Id]
    session_id: Mapped[Ref] = mapped_column(ForeignKey("live_session.id"))
    product_id: Mapped[Ref] = mapped_column(ForeignKey("product.id"))
    variant_id: Mapped[Ref] = mapped_column(ForeignKey("variant.id"))
    producer_id: Mapped[Ref] = mapped_column(ForeignKey("producer.id"), index=True)
    position: Mapped[int]
    minutes: Mapped[int] = mapped_column(default=10)
    short_code: Mapped[str] = mapped_column(String(4))
    """What viewers type in a comment: A1, A2…"""
    live_price_vnd: Mapped[Ref | None]
    floor_price_vnd: Mapped[Ref] = mapped_column(default=1000)
    """The producer's word: no live price goes below it."""
    price_from_minute: Mapped[int] = mapped_column(default=0, server_default="0")
    """When the live price begins, in minutes after the session's start; moves with the session."""
    price_minutes: Mapped[int | None]
    """How long it holds; None: to the end of the session."""
    price_cap: Mapped[int | None]
    """Units at the live price in all; None: as many as are set aside, or any number."""
    per_buyer: Mapped[int | None]
    set_aside: Mapped[int] = mapped_column(default=0)
    consent: Mapped[str] = mapped_column(String(10), default="asked")
    consent_by: Mapped[Ref | None] = mapped_column(ForeignKey("person.id"))
    consent_at: Mapped[datetime | None]
    consent_note: Mapped[str] = mapped_column(String(300), default="")
    withdrawn_at: Mapped[datetime | None]
    """When the product left the sale: the item stays as history and is on no page to buy."""


class SessionEvent(Base):
    """What happened to a session: every change of state or time, by whom. Append-only."""

    __tablename__ = "live_session_event"
    __table_args__ = (Index(None, "session_id", "id"),)

    id: Mapped[Id]
    session_id: Mapped[Ref] = mapped_column(ForeignKey("live_session.id"))
    kind: Mapped[str] = mapped_column(String(30))
    actor_id: Mapped[Ref | None]
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime]


class RuleOverride(Base):
    """A warning that a named person let pass, with the reason."""

    __tablename__ = "live_rule_override"
    __table_args__ = (UniqueConstraint("session_id", "rule"),)

    id: Mapped[Id]
    session_id: Mapped[Ref] = mapped_column(ForeignKey("live_session.id"))
    rule: Mapped[str] = mapped_column(String(30))
    reason: Mapped[str] = mapped_column(String(300))
    actor_id: Mapped[Ref] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]


append_only("live_session_event")

_OVERLAP = """
SELECT RAISE(ABORT, 'ex_live_resource_hold_overlap')
WHERE NEW.is_active AND EXISTS (
  SELECT 1 FROM live_resource_hold h
  WHERE h.resource_id = NEW.resource_id AND h.is_active AND h.id <> NEW.id
    AND h.hold_start < NEW.hold_end AND NEW.hold_start < h.hold_end);
"""


def _refuse_overlap(verb: str) -> Any:
    def statements(dialect: str) -> list[str]:
        if dialect != "sqlite":
            return []
        return [
            (
                f"CREATE TRIGGER live_resource_hold_overlap_{verb} AFTER {verb.upper()} "
                f"ON live_resource_hold BEGIN {_OVERLAP} END"
            )
        ]

    return statements


for _verb in ("insert", "update"):
    register_trigger(
        f"live_resource_hold_overlap_{_verb}", "live_resource_hold", _refuse_overlap(_verb)
    )
