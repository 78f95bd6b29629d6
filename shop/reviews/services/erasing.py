"""The right to erasure: words, names, pictures and contacts go; marks, dates, digests stay."""

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


def erase_person(db: Session, *, person_id: int) -> int:
    """Empty what this person typed here; says how many reviews, questions and reports that were.

    Reviews keep counting with their stars; questions without words are no longer listed. Only side
    tables change. Doing it again changes nothing.
    """
    reviews = db.scalars(select(Review).where(Review.author_id == person_id)).all()
    for review in reviews:
        empty_review(db, review)
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
    return len(reviews) + sum(map(len, emptied))


def erase_order(db: Session, *, order_id: int) -> int:
    """The same for the reviews of one order: how a guest's words are erased. Says how many."""
    reviews = db.scalars(
        select(Review)
        .join(OrderLine, OrderLine.id == Review.order_line_id)
        .where(OrderLine.order_id == order_id)
    ).all()
    for review in reviews:
        empty_review(db, review)
    catalogue.bump_version(db)
    return len(reviews)
