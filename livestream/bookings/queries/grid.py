"""What lies on a club's people, channels and places: a week as lanes, a month as days."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from livestream.bookings.models import WaitEntry
from livestream.sessions.models import LiveSession, ResourceHold
from livestream.sessions.states import PUBLIC_STATES
from livestream.sessions.timing import VN, Interval, instant

_TAKES_TIME = ("confirmed", "live", "stopped", "ended", "reconciled")


@dataclass(frozen=True)
class Laid:
    """A session as it lies on the grid. ``public_id`` is None for another club's."""

    id: int
    public_id: str | None
    title: str
    """Empty for another club's session that is not public."""
    title_en: str | None
    state: str
    version: int
    starts_at: datetime
    """In Vietnam's time."""
    ends_at: datetime
    day: date
    hours: str
    """``20:00–21:30``."""
    is_waiting: bool
    rivals: int = 0
    """How many other requests wait for something it holds."""


@dataclass
class Week:
    """Sessions by id, and who lies on which resource."""

    sessions: dict[int, Laid] = field(default_factory=dict)
    on: dict[tuple[int, date], list[int]] = field(default_factory=dict)
    """(resource, day of the start) -> session ids by time."""
    taken: dict[int, list[tuple[Interval, int]]] = field(default_factory=dict)
    """Resource -> holds that count, buffers included, with their session's id."""

    def is_free(self, resource_id: int, wanted: Interval, but: int) -> bool:
        """Whether nothing but session ``but`` holds the resource then."""
        return not any(
            session_id != but and held.overlaps(wanted)
            for held, session_id in self.taken.get(resource_id, ())
        )


def week_of(
    db: Session, resource_ids: Collection[int], *, club_id: int, window: Interval, now: datetime
) -> Week:
    """What starts within ``window`` on these resources; two statements.

    Another club's drafts are left out; of those that wait only the number is told.
    """
    found = db.execute(
        select(
            *(LiveSession.id, LiveSession.public_id, LiveSession.club_id),
            *(LiveSession.title, LiveSession.title_en),
            *(LiveSession.state, LiveSession.version),
            *(LiveSession.starts_at, LiveSession.ends_at),
            (WaitEntry.state == "waiting").label("is_waiting"),
        )
        .outerjoin(WaitEntry, WaitEntry.session_id == LiveSession.id)
        .where(
            LiveSession.starts_at >= instant(window.start),
            LiveSession.starts_at < instant(window.end),
            _is_laid(club_id, now),
        )
        .order_by(LiveSession.starts_at, LiveSession.id)
    ).all()
    holds = db.execute(
        select(
            *(ResourceHold.session_id, ResourceHold.resource_id),
            *(ResourceHold.hold_start, ResourceHold.hold_end, ResourceHold.is_active),
        )
        .join(LiveSession, LiveSession.id == ResourceHold.session_id)
        .where(
            ResourceHold.resource_id.in_(resource_ids),
            LiveSession.starts_at >= instant(window.start),
            LiveSession.starts_at < instant(window.end),
            _is_laid(club_id, now),
        )
    ).all()
    return _laid_out(found, holds, club_id)


def _is_laid(club_id: int, now: datetime) -> Any:
    return or_(
        LiveSession.state.in_(_TAKES_TIME),
        and_(LiveSession.state == "proposed", LiveSession.holds_until > now),
        and_(LiveSession.state == "draft", LiveSession.club_id == club_id),
        and_(
            LiveSession.state == "draft",
            LiveSession.id.in_(select(WaitEntry.session_id).where(WaitEntry.state == "waiting")),
        ),
    )


def _laid_out(found: Iterable[Any], holds: Iterable[Any], club_id: int) -> Week:
    week = Week()
    waiting = {row.id for row in found if row.is_waiting}
    wishes: dict[int, list[tuple[Interval, int]]] = {}
    by_session: dict[int, list[tuple[int, Interval]]] = {}
    for hold in holds:
        span = Interval(hold.hold_start, hold.hold_end)
        by_session.setdefault(hold.session_id, []).append((hold.resource_id, span))
        if hold.is_active:
            week.taken.setdefault(hold.resource_id, []).append((span, hold.session_id))
        if hold.session_id in waiting:
            wishes.setdefault(hold.resource_id, []).append((span, hold.session_id))
    for row in found:
        mine = by_session.get(row.id)
        is_own = row.club_id == club_id
        if mine is None or (row.state == "draft" and not is_own):
            continue
        laid = _laid(row, is_own, _rivals(row.id, mine, wishes) if wishes else 0)
        week.sessions[row.id] = laid
        for resource_id, _span in mine:
            week.on.setdefault((resource_id, laid.day), []).append(row.id)
    return week


def _rivals(
    session_id: int,
    mine: list[tuple[int, Interval]],
    wishes: dict[int, list[tuple[Interval, int]]],
) -> int:
    return len(
        {
            other
            for resource_id, span in mine
            for wish, other in wishes.get(resource_id, ())
            if other != session_id and wish.overlaps(span)
        }
    )


def _laid(row: Any, is_own: bool, rivals: int) -> Laid:
    starts_at, ends_at = row.starts_at.astimezone(VN), row.ends_at.astimezone(VN)
    is_named = is_own or row.state in PUBLIC_STATES
    return Laid(
        id=row.id,
        public_id=row.public_id if is_own else None,
        title=row.title if is_named else "",
        title_en=row.title_en if is_named else None,
        state=row.state,
        version=row.version,
        starts_at=starts_at,
        ends_at=ends_at,
        day=starts_at.date(),
        hours=f"{starts_at:%H:%M}–{ends_at:%H:%M}",
        is_waiting=bool(row.is_waiting),
        rivals=rivals,
    )


def days_of(
    db: Session,
    *,
    club_id: int,
    window: Interval,
    now: datetime,
    resource_id: int | None = None,
) -> dict[date, list[Laid]]:
    """A club's own sessions by the day they start, of one resource if given; one statement."""
    statement = (
        select(
            *(LiveSession.id, LiveSession.public_id, LiveSession.title, LiveSession.title_en),
            *(LiveSession.state, LiveSession.version),
            *(LiveSession.starts_at, LiveSession.ends_at),
            (WaitEntry.state == "waiting").label("is_waiting"),
        )
        .outerjoin(WaitEntry, WaitEntry.session_id == LiveSession.id)
        .where(
            LiveSession.club_id == club_id,
            LiveSession.starts_at >= instant(window.start),
            LiveSession.starts_at < instant(window.end),
            _is_laid(club_id, now),
        )
        .order_by(LiveSession.starts_at, LiveSession.id)
    )
    if resource_id is not None:
        statement = statement.where(
            LiveSession.id.in_(
                select(ResourceHold.session_id).where(ResourceHold.resource_id == resource_id)
            )
        )
    days: dict[date, list[Laid]] = {}
    for row in db.execute(statement):
        laid = _laid(row, True, 0)
        days.setdefault(laid.day, []).append(laid)
    return days
