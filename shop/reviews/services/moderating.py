"""What staff of the province do: hide with a reason, show again, take a producer's word away."""

from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalogue import services as catalogue
from shop.catalogue.services.rights import require_judge
from shop.core import outbox
from shop.reviews import rules
from shop.reviews.models import Answer, Review, ReviewReply
from shop.reviews.services import messages
from shop.reviews.services.answering import tell_of_question
from shop.reviews.services.parts import (
    About,
    Said,
    about,
    audit,
    locked_question,
    locked_review,
    tell_rating,
)
from shop.reviews.services.writing import tell_of_new

SaidKind = Literal["review", "question"]


def _open(db: Session, kind: SaidKind, row_id: int, actor_id: int) -> tuple[Said, About]:
    said: Said = locked_review(db, row_id) if kind == "review" else locked_question(db, row_id)
    facts = about(db, said.product_id)
    require_judge(db, actor_id, producer_id=facts.producer_id, province_code=facts.province_code)
    return said, facts


def hide(
    db: Session,
    *,
    kind: SaidKind,
    row_id: int,
    actor_id: int,
    reason: str,
    note: str,
    now: datetime,
) -> Said:
    """Take a review or question out of the public eye; author and producer are told why.

    ``note`` is what both are told besides the reason. Hiding what is hidden changes nothing.
    Raises NotFound, NotAllowed, OwnWork, NotPublic, ReasonNeeded, NoteNeeded.
    """
    rules.require_reason(reason, note, rules.HIDE_REASONS)
    said, facts = _open(db, kind, row_id, actor_id)
    if said.state == "hidden":
        return said
    if said.state == "withdrawn":
        raise rules.NotPublic
    was_public = said.state == "shown"
    said.state, said.hide_reason, said.hide_note = "hidden", reason, note
    said.decided_by, said.decided_at = actor_id, now
    audit(db, said, "hide", actor_id=actor_id, now=now, note=note, reason=reason)
    outbox.withdraw(db, ref=f"{kind}:{said.id}")
    _settle(db, said)
    told = note or rules.HIDE_REASONS[reason]
    _tell_author(db, said, facts, f"{kind}_hidden", told, now)
    if was_public:
        _tell_producer(db, said, facts, f"{kind}_hidden_desk", told, now)
    return said


def show(
    db: Session, *, kind: SaidKind, row_id: int, actor_id: int, note: str, now: datetime
) -> Said:
    """Let the public see what was held or hidden. Showing what is shown changes nothing.

    Raises NotFound, NotAllowed, OwnWork, NotPublic.
    """
    said, facts = _open(db, kind, row_id, actor_id)
    if said.state == "shown":
        return said
    if said.state == "withdrawn":
        raise rules.NotPublic
    was_hidden = said.state == "hidden"
    said.state, said.hide_reason, said.hide_note = "shown", "", ""
    said.decided_by, said.decided_at = actor_id, now
    audit(db, said, "show", actor_id=actor_id, now=now, note=note)
    outbox.withdraw(db, ref=f"{kind}:{said.id}")
    _settle(db, said)
    if was_hidden:
        _tell_author(db, said, facts, f"{kind}_shown", note, now)
        _tell_producer(db, said, facts, f"{kind}_shown_desk", note, now)
    elif isinstance(said, Review):
        tell_of_new(db, said, now=now)
    else:
        tell_of_question(db, said, now=now)
    return said


def _settle(db: Session, said: Said) -> None:
    db.flush()
    if isinstance(said, Review):
        tell_rating(db, said.product_id)
    else:
        catalogue.bump_version(db)


def _tell_author(
    db: Session, said: Said, facts: About, kind: str, note: str, now: datetime
) -> None:
    recipient = (
        messages.author_of(db, said, now)
        if isinstance(said, Review)
        else messages.person(said.author_id)
    )
    messages.tell_one(
        db,
        recipient,
        kind,
        cause=f"{kind}:{said.id}:{now.isoformat()}",
        ref=_ref(said),
        payload=facts.payload(said.id, note=note),
        now=now,
    )


def _tell_producer(
    db: Session, said: Said, facts: About, kind: str, note: str, now: datetime
) -> None:
    messages.tell_producer(
        db,
        said.producer_id,
        kind,
        cause=f"{kind}:{said.id}:{now.isoformat()}",
        ref=_ref(said),
        payload=facts.payload(said.id, note=note),
        now=now,
    )


def _ref(said: Said) -> str:
    return f"review:{said.id}" if isinstance(said, Review) else f"question:{said.id}"


def hide_reply(
    db: Session,
    *,
    kind: SaidKind,
    row_id: int,
    actor_id: int,
    reason: str,
    note: str,
    now: datetime,
) -> None:
    """Take the producer's reply or answer away; its words stay for the producer to change.

    Raises NotFound, NotAllowed, OwnWork, NotPublic, ReasonNeeded, NoteNeeded.
    """
    rules.require_reason(reason, note, rules.HIDE_REASONS)
    said, facts = _open(db, kind, row_id, actor_id)
    word: Answer | ReviewReply | None = (
        db.scalar(select(ReviewReply).where(ReviewReply.review_id == said.id))
        if kind == "review"
        else db.scalar(select(Answer).where(Answer.question_id == said.id))
    )
    if word is None:
        raise rules.NotPublic
    if word.hidden_at is not None:
        return
    word.hidden_at = now
    action, message = (
        ("hide_reply", "reply_hidden") if kind == "review" else ("hide_answer", "answer_hidden")
    )
    audit(db, said, action, actor_id=actor_id, now=now, note=note, reason=reason)
    db.flush()
    catalogue.bump_version(db)
    _tell_producer(db, said, facts, message, note or rules.HIDE_REASONS[reason], now)
