"""When hours change late, sessions stay where they are; who can act is told, once."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from livestream.clubs.models import Resource
from livestream.sessions.models import LiveSession, SessionEvent
from livestream.sessions.queries.unfit import unfit_sessions
from livestream.sessions.services.changing import club_people, record, tell

FLAG = "hours_unfit"
CLEARED = frozenset({"hours_fit", "moved"})


def flag_unfit(db: Session, *, resource_id: int, actor_id: int | None, now: datetime) -> list[int]:
    """Note in the story of each session that no longer fits this resource, and tell its managers
    and host; one that fits again is noted too. Gives the ids of the newly flagged.

    Saving the same hours twice tells nobody twice. Nothing is moved.
    """
    resource = db.get_one(Resource, resource_id)
    outside = {
        row.live.id: row.live for row in unfit_sessions(db, now=now, resource_id=resource_id)
    }
    flagged = _flagged(db, resource_id, now)
    for session_id, live in outside.items():
        if session_id in flagged:
            continue
        detail = {"resource_id": resource_id, "resource": resource.name}
        event = record(db, live, FLAG, actor_id=actor_id, now=now, detail=detail)
        people = club_people(db, live)
        tell(db, live, "session.hours_unfit", people, now=now, about=event, resource=resource.name)
    for session_id in flagged - outside.keys():
        live = db.get_one(LiveSession, session_id)
        detail = {"resource_id": resource_id, "resource": resource.name}
        record(db, live, "hours_fit", actor_id=actor_id, now=now, detail=detail)
    return [session_id for session_id in outside if session_id not in flagged]


def _flagged(db: Session, resource_id: int, now: datetime) -> set[int]:
    """Coming sessions whose last word about this resource's hours is that they do not fit."""
    rows = db.execute(
        select(SessionEvent.session_id, SessionEvent.kind, SessionEvent.detail)
        .join(LiveSession, LiveSession.id == SessionEvent.session_id)
        .where(
            SessionEvent.kind.in_({FLAG, *CLEARED}),
            LiveSession.state.in_(("proposed", "confirmed")),
            LiveSession.starts_at > now,
        )
        .order_by(SessionEvent.id)
    )
    found: set[int] = set()
    for session_id, kind, detail in rows:
        if kind == "moved":
            found.discard(session_id)
        elif detail.get("resource_id") == resource_id:
            (found.add if kind == FLAG else found.discard)(session_id)
    return found
