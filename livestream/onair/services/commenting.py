"""Taking comments in: each once, and one draft of an order for each that seems to be one."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from livestream.clubs.models import Resource
from livestream.clubs.policies import policy_of
from livestream.onair import queries
from livestream.onair.models import LiveComment, OrderDraft, OrderDraftLine
from livestream.onair.rules.comments import ChannelForbids, Wish, read_comment
from livestream.onair.rules.cues import NotOnAir
from livestream.onair.rules.pasting import Comment
from livestream.onair.rules.wording import plain
from livestream.sessions.models import LiveSession
from livestream.sessions.services.changing import items_of
from shop.core.db import insert_into
from shop.core.errors import NotFound
from shop.core.text import fold

TAKES_COMMENTS = ("live", "ended")


@dataclass(frozen=True)
class Taken:
    """What became of a batch of comments."""

    drafts: int = 0
    cancels: int = 0
    questions: int = 0
    others: int = 0
    known: int = 0
    """Came before, and changed nothing."""


def take_comments(
    db: Session, *, public_id: str, channel_id: int, comments: Sequence[Comment], now: datetime
) -> Taken:
    """Read comments of one channel; orders become drafts, cancels and questions are kept.

    A comment is known by the platform's id, or by its author and words when it was pasted: bringing
    it again changes nothing (UNIQUE). What neither orders, cancels nor asks is not stored. Raises
    NotFound for a channel the session does not use, ChannelForbids, NotOnAir.
    """
    live = db.scalars(select(LiveSession).where(LiveSession.public_id == public_id)).one_or_none()
    if live is None:
        raise NotFound
    channel = _channel(db, live, channel_id)
    if live.state not in TAKES_COMMENTS:
        raise NotOnAir
    items = {item.short_code: item.id for item in items_of(db, live)}
    counts = dict.fromkeys(("order", "cancel", "question", "other", "known"), 0)
    for comment in comments:
        wish = read_comment(comment.text, items)
        is_new = wish.reading == "other" or _keep(db, live, channel, comment, wish, items, now)
        counts[wish.reading if is_new else "known"] += 1
    return Taken(
        counts["order"], counts["cancel"], counts["question"], counts["other"], counts["known"]
    )


def _channel(db: Session, live: LiveSession, channel_id: int) -> Resource:
    """The channel, if comments there may be orders. Raises NotFound, ChannelForbids."""
    channel = next((one for one in queries.channels_of(db, live.id) if one.id == channel_id), None)
    if channel is None:
        raise NotFound
    policy = policy_of(channel.platform)
    if not policy.takes_comment_orders:
        raise ChannelForbids(platform=policy.name)
    return channel


def _keep(
    db: Session,
    live: LiveSession,
    channel: Resource,
    comment: Comment,
    wish: Wish,
    items: dict[str, int],
    now: datetime,
) -> bool:
    """Store a comment and its draft; False when it was known."""
    author_key = _digest(live.public_id, fold(comment.author) or wish.phone or comment.text)
    words = _digest(live.public_id, fold(comment.author), plain(comment.text))
    comment_id = db.scalar(
        insert_into(db, LiveComment)
        .values(
            session_id=live.id,
            channel_id=channel.id,
            comment_key=f"id:{comment.key}" if comment.key else f"words:{words}",
            author_key=author_key,
            author=comment.author,
            text=comment.text,
            reading=wish.reading,
            received_at=now,
        )
        .on_conflict_do_nothing(index_elements=["channel_id", "comment_key"])
        .returning(LiveComment.id)
    )
    if comment_id is None:
        return False
    if wish.reading == "order":
        _draft(db, live, comment_id, author_key, wish, items, now)
    return True


def _draft(
    db: Session,
    live: LiveSession,
    comment_id: int,
    author_key: str,
    wish: Wish,
    items: dict[str, int],
    now: datetime,
) -> None:
    doubts = list(wish.doubts)
    if queries.has_draft_of_author(db, live.id, author_key):
        doubts.append("second")
    draft = OrderDraft(
        session_id=live.id,
        comment_id=comment_id,
        phone=wish.phone,
        doubts=" ".join(doubts),
        created_at=now,
    )
    db.add(draft)
    db.flush()
    db.add_all(
        OrderDraftLine(draft_id=draft.id, item_id=items[code], quantity=units)
        for code, units in wish.lines
    )
    db.flush()


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:40]
