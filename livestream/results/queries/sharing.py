"""Codes that credit orders: of a session, and what a code stands for."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from livestream.clubs.models import Club, Resource
from livestream.results.models import ShareCode
from livestream.results.queries.sheets import COUNTED
from livestream.sessions.models import LiveSession
from shop.orders.models import Order


@dataclass(frozen=True)
class CodeRow:
    """A host's code, and the confirmed orders it led to."""

    code: str
    host: str
    orders: int


def codes_of(db: Session, session_id: int) -> list[CodeRow]:
    """The codes of a session, by host."""
    rows = db.execute(
        select(ShareCode.code, Resource.name, func.count(Order.id))
        .join(Resource, Resource.id == ShareCode.host_id)
        .outerjoin(Order, (Order.origin_code == ShareCode.code) & Order.state.in_(COUNTED))
        .where(ShareCode.session_id == session_id)
        .group_by(ShareCode.id, ShareCode.code, Resource.name)
        .order_by(Resource.name, ShareCode.id)
    )
    return [CodeRow(code, host, count) for code, host, count in rows]


def named(db: Session, code: str) -> tuple[str, str, str] | None:
    """Host, club and session's slug behind a code; None for an unknown one."""
    row = db.execute(
        select(Resource.name, Club.name, LiveSession.slug)
        .select_from(ShareCode)
        .join(Resource, Resource.id == ShareCode.host_id)
        .join(LiveSession, LiveSession.id == ShareCode.session_id)
        .join(Club, Club.id == LiveSession.club_id)
        .where(ShareCode.code == code)
    ).one_or_none()
    return (row[0], row[1], row[2]) if row else None
