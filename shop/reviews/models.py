"""Reviews, questions, violation reports. What people typed stands apart, so it can be erased."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.db import Base, Id, Ref, append_only, one_of

SAID_STATES = ("shown", "held", "hidden", "withdrawn")
REPORT_STATES = ("open", "upheld", "dismissed")
SUBJECT_KINDS = ("product", "review", "question", "producer")


class Review(Base):
    """One buyer's judgement of one delivered order line: at most one a line.

    ``held`` waits for staff because of a word in it, ``hidden`` was taken away by staff with a
    reason, ``withdrawn`` by its author. Only ``shown`` ones are public and counted.
    """

    __tablename__ = "review"
    __table_args__ = (
        one_of("state", SAID_STATES),
        CheckConstraint("rating BETWEEN 1 AND 5", name="rating"),
        CheckConstraint("helpful_count >= 0", name="helpful_count"),
        CheckConstraint("state <> 'hidden' OR hide_reason <> ''", name="hidden_says_why"),
        Index(None, "product_id", "state", "rating"),
        Index(None, "producer_id", "state", "created_at"),
    )

    id: Mapped[Id]
    order_line_id: Mapped[Ref] = mapped_column(ForeignKey("order_line.id"), unique=True)
    product_id: Mapped[Ref] = mapped_column(ForeignKey("product.id"))
    producer_id: Mapped[Ref] = mapped_column(ForeignKey("producer.id"))
    author_id: Mapped[Ref | None] = mapped_column(ForeignKey("person.id"), index=True)
    """The order's buyer; None: a guest, who comes back by the order's signed link."""
    submit_key: Mapped[str] = mapped_column(String(64), unique=True)
    rating: Mapped[int]
    state: Mapped[str] = mapped_column(String(10), default="shown")
    helpful_count: Mapped[int] = mapped_column(default=0)
    """Number of its votes, cached; ``flask doctor`` compares."""
    has_photos: Mapped[bool] = mapped_column(default=False)
    hide_reason: Mapped[str] = mapped_column(String(20), default="")
    hide_note: Mapped[str] = mapped_column(Text, default="")
    decided_by: Mapped[Ref | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    is_demo: Mapped[bool] = mapped_column(default=False)


class ReviewWords(Base):
    """What the buyer typed and photographed, as it stands now. Erasure empties this row."""

    __tablename__ = "review_words"

    review_id: Mapped[Ref] = mapped_column(
        ForeignKey("review.id"), primary_key=True, autoincrement=False
    )
    author_name: Mapped[str] = mapped_column(String(80))
    """Already shortened: ``Nguyễn V. A.``; the whole name is never kept here."""
    text: Mapped[str] = mapped_column(Text, default="")
    photos: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    """Up to three of ``{"sha", "width", "height"}``, stored with the order line as their owner.
    Never changed in place: assign anew."""


class ReviewEdit(Base):
    """Each version of a review, the first one included. Append-only: marks and digests only."""

    __tablename__ = "review_edit"
    __table_args__ = (UniqueConstraint("review_id", "number"),)

    id: Mapped[Id]
    review_id: Mapped[Ref] = mapped_column(ForeignKey("review.id"))
    number: Mapped[int]
    rating: Mapped[int]
    text_sha: Mapped[str] = mapped_column(String(64))
    photo_shas: Mapped[list[str]] = mapped_column(JSON)
    actor_id: Mapped[Ref | None]
    at: Mapped[datetime]


class ReviewEditWords(Base):
    """The text of one version. Erasure empties it."""

    __tablename__ = "review_edit_words"

    edit_id: Mapped[Ref] = mapped_column(
        ForeignKey("review_edit.id"), primary_key=True, autoincrement=False
    )
    text: Mapped[str] = mapped_column(Text)


class ReviewReply(Base):
    """The producer's one answer to a review; former words are in the audit log."""

    __tablename__ = "review_reply"

    review_id: Mapped[Ref] = mapped_column(
        ForeignKey("review.id"), primary_key=True, autoincrement=False
    )
    text: Mapped[str] = mapped_column(Text)
    author_id: Mapped[Ref] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    hidden_at: Mapped[datetime | None]
    """Staff took it away; the reason is in the audit log."""


