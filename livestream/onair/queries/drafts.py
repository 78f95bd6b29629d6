"""Comments that were taken in and the drafts made of them."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from livestream.onair.models import OrderDraft


def count_open_drafts(db: Session, session_id: int) -> int:
    """How many drafts wait for a person."""
    statement = select(func.count()).where(
        OrderDraft.session_id == session_id, OrderDraft.state == "open"
    )
    return db.scalar(statement) or 0
