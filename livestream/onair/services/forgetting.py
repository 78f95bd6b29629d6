"""What people wrote and who they are is not kept longer than it is needed."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from livestream.onair.models import LiveComment, OrderDraft
from livestream.sessions.models import LiveSession

KEPT_FOR: Final = timedelta(days=30)
"""After a session's end: long enough to settle what was ordered in it."""


def forget_comments(db: Session, *, now: datetime) -> int:
    """Empty names, words and phone numbers of comments of sessions long over; how many."""
    over = select(LiveSession.id).where(LiveSession.ends_at < now - KEPT_FOR)
    emptied = db.execute(
        update(LiveComment)
        .where(LiveComment.session_id.in_(over), LiveComment.text != "")
        .values(author="", text="")
        .returning(LiveComment.id)
    ).all()
    db.execute(
        update(OrderDraft)
        .where(OrderDraft.session_id.in_(over), OrderDraft.phone != "")
        .values(phone="")
    )
    return len(emptied)
