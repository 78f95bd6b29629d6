"""Reading the inbox."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.notifications.models import InboxItem


def unread_count(db: Session, person_id: int) -> int:
    """How many messages the person has not read."""
    return (
        db.scalar(
            select(func.count())
            .select_from(InboxItem)
            .where(InboxItem.person_id == person_id, InboxItem.read_at.is_(None))
        )
        or 0
    )


def inbox_size(db: Session, person_id: int) -> int:
    """How many messages the person has."""
    statement = select(func.count()).select_from(InboxItem)
    return db.scalar(statement.where(InboxItem.person_id == person_id)) or 0


def inbox_page(db: Session, person_id: int, *, limit: int, offset: int) -> list[InboxItem]:
    """One page of a person's messages, newest first."""
    return list(
        db.scalars(
            select(InboxItem)
            .where(InboxItem.person_id == person_id)
            .order_by(InboxItem.at.desc(), InboxItem.id.desc())
            .limit(limit)
            .offset(offset)
        )
    )
