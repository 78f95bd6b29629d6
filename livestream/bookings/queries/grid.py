"""What lies on a club's people, channels and places: a week as lanes, a month as days."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from livestream.bookings.models import WaitEntry
from livestream.sessions.models import LiveSession, ResourceHold
from livestream.sessions.states import PUBLIC_STATES
from livestream.sessions.timing import VN, Interval, instant

_TAKES_TIME = ("confirmed", "live", "stopped", "ended", "reconciled")
_COLUMNS: tuple[Any, ...] = (
    LiveSession.id,
    LiveSession.public_id,
    LiveSession.club_id,
    LiveSession.title,
    LiveSession.title_en,
    LiveSession.state,
    LiveSession.version,
    LiveSession.starts_at,
    LiveSession.ends_at,
    (WaitEntry.state == "waiting").label("is_waiting"),
)
"""What a slot shows, in the order ``_laid`` reads."""


class Laid(NamedTuple):
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
    taken: dict[int, list[tuple[int, int, int]]] = field(default_factory=dict)
    """Resource -> holds that count, buffers included: (start, end, session), epoch seconds."""

    def is_free(self, resource_id: int, wanted: Interval, but: int) -> bool:
        """Whether nothing but session ``but`` holds the resource then."""
        return not any(
            session_id != but and start < wanted.end and wanted.start < end
            for start, end, session_id in self.taken.get(resource_id, ())
        )


def week_of(
    db: Session, resource_ids: Collection[int], *, club_id: int, window: Interval, now: datetime
) -> Week:
    """What starts within ``window`` on these resources; two statements.

    Another club's drafts are left out; of those that wait only the number is told.
    """
    found = db.execute(
        select(*_COLUMNS)
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


def _laid_out(found: Sequence[Any], holds: Iterable[Any], club_id: int) -> Week:
    week = Week()
    waiting = {row.id for row in found if row.is_waiting}
    wishes: dict[int, list[tuple[int, int, int]]] = {}
    by_session: dict[int, list[tuple[int, int, int]]] = {}
    for session_id, resource_id, start, end, is_active in holds:
        by_session.setdefault(session_id, []).append((resource_id, start, end))
        if is_active:
            week.taken.setdefault(resource_id, []).append((start, end, session_id))
        if session_id in waiting:
            wishes.setdefault(resource_id, []).append((start, end, session_id))
    for row in found:
        session_id, _code, owner_id, _title, _title_en, state, *_more = row
        mine = by_session.get(session_id)
        is_own = owner_id == club_id
        if mine is None or (state == "draft" and not is_own):
            continue
        laid = _laid(row, is_own, _rivals(session_id, mine, wishes) if wishes else 0)
        week.sessions[session_id] = laid
        for resource_id, _start, _end in mine:
            week.on.setdefault((resource_id, laid.day), []).append(session_id)
    return week


def _rivals(
    session_id: int,
    mine: list[tuple[int, int, int]],
    wishes: dict[int, list[tuple[int, int, int]]],
) -> int:
    return len(
        {
            other
            for resource_id, start, end in mine
            for wish_start, wish_end, other in wishes.get(resource_id, ())
            if other != session_id and wish_start < end and start < wish_end
        }
    )


def _laid(row: Any, is_own: bool, rivals: int) -> Laid:
    """``row``: the columns of ``_COLUMNS``; read by position, a week has 500 of them."""
    session_id, code, _owner, title, title_en, state, version, start, end, is_waiting = row
    starts_at, ends_at = start.astimezone(VN), end.astimezone(VN)
    is_named = is_own or state in PUBLIC_STATES
    return Laid(
        session_id,
        code if is_own else None,
        title if is_named else "",
        title_en if is_named else None,
        state,
        version,
        starts_at,
        ends_at,
        starts_at.date(),
        f"{_clock_time(starts_at)}–{_clock_time(ends_at)}",
        bool(is_waiting),
        rivals,
    )


def _clock_time(at: datetime) -> str:
    return f"{at.hour:02d}:{at.minute:02d}"


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
        select(*_COLUMNS)
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
