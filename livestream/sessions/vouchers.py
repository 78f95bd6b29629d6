"""Which sessions a producer's voucher may be for, and how the voucher names its session."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from livestream.sessions.models import LiveSession, SessionItem
from shop.checkout.slots import SessionChoice
from shop.core.clock import VN

_OPEN = ("proposed", "confirmed", "live")
_MOST = 50


def voucher_key(session_id: int) -> str:
    """What the shop keeps of a session in a voucher; opaque there."""
    return f"session:{session_id}"


def voucher_sessions(
    db: Session, producer_ids: Sequence[int], now: datetime
) -> list[SessionChoice]:
    """Sessions to come, or on air, that show goods of these producers; the next one first."""
    shows = select(SessionItem.session_id).where(SessionItem.producer_id.in_(producer_ids))
    rows = db.scalars(
        select(LiveSession)
        .where(
            LiveSession.id.in_(shows),
            LiveSession.state.in_(_OPEN),
            LiveSession.ends_at > now,
        )
        .order_by(LiveSession.starts_at, LiveSession.id)
        .limit(_MOST)
    )
    return [
        SessionChoice(
            voucher_key(live.id),
            f"{live.starts_at.astimezone(VN):%d/%m/%Y %H:%M} · {live.title}",
            live.starts_at,
            live.ends_at,
        )
        for live in rows
    ]
