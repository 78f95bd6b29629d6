"""Moving a session on the grid: to a day, to an hour, to somebody else's lane."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from livestream.clubs.models import Resource
from livestream.sessions.models import LiveSession, ResourceHold
from livestream.sessions.services import move_session
from livestream.sessions.services.deciding import Capacity
from livestream.sessions.timing import epoch
from shop.core.errors import NotFound


def place_session(
    db: Session,
    *,
    public_id: str,
    starts_at: datetime,
    resource_id: int | None,
    actor_id: int,
    capacity: Capacity,
    now: datetime,
    version: int | None = None,
    viewer_clubs: Collection[int] = (),
) -> LiveSession:
    """Let a session start at another time, in the lane of ``resource_id``.

    The lane's resource takes the place of the session's own ones of that kind; a lane the session
    lies in already changes nothing but the time. Raises what ``move_session`` raises.
    """
    live = db.scalars(select(LiveSession).where(LiveSession.public_id == public_id)).one_or_none()
    if live is None:
        raise NotFound
    return move_session(
        db,
        public_id=public_id,
        starts_at=starts_at,
        minutes=(epoch(live.ends_at) - epoch(live.starts_at)) // 60,
        actor_id=actor_id,
        capacity=capacity,
        now=now,
        version=version,
        resources=_in_lane(db, live, resource_id) if resource_id is not None else None,
        viewer_clubs=viewer_clubs,
    )


def _in_lane(db: Session, live: LiveSession, resource_id: int) -> dict[str, Sequence[int]] | None:
    lane = db.get(Resource, resource_id)
    if lane is None:
        raise NotFound
    rows = db.execute(
        select(Resource.id, Resource.kind)
        .join(ResourceHold, ResourceHold.resource_id == Resource.id)
        .where(ResourceHold.session_id == live.id)
    ).all()
    kept: dict[str, list[int]] = {"host": [], "channel": [], "studio": [], "kit": []}
    for row in rows:
        kept[row.kind].append(row.id)
    if resource_id in kept[lane.kind]:
        return None
    return {**kept, lane.kind: [resource_id]}
