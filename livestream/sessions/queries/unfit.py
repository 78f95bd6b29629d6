"""Coming sessions that lie outside the hours of what they use, after those hours changed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from livestream.clubs.models import Club, Resource
from livestream.sessions.models import LiveSession, ResourceHold
from livestream.sessions.queries.plans import hours_of
from livestream.sessions.timing import Interval, covers, epoch

MOST = 300
"""Coming sessions that are looked at; a club books a few weeks ahead."""


@dataclass(frozen=True)
class Unfit:
    """A session and what it uses that is not free then any more."""

    live: LiveSession
    club: Club
    resources: tuple[Resource, ...]


def unfit_sessions(
    db: Session,
    *,
    now: datetime,
    club_ids: Collection[int] | None = None,
    resource_id: int | None = None,
) -> list[Unfit]:
    """Proposed and confirmed sessions of these clubs (or with this resource), soonest first, whose
    resources are out of use then or keep hours that do not hold them. Three statements.
    """
    statement = (
        select(LiveSession, Club, Resource)
        .join(Club, Club.id == LiveSession.club_id)
        .join(ResourceHold, ResourceHold.session_id == LiveSession.id)
        .join(Resource, Resource.id == ResourceHold.resource_id)
        .where(
            LiveSession.state.in_(("proposed", "confirmed")),
            LiveSession.starts_at > now,
            ResourceHold.is_active,
        )
        .order_by(LiveSession.starts_at, LiveSession.id, Resource.id)
        .limit(MOST)
    )
    if club_ids is not None:
        statement = statement.where(LiveSession.club_id.in_(club_ids))
    if resource_id is not None:
        statement = statement.where(Resource.id == resource_id)
    rows = db.execute(statement).all()
    if not rows:
        return []
    used = list({resource.id: resource for _live, _club, resource in rows}.values())
    hours = hours_of(
        db,
        used,
        min(live.starts_at for live, _club, _resource in rows),
        max(live.ends_at for live, _club, _resource in rows),
    )
    found: dict[int, tuple[LiveSession, Club, list[Resource]]] = {}
    for live, club, resource in rows:
        if not is_fit(resource, hours.get(resource.id), live):
            found.setdefault(live.id, (live, club, []))[2].append(resource)
    return [Unfit(live, club, tuple(outside)) for live, club, outside in found.values()]


def is_fit(resource: Resource, hours: Collection[Interval] | None, live: LiveSession) -> bool:
    """Whether the resource is in use and its kept hours (None: none kept) hold the session."""
    if not resource.is_active:
        return False
    return hours is None or covers(hours, Interval(epoch(live.starts_at), epoch(live.ends_at)))
