"""Reminders planned in the transaction of what they follow, and told when their time has come.

A turn is one time to speak to one audience at one version of the schedule. Telling it writes outbox
rows, marks it and commits as one: a crash leaves it planned, and a second scheduler finds it told.
Each sending asks once more whether the session still stands as it was announced.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from livestream.reminders import queries
from livestream.reminders.models import Follow, ReminderTurn
from livestream.reminders.rules import OFFSETS, Turn, is_quiet, out_of_quiet, reminder_turns
from livestream.sessions.models import LiveSession
from livestream.sessions.services.changing import club_people, items_of, producer_people
from livestream.sessions.timing import VN
from shop.core import outbox
from shop.core.db import insert_into
from shop.notifications.services import notify, tell

BITE: Final = 200
"""Followers told in one transaction."""


def kind_of(audience: str, moment: str) -> str:
    """The message kind of a turn, e.g. ``session.remind_hosts_day``."""
    return f"session.remind_{audience}_{moment}"


REMINDERS: Final = tuple(
    kind_of(audience, moment)
    for audience in ("hosts", "producers", "followers")
    for moment in OFFSETS
)


def plan_turns(db: Session, *, live: LiveSession, now: datetime) -> None:
    """The session's schedule changed: what was planned or waits to be sent no longer holds.

    A confirmed session gets new turns for the offsets still to come. Followers hear of a move, of
    the start and of the end of it all.
    """
    db.execute(
        update(ReminderTurn)
        .where(ReminderTurn.session_id == live.id, ReminderTurn.state == "planned")
        .values(state="superseded")
    )
    outbox.withdraw(db, ref=f"session:{live.id}", kinds=REMINDERS)
    turns = list(_turns(db, live, now))
    if turns:
        db.execute(
            insert_into(db, ReminderTurn)
            .values(
                [
                    {
                        "session_id": live.id,
                        "schedule_seq": live.schedule_seq,
                        "audience": turn.audience,
                        "moment": turn.moment,
                        "due_at": turn.due_at,
                        "state": "planned",
                        "after_follow": 0,
                    }
                    for turn in turns
                ]
            )
            .on_conflict_do_nothing()
        )


def _turns(db: Session, live: LiveSession, now: datetime) -> Iterator[Turn]:
    if live.state == "confirmed":
        yield from reminder_turns(live.starts_at, now=now)
    news = {"confirmed": "moved", "live": "on_air", "cancelled": "cancelled"}.get(live.state)
    if news is None or queries.count_followers(db, live.id) == 0:
        return
    if not is_quiet(now):
        yield Turn("followers", news, now)
    elif news != "on_air":
        yield Turn("followers", news, max(now, out_of_quiet(now, live.starts_at)))


def tell_turn(db: Session, *, turn_id: int, now: datetime) -> int:
    """Write the messages of one turn, or a bite of them; returns how many people it was.

    Nobody is told what has been overtaken: the session changed or began, or the next reminder to
    the same people is due as well (after the scheduler stood still).
    """
    turn = db.scalars(
        select(ReminderTurn)
        .where(ReminderTurn.id == turn_id, ReminderTurn.state == "planned")
        .with_for_update()
    ).one_or_none()
    if turn is None:
        return 0
    live = queries.session_of(db, turn.session_id)
    if turn.schedule_seq != live.schedule_seq or _is_overtaken(db, turn, live, now):
        turn.state = "superseded"
        return 0
    if turn.audience == "followers":
        return _tell_followers(db, turn, live, now)
    turn.state = "told"
    if turn.audience == "hosts":
        people = club_people(db, live)
    else:
        agreed = [item.producer_id for item in items_of(db, live) if item.consent == "agreed"]
        people = producer_people(db, agreed)
    notify(
        db,
        person_ids=people,
        kind=kind_of(turn.audience, turn.moment),
        cause=_cause(turn),
        payload=_payload(live),
        now=now,
        ref=f"session:{live.id}",
        desk=f"club:{live.club_id}" if _is_first(db, turn) else None,
    )
    return len(set(people))


def _is_overtaken(db: Session, turn: ReminderTurn, live: LiveSession, now: datetime) -> bool:
    if turn.moment not in OFFSETS:
        return False
    if now >= live.starts_at:
        return True
    return _has_sibling(db, turn, ReminderTurn.due_at > turn.due_at, ReminderTurn.due_at <= now)


def _is_first(db: Session, turn: ReminderTurn) -> bool:
    """Whether nothing was said to these people before: whom no channel reaches is called once."""
    return not _has_sibling(
        db, turn, ReminderTurn.due_at < turn.due_at, ReminderTurn.state == "told"
    )


def _has_sibling(db: Session, turn: ReminderTurn, *which: ColumnElement[bool]) -> bool:
    """Whether the same people have another reminder of this kind."""
    statement = select(ReminderTurn.id).where(
        ReminderTurn.session_id == turn.session_id,
        ReminderTurn.schedule_seq == turn.schedule_seq,
        ReminderTurn.audience == turn.audience,
        ReminderTurn.moment.in_(OFFSETS),
        *which,
    )
    return db.scalar(statement.limit(1)) is not None


def _tell_followers(db: Session, turn: ReminderTurn, live: LiveSession, now: datetime) -> int:
    follows = queries.followers_after(db, live.id, after=turn.after_follow, limit=BITE)
    told = 0
    for follow in follows:
        turn.after_follow = follow.id
        if turn.moment == "moved" and follow.known_starts_at == live.starts_at:
            continue
        follow.known_starts_at = live.starts_at
        tell(
            db,
            recipients=[follow.recipient],
            kind=kind_of("followers", turn.moment),
            cause=f"{_cause(turn)}:{follow.id}",
            payload={**_payload(live), "code": follow.code},
            now=now,
            ref=f"session:{live.id}",
        )
        told += 1
    if len(follows) < BITE:
        turn.state = "told"
    db.flush()
    return told


def _cause(turn: ReminderTurn) -> str:
    return f"session:{turn.session_id}:{turn.schedule_seq}"


def _payload(live: LiveSession) -> dict[str, Any]:
    local = live.starts_at.astimezone(VN)
    return {
        "title": live.title,
        "title_en": live.title_en,
        "public_id": live.public_id,
        "slug": live.slug,
        "time": f"{local:%H:%M}",
        "date": f"{local:%d/%m/%Y}",
        "seq": live.schedule_seq,
    }


def is_still_true(
    db: Session, *, ref: str, payload: Mapping[str, Any], moment: str, now: datetime
) -> bool:
    """Asked at each sending: the session stands as announced, and the follower still wants it."""
    live = db.get(LiveSession, int(ref.removeprefix("session:")))
    if live is None or live.schedule_seq != payload["seq"]:
        return False
    if moment in OFFSETS and now >= live.starts_at:
        return False
    code = payload.get("code")
    if code is None:
        return True
    return db.scalar(select(Follow.state).where(Follow.code == code)) == "following"
