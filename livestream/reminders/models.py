"""When whom is to be reminded of a session, who follows it, and addresses of own calendars."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from livestream.reminders.rules import AUDIENCES, FOLLOW_STATES, MOMENTS, TURN_STATES
from shop.core.db import Base, Id, Ref, one_of
from shop.notifications.models import Following

_OPEN = text("state IN ('unconfirmed','following')")


class ReminderTurn(Base):
    """One time to speak to one audience of a session, at one version of its schedule.

    The people are looked up when it is due, so that whoever joined meanwhile hears too and by the
    channels they have then.
    """

    __tablename__ = "live_reminder"
    __table_args__ = (
        one_of("audience", AUDIENCES),
        one_of("moment", MOMENTS),
        one_of("state", TURN_STATES),
        UniqueConstraint("session_id", "schedule_seq", "moment", "audience"),
        Index(None, "state", "due_at"),
    )

    id: Mapped[Id]
    session_id: Mapped[Ref] = mapped_column(ForeignKey("live_session.id"))
    schedule_seq: Mapped[int]
    audience: Mapped[str] = mapped_column(String(10))
    moment: Mapped[str] = mapped_column(String(10))
    due_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10), default="planned")
    after_follow: Mapped[Ref] = mapped_column(default=0)
    """Followers up to this id have been told; the rest follow in the next bite."""


class Follow(Following, Base):
    """Someone wants to be reminded of a session."""

    ACTIVE = "following"

    __tablename__ = "live_follow"
    __table_args__ = (
        one_of("state", FOLLOW_STATES),
        Index(None, "session_id", "state", "id"),
        Index(None, "recipient", "state"),
        Index(None, "state", "asked_at"),
        Index(
            "uq_live_follow_open",
            *("session_id", "recipient"),
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
    )

    session_id: Mapped[Ref] = mapped_column(ForeignKey("live_session.id"))
    known_starts_at: Mapped[datetime]
    """The start they were told last; a move to another one is told once."""


class PersonalFeed(Base):
    """The secret address of a person's own calendar; can be renewed."""

    __tablename__ = "live_personal_feed"

    person_id: Mapped[Ref] = mapped_column(ForeignKey("person.id"), primary_key=True)
    token: Mapped[str] = mapped_column(String(32), unique=True)
    made_at: Mapped[datetime]
