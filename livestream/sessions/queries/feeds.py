"""Which sessions a calendar feed holds."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy.orm import Session

from livestream.sessions.models import LiveSession
from livestream.sessions.queries.rows import SessionRow, session_rows, with_club
from livestream.sessions.states import PUBLIC_STATES

KEEP_CANCELLED: Final = timedelta(days=30)
"""How long a cancelled session stays in calendars, so that every subscriber hears of it."""
FEED_PAST: Final = timedelta(days=60)


def feed_rows(
    db: Session,
    *,
    now: datetime,
    club_id: int | None = None,
    campaign_id: int | None = None,
    is_private: bool = False,
) -> list[SessionRow]:
    """Sessions of a calendar in stable order; see ``in_feed``."""
    statement = with_club().where(in_feed(now=now, is_private=is_private))
    if club_id is not None:
        statement = statement.where(LiveSession.club_id == club_id)
    if campaign_id is not None:
        statement = statement.where(LiveSession.campaign_id == campaign_id)
    return session_rows(db, statement.order_by(LiveSession.starts_at, LiveSession.id).limit(1000))


def in_feed(*, now: datetime, is_private: bool) -> ColumnElement[bool]:
    """The condition for what a calendar holds.

    Public feeds hold confirmed, live and ended ones, a private one proposals too. Cancelled
    sessions that were once confirmed stay for KEEP_CANCELLED.
    """
    states: Sequence[str] = (*PUBLIC_STATES, "reconciled", "stopped")
    if is_private:
        states = (*states, "proposed")
    gone = and_(
        LiveSession.state.in_(("cancelled", "no_show")),
        LiveSession.confirmed_by.is_not(None),
        LiveSession.updated_at > now - KEEP_CANCELLED,
    )
    return and_(or_(LiveSession.state.in_(states), gone), LiveSession.ends_at > now - FEED_PAST)
