"""Proposals nobody confirmed in time: told by the clock, and judged whenever it matters."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from livestream.sessions.models import LiveSession, ResourceHold
from livestream.sessions.services.changing import (
    club_people,
    drop_holds,
    lock_resources,
    lock_session,
    resource_ids_of,
    set_state,
    tell,
)


def is_lapsed(live: LiveSession, now: datetime) -> bool:
    """Whether a proposal's time is over, the clock having said so yet or not."""
    return live.state == "proposed" and live.holds_until is not None and live.holds_until <= now


def lapsed_ids(db: Session, *, now: datetime, limit: int = 200) -> list[int]:
    """Proposals whose time is over, oldest first."""
    return list(
        db.scalars(
            select(LiveSession.id)
            .where(LiveSession.state == "proposed", LiveSession.holds_until <= now)
            .order_by(LiveSession.holds_until, LiveSession.id)
            .limit(limit)
        )
    )


def expire_holds(db: Session, *, session_id: int, now: datetime) -> bool:
    """Let go of what a lapsed proposal holds; says whether it did."""
    lock_resources(db, resource_ids_of(db, session_id))
    live = lock_session(db, session_id)
    if not is_lapsed(live, now):
        return False
    _expire(db, live, now)
    return True


def drop_lapsed(db: Session, resource_ids: Collection[int], *, now: datetime) -> None:
    """Expire lapsed proposals in the way of these resources, which the caller has locked."""
    in_the_way = db.scalars(
        select(LiveSession.id)
        .where(
            LiveSession.state == "proposed",
            LiveSession.holds_until <= now,
            LiveSession.id.in_(
                select(ResourceHold.session_id).where(
                    ResourceHold.resource_id.in_(resource_ids), ResourceHold.is_active
                )
            ),
        )
        .order_by(LiveSession.id)
    ).all()
    for session_id in in_the_way:
        live = lock_session(db, session_id)
        if is_lapsed(live, now):
            _expire(db, live, now)


def _expire(db: Session, live: LiveSession, now: datetime) -> None:
    drop_holds(db, live)
    set_state(db, live, "expired", "expired", actor_id=None, now=now)
    tell(db, live, "session.expired", club_people(db, live), now=now)
