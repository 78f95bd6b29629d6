"""Wanting to be reminded, and no longer; the address of one's own calendar."""

from datetime import datetime
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from livestream.reminders import queries, rules
from livestream.reminders.models import Follow, PersonalFeed, ReminderTurn
from livestream.reminders.services.telling import kind_of
from livestream.sessions.models import LiveSession
from livestream.sessions.queries import public_session
from shop.core.db import insert_into
from shop.core.text import random_code
from shop.notifications.services import following, tell

ASK: Final = kind_of("followers", "asked")
TOKEN_LENGTH: Final = 26


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
    recipient = following.follower(db, person_id=person_id, email=email, language=language, now=now)
    known = following.open_wish(db, Follow, recipient, session_id=live.id)
    if known is not None:
        return known
    if queries.count_coming(db, recipient, now=now) >= rules.MAX_FOLLOWS:
        raise rules.TooManyFollows
    follow = following.add_wish(
        db,
        Follow,
        recipient,
        now=now,
        about={"session_id": live.id},
        more={"known_starts_at": live.starts_at},
    )
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
    following.drop_unconfirmed(db, Follow, now)
    over = select(LiveSession.id).where(LiveSession.ends_at < now - rules.FORGET_AFTER)
    db.execute(delete(Follow).where(Follow.session_id.in_(over)))
    db.execute(delete(ReminderTurn).where(ReminderTurn.session_id.in_(over)))
