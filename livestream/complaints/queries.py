"""Complaints for staff and for who complained; sessions whose evidence is still to be kept."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from livestream.clubs.models import Club
from livestream.complaints.models import Complaint, Evidence
from livestream.sessions.models import LiveSession
from shop.core.errors import NotFound

OFF_AIR = ("stopped", "ended", "reconciled")


@dataclass(frozen=True)
class ComplaintRow:
    """A complaint with its session and club."""

    complaint: Complaint
    live: LiveSession
    club: Club


def _rows(provinces: Collection[str] | None) -> Select[Complaint, LiveSession, Club]:
    statement = (
        select(Complaint, LiveSession, Club)
        .join(LiveSession, LiveSession.id == Complaint.session_id)
        .join(Club, Club.id == LiveSession.club_id)
    )
    return statement if provinces is None else statement.where(Club.province_code.in_(provinces))


def complaints_in(
    db: Session, provinces: Collection[str] | None, *, limit: int, offset: int = 0
) -> list[ComplaintRow]:
    """Complaints of these provinces (None: all): open ones, the oldest first, then the answered
    ones, the newest first.
    """
    is_open = Complaint.state == "open"
    rows = db.execute(
        _rows(provinces)
        .order_by(
            is_open.desc(),
            case((is_open, Complaint.id)),
            Complaint.decided_at.desc(),
            Complaint.id,
        )
        .limit(limit)
        .offset(offset)
    )
    return [ComplaintRow(*row) for row in rows]


def count_complaints(db: Session, provinces: Collection[str] | None) -> int:
    """How many there are, answered or not."""
    ids = _rows(provinces).with_only_columns(Complaint.id)
    return db.scalar(select(func.count()).select_from(ids.subquery())) or 0


def count_open(db: Session, provinces: Collection[str] | None) -> int:
    """How many wait for an answer."""
    ids = _rows(provinces).where(Complaint.state == "open").with_only_columns(Complaint.id)
    return db.scalar(select(func.count()).select_from(ids.subquery())) or 0


def complaint_of(db: Session, code: str) -> ComplaintRow:
    """One complaint. Raises NotFound."""
    row = db.execute(_rows(None).where(Complaint.code == code[:12])).one_or_none()
    if row is None:
        raise NotFound
    return ComplaintRow(*row)


def evidence_of(db: Session, session_id: int) -> list[Evidence]:
    """What is kept of a session."""
    query = select(Evidence).where(Evidence.session_id == session_id).order_by(Evidence.id)
    return list(db.scalars(query))


def without_evidence(db: Session, *, since: datetime, limit: int = 100) -> list[tuple[int, str]]:
    """(session, cause) of sessions that went off air after ``since`` and are not kept yet.

    What went off air before was kept long enough and dropped; it must not be kept anew.
    """
    found = []
    for cause, states in (("stopped", ("stopped",)), ("aired", OFF_AIR[1:])):
        rows = db.scalars(
            select(LiveSession.id)
            .where(
                LiveSession.state.in_(states),
                func.coalesce(LiveSession.ended_at, LiveSession.went_live_at) > since,
                LiveSession.went_live_at.is_not(None),
                ~select(Evidence.id)
                .where(Evidence.session_id == LiveSession.id, Evidence.cause == cause)
                .exists(),
                ~select(Evidence.id)
                .where(Evidence.session_id == LiveSession.id, Evidence.cause == "aired")
                .exists(),
            )
            .order_by(LiveSession.id)
            .limit(limit)
        )
        found += [(session_id, cause) for session_id in rows]
    return found


def worn_out(db: Session, now: datetime) -> list[int]:
    """Evidence whose time has come."""
    return list(db.scalars(select(Evidence.id).where(Evidence.keep_until <= now)))
