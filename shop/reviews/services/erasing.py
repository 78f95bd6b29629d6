"""The right to erasure: words, names, pictures and contacts go; marks, dates, digests stay."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shop.catalogue import services as catalogue
from shop.orders.models import OrderLine
from shop.reviews.models import (
    Question,
    QuestionWords,
    Review,
    ViolationReport,
    ViolationWords,
)
from shop.reviews.services.writing import empty_review


@dataclass(frozen=True)
class Erased:
    """How many things were emptied, and the pictures whose files go after the commit."""

    number: int
    pictures: frozenset[str]


def erase_person(db: Session, *, person_id: int) -> Erased:
    """Empty what this person typed and photographed in reviews, questions and reports.

    Reviews keep counting with their stars; questions without words are no longer listed. Only side
    tables change. Doing it again changes nothing.
    """
    reviews = db.scalars(select(Review).where(Review.author_id == person_id)).all()
    pictures = _empty(db, reviews)
    questions = select(Question.id).where(Question.author_id == person_id)
    reports = select(ViolationReport.id).where(ViolationReport.reporter_id == person_id)
    emptied = [
        db.execute(
            update(QuestionWords)
            .where(QuestionWords.question_id.in_(questions))
            .values(author_name="", text="")
            .returning(QuestionWords.question_id)
            .execution_options(synchronize_session=False)
        ).all(),
        db.execute(
            update(ViolationWords)
            .where(ViolationWords.report_id.in_(reports))
            .values(text="", contact="")
            .returning(ViolationWords.report_id)
            .execution_options(synchronize_session=False)
        ).all(),
    ]
    db.flush()
    catalogue.bump_version(db)
    return Erased(len(reviews) + sum(map(len, emptied)), pictures)


def _empty(db: Session, reviews: Sequence[Review]) -> frozenset[str]:
    return frozenset(sha for review in reviews for sha in empty_review(db, review))


def erase_order(db: Session, *, order_id: int) -> Erased:
    """The same for the reviews of one order: how a guest's words are erased."""
    reviews = db.scalars(
        select(Review)
        .join(OrderLine, OrderLine.id == Review.order_line_id)
        .where(OrderLine.order_id == order_id)
    ).all()
    pictures = _empty(db, reviews)
    catalogue.bump_version(db)
    return Erased(len(reviews), pictures)
