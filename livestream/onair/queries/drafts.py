"""Comments that were taken in and the drafts made of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from livestream.clubs.models import Resource
from livestream.onair.models import LiveComment, OrderDraft, OrderDraftLine
from livestream.sessions.models import LiveSession, ResourceHold, SessionItem
from shop.core.errors import NotFound
from shop.orders.models import Order

SHOWN: Final = 100


def channels_of(db: Session, session_id: int) -> list[Resource]:
    """The channel accounts of a session."""
    return list(
        db.scalars(
            select(Resource)
            .join(ResourceHold, ResourceHold.resource_id == Resource.id)
            .where(ResourceHold.session_id == session_id, Resource.kind == "channel")
            .order_by(Resource.name, Resource.id)
        )
    )


def count_open_drafts(db: Session, session_id: int) -> int:
    """How many drafts wait for a person."""
    statement = select(func.count()).where(
        OrderDraft.session_id == session_id, OrderDraft.state == "open"
    )
    return db.scalar(statement) or 0


def has_draft_of_author(db: Session, session_id: int, author_key: str) -> bool:
    """Whether somebody has ordered in this session before."""
    found = db.scalar(
        select(OrderDraft.id)
        .join(LiveComment, LiveComment.id == OrderDraft.comment_id)
        .where(
            OrderDraft.session_id == session_id,
            LiveComment.author_key == author_key,
            OrderDraft.state != "dropped",
        )
        .limit(1)
    )
    return found is not None


def draft_of(db: Session, session_id: int, draft_id: int) -> OrderDraft:
    """A draft of the session. Raises NotFound."""
    found = db.scalar(
        select(OrderDraft).where(OrderDraft.id == draft_id, OrderDraft.session_id == session_id)
    )
    if found is None:
        raise NotFound
    return found


def session_of_draft(db: Session, draft_id: int) -> LiveSession:
    """The session in which a draft was written. Raises NotFound."""
    found = db.scalar(
        select(LiveSession)
        .join(OrderDraft, OrderDraft.session_id == LiveSession.id)
        .where(OrderDraft.id == draft_id)
    )
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True)
class DraftRow:
    """A draft with its comment, goods and, once placed, its orders' codes."""

    draft: OrderDraft
    comment: LiveComment
    parts: tuple[tuple[int, str, int], ...]
    """(item id, short code, units)."""
    orders: tuple[str, ...]
    wants_out: bool
    """The same person wrote later that they do not want it, or want another thing instead."""

    @property
    def doubts(self) -> list[str]:
        """Slugs of ``rules.comments.DOUBTS``."""
        return self.draft.doubts.split()

    @property
    def units(self) -> dict[int, int]:
        """Item id -> units."""
        return {item_id: units for item_id, _code, units in self.parts}


def draft_rows(
    db: Session, session_id: int, *, states: Sequence[str], draft_id: int | None = None
) -> list[DraftRow]:
    """Drafts, oldest first (decided ones: latest first); four statements."""
    order = (OrderDraft.id,) if "open" in states else (OrderDraft.decided_at.desc(), OrderDraft.id)
    statement = (
        select(OrderDraft, LiveComment)
        .join(LiveComment, LiveComment.id == OrderDraft.comment_id)
        .where(OrderDraft.session_id == session_id, OrderDraft.state.in_(states))
        .order_by(*order)
        .limit(SHOWN)
    )
    if draft_id is not None:
        statement = statement.where(OrderDraft.id == draft_id)
    pairs = db.execute(statement).all()
    parts = _parts(db, [draft.id for draft, _comment in pairs])
    codes = _order_codes(db, [draft.group_id for draft, _comment in pairs if draft.group_id])
    outs = _cancels(db, session_id)
    return [
        DraftRow(
            draft,
            comment,
            tuple(parts.get(draft.id, ())),
            tuple(codes.get(draft.group_id or 0, ())),
            outs.get(comment.author_key, 0) > comment.id,
        )
        for draft, comment in pairs
    ]


def _parts(db: Session, draft_ids: Sequence[int]) -> dict[int, list[tuple[int, str, int]]]:
    rows = db.execute(
        select(OrderDraftLine.draft_id, SessionItem.id, SessionItem.short_code, OrderDraftLine)
        .join(SessionItem, SessionItem.id == OrderDraftLine.item_id)
        .where(OrderDraftLine.draft_id.in_(draft_ids))
        .order_by(OrderDraftLine.id)
    )
    found: dict[int, list[tuple[int, str, int]]] = {}
    for draft_id, item_id, code, line in rows:
        found.setdefault(draft_id, []).append((item_id, code, line.quantity))
    return found


def _order_codes(db: Session, group_ids: Sequence[int]) -> dict[int, list[str]]:
    rows = db.execute(
        select(Order.group_id, Order.code).where(Order.group_id.in_(group_ids)).order_by(Order.id)
    )
    found: dict[int, list[str]] = {}
    for group_id, code in rows:
        found.setdefault(group_id, []).append(code)
    return found


def _cancels(db: Session, session_id: int) -> dict[str, int]:
    """Author -> their latest comment that takes something back, or wants another thing instead."""
    rows = db.execute(
        select(LiveComment.author_key, func.max(LiveComment.id))
        .outerjoin(OrderDraft, OrderDraft.comment_id == LiveComment.id)
        .where(
            LiveComment.session_id == session_id,
            or_(LiveComment.reading == "cancel", OrderDraft.doubts.contains("mixed")),
        )
        .group_by(LiveComment.author_key)
    )
    return {row[0]: row[1] for row in rows}


def comments_read_as(db: Session, session_id: int, reading: str) -> list[LiveComment]:
    """Questions, or cancels, the latest first."""
    return list(
        db.scalars(
            select(LiveComment)
            .where(LiveComment.session_id == session_id, LiveComment.reading == reading)
            .order_by(LiveComment.id.desc())
            .limit(SHOWN // 2)
        )
    )
