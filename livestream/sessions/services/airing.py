"""From "we are on air" to "it is over"; also by the clock when nobody says so."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from livestream.sessions.models import LiveSession
from livestream.sessions.services.changing import (
    club_people,
    drop_holds,
    give_back,
    items_of,
    open_for_change,
    producer_people,
    product_ids_of,
    set_state,
    staff_people,
    tell,
    tell_next_sessions,
)
from livestream.sessions.services.deciding import require_papers
from livestream.sessions.states import ReasonMissing, require_step
from shop.core.errors import Conflict
from shop.core.text import N_

EARLY: Final = timedelta(minutes=15)
"""How long before its start a session may go live."""
NO_SHOW_AFTER: Final = timedelta(minutes=20)
OVERTIME: Final = timedelta(minutes=30)
"""How long after its end a live session is taken for over."""


UNDONE_WITHIN: Final = timedelta(hours=24)
"""How long after its start a no-show can be put right."""


class TooLate(Conflict):
    message = N_("Chỉ sửa được trong 24 giờ sau giờ hẹn.")


class TooEarly(Conflict):
    message = N_("Chỉ lên sóng được từ 15 phút trước giờ hẹn đến hết giờ của phiên.")


def go_live(
    db: Session, *, public_id: str, actor_id: int, now: datetime, version: int | None = None
) -> LiveSession:
    """Start a confirmed session whose papers still stand.

    Raises TooEarly, PapersLapsed, WrongState, Outdated.
    """
    live = open_for_change(db, public_id, version=version)
    require_step(live.state, "live")
    if not live.starts_at - EARLY <= now < live.ends_at:
        raise TooEarly
    require_papers(db, live, now=now)
    live.went_live_at = now
    set_state(db, live, "live", "went_live", actor_id=actor_id, now=now)
    return live


def stop_session(
    db: Session,
    *,
    public_id: str,
    reason: str,
    actor_id: int,
    now: datetime,
    version: int | None = None,
) -> LiveSession:
    """Stop a live session for a legal or safety reason. Raises ReasonMissing, WrongState."""
    if not reason:
        raise ReasonMissing(field="reason")
    live = open_for_change(db, public_id, version=version)
    set_state(db, live, "stopped", "stopped", actor_id=actor_id, now=now, note=reason)
    give_back(db, live, now=now)
    makers = producer_people(db, [item.producer_id for item in items_of(db, live)])
    people = [*club_people(db, live), *staff_people(db, live), *makers]
    tell(db, live, "session.stopped", people, now=now)
    return live


def end_session(
    db: Session,
    *,
    public_id: str,
    actor_id: int | None,
    now: datetime,
    version: int | None = None,
) -> LiveSession:
    """End a live (or stopped) session: what was set aside and not sold is free again."""
    live = open_for_change(db, public_id, version=version)
    _close(db, live, "ended", "ended", actor_id=actor_id, now=now)
    return live


def was_on_air(
    db: Session, *, public_id: str, reason: str, actor_id: int, now: datetime
) -> LiveSession:
    """Put right what the clock took for a no-show: it was on air, nobody had pressed the button.

    It counts as ended, so that its result can be told. Raises ReasonMissing, TooLate, WrongState.
    """
    if not reason:
        raise ReasonMissing(field="reason")
    live = open_for_change(db, public_id)
    if live.state == "no_show" and now > live.starts_at + UNDONE_WITHIN:
        raise TooLate
    live.went_live_at = live.starts_at
    live.ended_at = min(now, live.ends_at)
    set_state(db, live, "ended", "ended", actor_id=actor_id, now=now, note=reason)
    return live


def miss(
    db: Session, live: LiveSession, *, actor_id: int | None, now: datetime, note: str = ""
) -> None:
    """A confirmed session did not take place: goods and places go back, all are told.

    Raises WrongState.
    """
    _close(db, live, "no_show", "no_show", actor_id=actor_id, now=now, note=note)
    tell(db, live, "session.no_show", [*club_people(db, live), *staff_people(db, live)], now=now)


def _close(
    db: Session,
    live: LiveSession,
    state: str,
    kind: str,
    *,
    actor_id: int | None,
    now: datetime,
    note: str = "",
) -> None:
    live.ended_at = now
    set_state(db, live, state, kind, actor_id=actor_id, now=now, note=note)
    drop_holds(db, live)
    give_back(db, live, now=now)
    tell_next_sessions(db, product_ids_of(db, live), now=now)


def overdue(db: Session, *, now: datetime, limit: int = 200) -> list[str]:
    """Public ids of sessions that never started or were never ended."""
    return list(
        db.scalars(
            select(LiveSession.public_id)
            .where(
                or_(
                    (LiveSession.state == "confirmed")
                    & (LiveSession.starts_at <= now - NO_SHOW_AFTER),
                    LiveSession.state.in_(("live", "stopped"))
                    & (LiveSession.ends_at <= now - OVERTIME),
                )
            )
            .order_by(LiveSession.starts_at, LiveSession.id)
            .limit(limit)
        )
    )


def keep_time(db: Session, *, public_id: str, now: datetime) -> bool:
    """Mark one that never started as no-show, end one that was left on; says whether it did."""
    live = open_for_change(db, public_id)
    if live.state == "confirmed" and live.starts_at <= now - NO_SHOW_AFTER:
        miss(db, live, actor_id=None, now=now)
        return True
    if live.state in {"live", "stopped"} and live.ends_at <= now - OVERTIME:
        _close(db, live, "ended", "ended", actor_id=None, now=now)
        return True
    return False
