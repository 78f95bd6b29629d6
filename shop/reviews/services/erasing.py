"""The right to erasure: words, names, pictures and contacts go; marks, dates, digests stay."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from shop.accounts.services import Whom
from shop.catalogue import services as catalogue
from shop.catalogue.pictures import files_of
from shop.orders.models import Order, OrderLine
from shop.reviews.models import (
    Question,
    QuestionWords,
    Review,
    ViolationReport,
    ViolationWords,
)
from shop.reviews.services.writing import empty_review


def erase_person(
    _sender: object, *, db: Session, whom: Whom, files: set[str], **_more: Any
) -> None:
    """Empty what this person typed and photographed in reviews, questions and reports.

    Reviews keep counting with their stars; questions without words are no longer listed. Only side
    tables change. Doing it again changes nothing.
    """
    theirs: ColumnElement[bool] = ViolationWords.contact.in_(whom.logins)
    if whom.person_id is not None:
        reviews = db.scalars(select(Review).where(Review.author_id == whom.person_id)).all()
        _empty(db, reviews, files)
        asked = select(Question.id).where(Question.author_id == whom.person_id)
        db.execute(
            update(QuestionWords)
            .where(QuestionWords.question_id.in_(asked))
            .values(author_name="", text="")
            .execution_options(synchronize_session=False)
        )
        told = select(ViolationReport.id).where(ViolationReport.reporter_id == whom.person_id)
        theirs = or_(theirs, ViolationWords.report_id.in_(told))
    db.execute(
        update(ViolationWords)
        .where(theirs)
        .values(text="", contact="")
        .execution_options(synchronize_session=False)
    )
    db.flush()
    catalogue.bump_version(db)


def erase_order(
    _sender: object, *, db: Session, order: Order, files: set[str], **_more: Any
) -> None:
    """The same for the reviews of one order: how a guest's words are erased."""
    reviews = db.scalars(
        select(Review)
        .join(OrderLine, OrderLine.id == Review.order_line_id)
        .where(OrderLine.order_id == order.id)
    ).all()
    _empty(db, reviews, files)
    catalogue.bump_version(db)


def _empty(db: Session, reviews: Sequence[Review], files: set[str]) -> None:
    for review in reviews:
        files.update(name for sha in empty_review(db, review) for name in files_of(sha))
