"""Reading who follows what, what is due, and whose calendar holds which sessions."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from livestream.clubs.models import Resource
from livestream.reminders.models import Follow, PersonalFeed, ReminderTurn
from livestream.sessions.models import LiveSession, ResourceHold, SessionItem
from livestream.sessions.queries import SessionRow, session_rows
from livestream.sessions.queries.feeds import in_feed
from livestream.sessions.queries.rows import with_club
from shop.accounts.models import Membership, Person
from shop.accounts.queries import gives_rights
from shop.core.errors import NotFound


def count_coming(db: Session, recipient: str, *, now: datetime) -> int:
    """How many sessions still to come a recipient follows."""
    return (
        db.scalar(
            select(func.count())
            .select_from(Follow)
            .join(LiveSession, LiveSession.id == Follow.session_id)
            .where(Follow.recipient == recipient, Follow.is_open(), LiveSession.ends_at > now)
        )
        or 0
    )


def reachable_followers(now: datetime) -> Select[str]:
    """Who is still to hear of a session, at the latest that it was called off."""
    return (
        select(Follow.recipient)
        .join(LiveSession, LiveSession.id == Follow.session_id)
        .where(Follow.is_open(), LiveSession.ends_at > now)
    )


def count_followers(db: Session, session_id: int) -> int:
    """How many people follow a session."""
    statement = select(func.count()).select_from(Follow)
    return (
        db.scalar(statement.where(Follow.session_id == session_id, Follow.state == "following"))
        or 0
    )


def session_of(db: Session, session_id: int) -> LiveSession:
    """A session that a reminder or a follower points at."""
    return db.get_one(LiveSession, session_id)


def due_turns(db: Session, *, now: datetime, limit: int = 100) -> list[int]:
    """Ids of the turns whose time has come, oldest first."""
    return list(
        db.scalars(
            select(ReminderTurn.id)
            .where(ReminderTurn.state == "planned", ReminderTurn.due_at <= now)
            .order_by(ReminderTurn.due_at, ReminderTurn.id)
            .limit(limit)
        )
    )


def followers_after(db: Session, session_id: int, *, after: int, limit: int) -> Sequence[Follow]:
    """The next bite of a session's followers, by id."""
    return db.scalars(
        select(Follow)
        .where(Follow.session_id == session_id, Follow.state == "following", Follow.id > after)
        .order_by(Follow.id)
        .limit(limit)
    ).all()


def feed_of(db: Session, person_id: int) -> PersonalFeed | None:
    """The address of a person's own calendar, if they ever opened one."""
    return db.get(PersonalFeed, person_id)


def person_of_feed(db: Session, token: str) -> int:
    """Whose calendar a token opens. Raises NotFound."""
    found = db.scalar(select(PersonalFeed.person_id).where(PersonalFeed.token == token))
    if found is None:
        raise NotFound
    return found


def language_of(db: Session, person_id: int) -> str:
    """The language a person reads: a calendar program asks for the own feed without saying."""
    return db.scalar(select(Person.language).where(Person.id == person_id)) or "vi"


def _concerns(person_id: int, now: datetime) -> ColumnElement[bool]:
    """Sessions that a person hosts, manages, sells in, or follows."""
    hosted = (
        select(ResourceHold.session_id)
        .join(Resource, Resource.id == ResourceHold.resource_id)
        .where(Resource.person_id == person_id)
    )
    followed = select(Follow.session_id).where(
        Follow.recipient == f"person:{person_id}", Follow.state == "following"
    )
    units = select(Membership.unit_id).where(
        Membership.person_id == person_id, Membership.unit_kind == "producer", gives_rights(now)
    )
    selling = select(SessionItem.session_id).where(
        SessionItem.producer_id.in_(units), SessionItem.withdrawn_at.is_(None)
    )
    managed = select(Membership.unit_id).where(
        Membership.person_id == person_id,
        Membership.unit_kind == "club",
        Membership.role == "manager",
    )
    return or_(
        LiveSession.id.in_(hosted),
        LiveSession.id.in_(followed),
        LiveSession.id.in_(selling),
        LiveSession.club_id.in_(managed),
    )


def own_sessions(db: Session, person_id: int, *, now: datetime) -> list[SessionRow]:
    """What the person's own calendar holds, in stable order: proposals too, as in a club's."""
    statement = with_club().where(in_feed(now=now, is_private=True), _concerns(person_id, now))
    return session_rows(db, statement.order_by(LiveSession.starts_at, LiveSession.id).limit(1000))


def follows_of(db: Session, person_id: int, *, now: datetime) -> dict[int, str]:
    """Codes of the coming sessions a person follows, by session."""
    rows = db.execute(
        select(Follow.session_id, Follow.code)
        .join(LiveSession, LiveSession.id == Follow.session_id)
        .where(
            Follow.recipient == f"person:{person_id}",
            Follow.state == "following",
            LiveSession.ends_at > now,
        )
    )
    return {row.session_id: row.code for row in rows}