class ReviewVote(Base):
    """Someone found a review helpful."""

    __tablename__ = "review_vote"
    __table_args__ = (UniqueConstraint("review_id", "person_id"),)

    id: Mapped[Id]
    review_id: Mapped[Ref] = mapped_column(ForeignKey("review.id"))
    person_id: Mapped[Ref] = mapped_column(ForeignKey("person.id"), index=True)
    at: Mapped[datetime]


class Question(Base):
    """What somebody wants to know of a product. States as of a review."""

    __tablename__ = "question"
    __table_args__ = (
        one_of("state", SAID_STATES),
        CheckConstraint("state <> 'hidden' OR hide_reason <> ''", name="hidden_says_why"),
        Index(None, "product_id", "state", "created_at"),
        Index(None, "producer_id", "state", "created_at"),
        Index(None, "author_id", "created_at"),
    )

    id: Mapped[Id]
    product_id: Mapped[Ref] = mapped_column(ForeignKey("product.id"))
    producer_id: Mapped[Ref] = mapped_column(ForeignKey("producer.id"))
    author_id: Mapped[Ref] = mapped_column(ForeignKey("person.id"))
    submit_key: Mapped[str] = mapped_column(String(64), unique=True)
    state: Mapped[str] = mapped_column(String(10), default="shown")
    hide_reason: Mapped[str] = mapped_column(String(20), default="")
    hide_note: Mapped[str] = mapped_column(Text, default="")
    decided_by: Mapped[Ref | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    is_demo: Mapped[bool] = mapped_column(default=False)


class QuestionWords(Base):
    """What was asked and by whom, the name shortened. Erasure empties this row."""

    __tablename__ = "question_words"

    question_id: Mapped[Ref] = mapped_column(
        ForeignKey("question.id"), primary_key=True, autoincrement=False
    )
    author_name: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(Text)


class Answer(Base):
    """The producer's one answer to a question; former words are in the audit log."""

    __tablename__ = "question_answer"

    question_id: Mapped[Ref] = mapped_column(
        ForeignKey("question.id"), primary_key=True, autoincrement=False
    )
    text: Mapped[str] = mapped_column(Text)
    author_id: Mapped[Ref] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    hidden_at: Mapped[datetime | None]
    """Staff took it away; the reason is in the audit log."""


class ViolationReport(Base):
    """A case for staff: somebody says that something public breaks the rules."""

    __tablename__ = "violation_report"
    __table_args__ = (
        one_of("state", REPORT_STATES),
        one_of("subject_kind", SUBJECT_KINDS),
        CheckConstraint(
            "(state = 'open') = (decided_at IS NULL) AND "
            "(decided_at IS NULL) = (decided_by IS NULL)",
            name="decided",
        ),
        Index(
            "uq_violation_report_open",
            *("reporter_key", "subject_kind", "subject_id"),
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        Index(None, "province_code", "state", "created_at"),
        Index(None, "subject_kind", "subject_id"),
    )

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(12), unique=True)
    """What the reporter follows the case by; its page needs a signature besides."""
    submit_key: Mapped[str] = mapped_column(String(64), unique=True)
    subject_kind: Mapped[str] = mapped_column(String(10))
    subject_id: Mapped[Ref]
    producer_id: Mapped[Ref] = mapped_column(ForeignKey("producer.id"), index=True)
    province_code: Mapped[str] = mapped_column(String(2))
    reason: Mapped[str] = mapped_column(String(20))
    reporter_key: Mapped[str] = mapped_column(String(80))
    """``person:<id>``, or a keyed digest of where a guest's request came from."""
    reporter_id: Mapped[Ref | None] = mapped_column(ForeignKey("person.id"), index=True)
    state: Mapped[str] = mapped_column(String(10), default="open")
    decision_note: Mapped[str] = mapped_column(Text, default="")
    decided_by: Mapped[Ref | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    is_demo: Mapped[bool] = mapped_column(default=False)


class ViolationWords(Base):
    """What the reporter typed and how to reach them, for staff only. Erasure empties this row."""

    __tablename__ = "violation_words"

    report_id: Mapped[Ref] = mapped_column(
        ForeignKey("violation_report.id"), primary_key=True, autoincrement=False
    )
    text: Mapped[str] = mapped_column(Text, default="")
    contact: Mapped[str] = mapped_column(String(200), default="")


append_only("review_edit")
