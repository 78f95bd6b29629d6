"""Who commented for an order is forgotten with the order."""

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from livestream.onair.models import LiveComment, OrderDraft
from shop.accounts.services import Whom
from shop.orders.models import Order


def erase_order_comment(_sender: object, *, db: Session, order: Order, **_more: Any) -> None:
    """Empty the comment and the draft that the order came from."""
    _empty(db, OrderDraft.group_id == order.group_id)


def erase_comments(_sender: object, *, db: Session, whom: Whom, **_more: Any) -> None:
    """Empty comments that gave one of the person's phone numbers."""
    _empty(db, OrderDraft.phone.in_(whom.logins))


def _empty(db: Session, condition: object) -> None:
    drafts = db.execute(
        select(OrderDraft.id, OrderDraft.comment_id).where(condition)  # type: ignore[arg-type]
    ).all()
    db.execute(
        update(OrderDraft).where(OrderDraft.id.in_([row[0] for row in drafts])).values(phone="")
    )
    db.execute(
        update(LiveComment)
        .where(LiveComment.id.in_([row[1] for row in drafts]))
        .values(author="", text="")
    )
