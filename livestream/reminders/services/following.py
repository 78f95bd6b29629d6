"""Wanting to be reminded, and no longer; the address of one's own calendar."""

from datetime import datetime
from typing import Final

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from livestream.reminders import queries, rules
from livestream.reminders.models import Follow, PersonalFeed, ReminderTurn
from livestream.reminders.services.telling import kind_of
from livestream.sessions.models import LiveSession
from livestream.sessions.queries import public_session
from shop.core.db import insert_into
from shop.core.errors import NotFound
from shop.core.text import random_code
from shop.notifications.services import contact, tell
from shop.notifications.services.kinds import channels_in_use

ASK: Final = kind_of("followers", "asked")
TOKEN_LENGTH: Final = 26


def can_mail() -> bool:
    """Whether guests can be told at all: without a mail server their link would never come."""
    return any(channel.slug == "email" for channel in channels_in_use())


def ask_to_be_reminded(
    db: Session,
    *,
    slug: str,
    person_id: int | None,
    email: str | None,
    language: str,
    now: datetime,
) -> Follow:
    """Follow a confirmed session. A person follows at once; a guest's e-mail address gets a link to
    confirm first. Asking again changes nothing and gives the same row.

    Raises NotFound, SessionOver, AddressNeeded (field ``email``), NoMail, TooManyFollows.
    """
    live = public_session(db, slug)
    if live.state != "confirmed" or live.starts_at <= now:
        raise rules.SessionOver
    recipient = _recipient(db, person_id=person_id, email=email, language=language, now=now)
    known = queries.open_follow(db, live.id, recipient)
    if known is not None:
        return known
    if queries.count_coming(db, recipient, now=now) >= rules.MAX_FOLLOWS:
        raise rules.TooManyFollows
    follow = _insert(db, live, recipient, is_confirmed=person_id is not None, now=now)
    if follow.state == "unconfirmed":
        tell(
            db,
            recipients=[recipient],
            kind=ASK,
            cause=f"follow:{follow.id}",
            payload={"code": follow.code, "title": live.title, "slug": live.slug},
            ref=f"follow:{follow.id}",
            now=now,
        )
    return follow


def _recipient(
    db: Session, *, person_id: int | None, email: str | None, language: str, now: datetime
) -> str:
    """Who is told, as the outbox knows them."""
    if person_id is not None:
        return f"person:{person_id}"
    if not can_mail():
        raise rules.NoMail
    if not email:
        raise rules.AddressNeeded(field="email")
    return contact(db, email=email, language=language, now=now)


def _insert(
    db: Session, live: LiveSession, recipient: str, *, is_confirmed: bool, now: datetime
) -> Follow:
    """Two clicks at once make one row: the second meets the unique index and gets the first."""
    db.execute(
        insert_into(db, Follow)
        .values(
            code=random_code(20),
            session_id=live.id,
            recipient=recipient,
            state="following" if is_confirmed else "unconfirmed",
            known_starts_at=live.starts_at,
            asked_at=now,
        )
        .on_conflict_do_nothing()
    )
    made = queries.open_follow(db, live.id, recipient)
    if made is None:
        raise NotFound
    return made


def confirm_follow(db: Session, *, code: str) -> None:
    """A guest opened the link: the address is theirs. Twice is once. Raises NotFound when over."""
    found = db.execute(
        update(Follow)
        .where(Follow.code == code, Follow.state.in_(queries.OPEN))
        .values(state="following")
        .returning(Follow.id)
    )
    if found.one_or_none() is None:
        raise NotFound


def end_follow(db: Session, *, code: str, now: datetime) -> None:
    """No more reminders of this session; again changes nothing. Raises NotFound for unknown."""
    db.execute(
        update(Follow)
        .where(Follow.code == code, Follow.state.in_(queries.OPEN))
        .values(state="ended", ended_at=now)
    )
    queries.follow_by_code(db, code)


def is_unconfirmed(db: Session, ref: str) -> bool:
    """Whether the link of this wish (``follow:7``) may still be sent."""
    state = db.scalar(select(Follow.state).where(Follow.id == int(ref.removeprefix("follow:"))))
    return state == "unconfirmed"


def renew_feed(db: Session, *, person_id: int, now: datetime) -> str:
    """Open the person's own calendar at a new address; the old one is closed. Returns the token."""
    token = random_code(TOKEN_LENGTH)
    db.execute(
        insert_into(db, PersonalFeed)
        .values(person_id=person_id, token=token, made_at=now)
        .on_conflict_do_update(index_elements=["person_id"], set_={"token": token, "made_at": now})
    )
    return token


def tidy(db: Session, *, now: datetime) -> None:
    """Drop wishes nobody confirmed, and what is left of sessions long over."""
    db.execute(
        delete(Follow).where(
            Follow.state == "unconfirmed", Follow.asked_at < now - rules.UNCONFIRMED_FOR
        )
    )
    over = select(LiveSession.id).where(LiveSession.ends_at < now - rules.FORGET_AFTER)
    db.execute(delete(Follow).where(Follow.session_id.in_(over)))
    db.execute(delete(ReminderTurn).where(ReminderTurn.session_id.in_(over)))
