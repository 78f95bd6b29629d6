"""The waiting list: drafts that wait for their time; one at a time is offered it, with a deadline.

An offer is a proposal like any other: its session holds everything it wants until the deadline, so
the database keeps two offers of one thing apart, and the usual expiry lets go of it.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from livestream.bookings.models import WaitEntry
from livestream.clubs.models import Resource
from livestream.clubs.services import managers_of
from livestream.sessions.models import LiveSession, ResourceHold
from livestream.sessions.services import expire_holds, propose_session, withdraw_proposal
from livestream.sessions.services.asking import ask_for_agreement
from livestream.sessions.services.changing import lock_session, open_for_change, record, tell
from livestream.sessions.services.expiring import is_lapsed
from livestream.sessions.states import STATE_LABELS, WrongState
from livestream.sessions.timing import hold_range
from shop.core.errors import Conflict, DomainError
from shop.core.text import N_

OFFER_FOR: Final = timedelta(hours=2)
"""How long an offer waits for its club before the next one gets it."""
SOON: Final = timedelta(minutes=30)
"""An offer this close to the start helps nobody."""


class NotWaiting(Conflict):
    message = N_("Phiên này không còn trong danh sách chờ. Hãy tải lại trang.")


class OfferOver(Conflict):
    message = N_("Hạn nhận chỗ đã hết. Chỗ được mời cho phiên chờ tiếp theo.")


def join_queue(
    db: Session, *, public_id: str, actor_id: int, now: datetime, version: int | None = None
) -> WaitEntry:
    """Let a draft wait for its time. Twice is once. Raises WrongState when it is no draft."""
    live = open_for_change(db, public_id, version=version)
    if live.state != "draft":
        raise WrongState(state=STATE_LABELS[live.state])
    entry = entry_of(db, live.id)
    if entry is not None and entry.state == "waiting":
        return entry
    if entry is None:
        entry = WaitEntry(session_id=live.id)
        db.add(entry)
    entry.state, entry.joined_by, entry.joined_at = "waiting", actor_id, now
    entry.offered_at = entry.offer_until = None
    _want_with_buffers(db, live)
    record(db, live, "queued", actor_id=actor_id, now=now)
    return entry


def _want_with_buffers(db: Session, live: LiveSession) -> None:
    """Write what the draft wants with its buffers, so that rivals are counted as they will meet."""
    rows = db.execute(
        select(ResourceHold, Resource)
        .join(Resource, Resource.id == ResourceHold.resource_id)
        .where(ResourceHold.session_id == live.id)
    )
    for hold, resource in rows:
        wanted = hold_range(
            live.starts_at,
            live.ends_at,
            before_minutes=resource.buffer_before_minutes,
            after_minutes=resource.buffer_after_minutes,
        )
        hold.hold_start, hold.hold_end = wanted.start, wanted.end
    db.flush()


def entry_of(db: Session, session_id: int) -> WaitEntry | None:
    """The session's place in the queue, whatever became of it."""
    return db.scalars(select(WaitEntry).where(WaitEntry.session_id == session_id)).one_or_none()


def leave_queue(db: Session, *, public_id: str, actor_id: int, now: datetime) -> None:
    """Wait no longer; an offer is handed back and free for the next one. Raises NotWaiting."""
    live = open_for_change(db, public_id)
    entry = entry_of(db, live.id)
    if entry is None or entry.state not in {"waiting", "offered"}:
        raise NotWaiting
    was_offered = entry.state == "offered"
    entry.state = "declined" if was_offered else "left"
    db.flush()
    if was_offered and live.state == "proposed":
        withdraw_proposal(db, public_id=public_id, actor_id=actor_id, now=now)
    record(db, live, "queue_left", actor_id=actor_id, now=now)


def take_offer(
    db: Session, *, public_id: str, actor_id: int, now: datetime, hold_hours: int
) -> LiveSession:
    """The club takes what it was offered: the soft hold gets its usual length, people are asked.

    Raises NotWaiting, OfferOver.
    """
    live = open_for_change(db, public_id)
    entry = entry_of(db, live.id)
    if entry is None or entry.state != "offered":
        raise NotWaiting
    if live.state != "proposed" or is_lapsed(live, now):
        raise OfferOver
    entry.state = "taken"
    live.proposed_by = actor_id
    live.holds_until = min(now + timedelta(hours=hold_hours), live.starts_at)
    record(db, live, "offer_taken", actor_id=actor_id, now=now)
    ask_for_agreement(db, live, actor_id=actor_id, now=now)
    return live


def waiting_ids(db: Session, *, limit: int = 500) -> list[int]:
    """Sessions that wait, first come first."""
    return list(
        db.scalars(
            select(WaitEntry.session_id)
            .where(WaitEntry.state == "waiting")
            .order_by(WaitEntry.joined_at, WaitEntry.id)
            .limit(limit)
        )
    )


def settle_offers(db: Session, *, now: datetime) -> int:
    """Close offers whose session went on without them or lapsed; returns how many."""
    rows = db.execute(
        select(WaitEntry, LiveSession)
        .join(LiveSession, LiveSession.id == WaitEntry.session_id)
        .where(WaitEntry.state == "offered")
    ).all()
    closed = 0
    for entry, live in rows:
        if live.state == "proposed" and not is_lapsed(live, now):
            continue
        if live.state == "proposed":
            expire_holds(db, session_id=live.id, now=now)
        entry.state = "taken" if live.state in {"confirmed", "live", "ended"} else "lapsed"
        closed += 1
    db.flush()
    return closed


def offer_slot(db: Session, *, session_id: int, now: datetime) -> bool:
    """Offer a waiting session its time if everything it wants is free; says whether it was.

    Passes the same guard as any proposal. One whose time has come too near is let go.
    """
    live = db.get_one(LiveSession, session_id)
    public_id, starts_at = live.public_id, live.starts_at
    if starts_at <= now + SOON or live.state != "draft":
        locked = lock_session(db, session_id)
        entry = entry_of(db, session_id)
        if entry is not None and entry.state == "waiting":
            entry.state = "lapsed" if locked.state == "draft" else "left"
            db.flush()
        return False
    try:
        with db.begin_nested():
            live = propose_session(
                db,
                public_id=public_id,
                actor_id=None,
                now=now,
                hold_hours=int(OFFER_FOR.total_seconds() // 3600),
                is_told=False,
            )
            entry = entry_of(db, session_id)
            if entry is None or entry.state != "waiting":
                raise NotWaiting
            entry.state, entry.offered_at, entry.offer_until = "offered", now, live.holds_until
            db.flush()
    except DomainError:
        return False
    tell(db, live, "booking.offered", managers_of(db, live.club_id), now=now)
    return True


def places_in_queue(db: Session, session_ids: Collection[int]) -> dict[int, WaitEntry]:
    """The entries of these sessions."""
    rows = db.scalars(select(WaitEntry).where(WaitEntry.session_id.in_(session_ids)))
    return {entry.session_id: entry for entry in rows}
