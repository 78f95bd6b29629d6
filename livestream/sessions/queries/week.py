"""The week grid of a club."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from livestream.sessions.models import LiveSession, ResourceHold
from livestream.sessions.states import PUBLIC_STATES
from livestream.sessions.timing import day_interval, instant


@dataclass(frozen=True)
class LaneHold:
    """A hold on a club's week grid. ``public_id`` is None for another club's session."""

    resource_id: int
    starts_at: datetime
    ends_at: datetime
    state: str
    public_id: str | None
    title: str


def week_holds(
    db: Session,
    resource_ids: Collection[int],
    *,
    club_id: int,
    first: date,
    now: datetime,
) -> list[LaneHold]:
    """What lies on the resources in the seven days from ``first``; of other clubs only the time."""
    start = instant(day_interval(first).start)
    end = start + timedelta(days=7)
    rows = db.execute(
        select(ResourceHold.resource_id, LiveSession)
        .join(LiveSession, LiveSession.id == ResourceHold.session_id)
        .where(
            ResourceHold.resource_id.in_(resource_ids),
            LiveSession.starts_at < end,
            LiveSession.ends_at > start,
            or_(
                LiveSession.state.in_(("confirmed", "live", "stopped", "ended", "reconciled")),
                and_(LiveSession.state == "proposed", LiveSession.holds_until > now),
                and_(LiveSession.state == "draft", LiveSession.club_id == club_id),
            ),
        )
        .order_by(LiveSession.starts_at, LiveSession.id)
    )
    return [
        LaneHold(
            resource_id=resource_id,
            starts_at=live.starts_at,
            ends_at=live.ends_at,
            state=live.state,
            public_id=live.public_id if live.club_id == club_id else None,
            title=live.title if live.club_id == club_id or live.state in PUBLIC_STATES else "",
        )
        for resource_id, live in rows
    ]
