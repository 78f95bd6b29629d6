"""A host leaves a club: not while its coming sessions count on them."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from livestream.clubs.models import Resource
from livestream.sessions.models import LiveSession, ResourceHold
from livestream.sessions.services.changing import lock_resources
from livestream.sessions.services.expiring import drop_lapsed
from shop.core.errors import Conflict
from shop.core.text import N_


class StillBooked(Conflict):
    message = N_(
        "%(host)s còn dẫn %(number)s phiên của câu lạc bộ. Hãy bàn giao hoặc hủy chúng trước."
    )


def require_no_sessions_of(db: Session, *, resource_id: int, club_id: int, now: datetime) -> None:
    """Let a host go whom no session of the club holds; no booking slips in until the transaction
    ends. Raises StillBooked.
    """
    lock_resources(db, [resource_id])
    drop_lapsed(db, [resource_id], now=now)
    number = db.scalar(
        select(func.count())
        .select_from(ResourceHold)
        .join(LiveSession, LiveSession.id == ResourceHold.session_id)
        .where(
            ResourceHold.resource_id == resource_id,
            ResourceHold.is_active.is_(True),
            LiveSession.club_id == club_id,
        )
    )
    if number:
        raise StillBooked(host=db.get_one(Resource, resource_id).name, number=number)
