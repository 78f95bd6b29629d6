"""What authors, producers and staff see of reviews and questions, the hidden ones included."""

from collections.abc import Collection, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Select, and_, func, select
from sqlalchemy.orm import Session

from shop.catalogue.models import Producer, Product
from shop.orders.models import Order, OrderLine
from shop.reviews.models import (
    Answer,
    Question,
    QuestionWords,
    Review,
    ReviewReply,
    ReviewWords,
)
from shop.reviews.rules import LOW_RATING

AnyRow = Row[*tuple[Any, ...]]
AnySelect = Select[*tuple[Any, ...]]
Scope = Collection[str] | None
"""Provinces; None: every one."""

REVIEW_TABS: Final[dict[str, ColumnElement[bool]]] = {
    "cho": and_(Review.state == "shown", ReviewReply.review_id.is_(None)),
    "thap": and_(
        Review.state == "shown", ReviewReply.review_id.is_(None), Review.rating <= LOW_RATING
    ),
    "tat-ca": Review.state.in_(("shown", "hidden")),
}
QUESTION_TABS: Final[dict[str, ColumnElement[bool]]] = {
    "cho": and_(Question.state == "shown", Answer.question_id.is_(None), QuestionWords.text != ""),
    "tat-ca": Question.state.in_(("shown", "hidden")),
}
STAFF_TABS: Final = ("held", "shown", "hidden")


def _reviews() -> AnySelect:
    return (
        select(
            Review,
            ReviewWords,
            ReviewReply,
            OrderLine.variant_label,
            Product.name.label("product"),
            Product.slug,
            Producer.name.label("producer"),
        )
        .join(ReviewWords, ReviewWords.review_id == Review.id)
        .join(OrderLine, OrderLine.id == Review.order_line_id)
        .join(Product, Product.id == Review.product_id)
        .join(Producer, Producer.id == Review.producer_id)
        .outerjoin(ReviewReply, ReviewReply.review_id == Review.id)
    )


def _questions() -> AnySelect:
    return (
        select(
            Question,
            QuestionWords,
            Answer,
            Product.name.label("product"),
            Product.slug,
            Producer.name.label("producer"),
        )
        .join(QuestionWords, QuestionWords.question_id == Question.id)
        .join(Product, Product.id == Question.product_id)
        .join(Producer, Producer.id == Question.producer_id)
        .outerjoin(Answer, Answer.question_id == Question.id)
    )


def _page(
    db: Session, statement: AnySelect, order: Sequence[Any], *, limit: int, offset: int
) -> tuple[Sequence[AnyRow], int]:
    total = db.scalar(statement.with_only_columns(func.count(), maintain_column_froms=True)) or 0
    return db.execute(statement.order_by(*order).limit(limit).offset(offset)).all(), total


_OLDEST_REVIEW: Final = (Review.created_at, Review.id)
_NEWEST_REVIEW: Final = (Review.created_at.desc(), Review.id.desc())
_OLDEST_QUESTION: Final = (Question.created_at, Question.id)
_NEWEST_QUESTION: Final = (Question.created_at.desc(), Question.id.desc())


# Producers


def reviews_of_producers(
    db: Session, producer_ids: Collection[int], tab: str, *, only: int, limit: int, offset: int
) -> tuple[Sequence[AnyRow], int]:
    """A page of one of the desk's lists (``only``: one review by its id), and how many there are.

    Rows: Review, ReviewWords, ReviewReply or None, variant_label, product, slug, producer.
    """
    asked = _reviews().where(Review.producer_id.in_(producer_ids))
    condition = and_(Review.id == only, REVIEW_TABS["tat-ca"]) if only else REVIEW_TABS[tab]
    order = _NEWEST_REVIEW if tab == "tat-ca" else _OLDEST_REVIEW
    return _page(db, asked.where(condition), order, limit=limit, offset=offset)


def count_reviews(db: Session, producer_ids: Collection[int]) -> dict[str, int]:
    """How many reviews stand in each of the desk's lists, in one statement."""
    counted = [func.count().filter(condition) for condition in REVIEW_TABS.values()]
    row = db.execute(
        select(*counted)
        .select_from(Review)
        .outerjoin(ReviewReply, ReviewReply.review_id == Review.id)
        .where(Review.producer_id.in_(producer_ids))
    ).one()
    return dict(zip(REVIEW_TABS, row, strict=True))


def questions_of_producers(
    db: Session, producer_ids: Collection[int], tab: str, *, only: int, limit: int, offset: int
) -> tuple[Sequence[AnyRow], int]:
    """As ``reviews_of_producers``. Rows: Question, QuestionWords, Answer or None, product, slug,
    producer.
    """
    asked = _questions().where(Question.producer_id.in_(producer_ids))
    condition = and_(Question.id == only, QUESTION_TABS["tat-ca"]) if only else QUESTION_TABS[tab]
    order = _NEWEST_QUESTION if tab == "tat-ca" else _OLDEST_QUESTION
    return _page(db, asked.where(condition), order, limit=limit, offset=offset)


def count_questions(db: Session, producer_ids: Collection[int]) -> dict[str, int]:
    """How many questions stand in each of the desk's lists, in one statement."""
    counted = [func.count().filter(condition) for condition in QUESTION_TABS.values()]
    row = db.execute(
        select(*counted)
        .select_from(Question)
        .join(QuestionWords, QuestionWords.question_id == Question.id)
        .outerjoin(Answer, Answer.question_id == Question.id)
        .where(Question.producer_id.in_(producer_ids))
    ).one()
    return dict(zip(QUESTION_TABS, row, strict=True))


# Staff


def _in_scope(scope: Scope) -> list[ColumnElement[bool]]:
    return [] if scope is None else [Producer.province_code.in_(scope)]


def reviews_in_state(
    db: Session, scope: Scope, state: str, *, only: int, limit: int, offset: int
) -> tuple[Sequence[AnyRow], int]:
    """Reviews of the provinces' producers in one state, or one by its id whatever its state."""
    asked = _reviews().where(*_in_scope(scope))
    asked = asked.where(
        and_(Review.id == only, Review.state != "withdrawn") if only else Review.state == state
    )
    order = _OLDEST_REVIEW if state == "held" else _NEWEST_REVIEW
    return _page(db, asked, order, limit=limit, offset=offset)


def questions_in_state(
    db: Session, scope: Scope, state: str, *, only: int, limit: int, offset: int
) -> tuple[Sequence[AnyRow], int]:
    """Questions about products of the provinces in one state, or one by its id."""
    asked = _questions().where(*_in_scope(scope))
    asked = asked.where(
        and_(Question.id == only, Question.state != "withdrawn")
        if only
        else Question.state == state
    )
    order = _OLDEST_QUESTION if state == "held" else _NEWEST_QUESTION
    return _page(db, asked, order, limit=limit, offset=offset)


def count_held(db: Session, scope: Scope) -> tuple[int, int]:
    """Reviews and questions that wait for a look by staff."""
    counts = []
    for model in (Review, Question):
        asked = select(func.count()).select_from(model).where(model.state == "held")
        if scope is not None:
            asked = asked.join(Producer, Producer.id == model.producer_id).where(*_in_scope(scope))
        counts.append(db.scalar(asked) or 0)
    return counts[0], counts[1]


# Authors


def _waiting(person_id: int) -> AnySelect:
    return (
        select(OrderLine, Order.code, Order.producer_name)
        .join(Order, Order.id == OrderLine.order_id)
        .outerjoin(Review, Review.order_line_id == OrderLine.id)
        .where(
            Order.buyer_id == person_id,
            Order.fulfilment_state == "delivered",
            Review.id.is_(None),
        )
    )


def lines_to_review(db: Session, person_id: int, *, limit: int) -> Sequence[AnyRow]:
    """Delivered order lines this person has not judged, the latest first: OrderLine, code,
    producer_name.
    """
    return db.execute(_waiting(person_id).order_by(OrderLine.id.desc()).limit(limit)).all()


def count_lines_to_review(db: Session, person_id: int) -> int:
    """How many there are."""
    asked = _waiting(person_id).with_only_columns(func.count(), maintain_column_froms=True)
    return db.scalar(asked) or 0


def own_reviews(
    db: Session, person_id: int, *, limit: int, offset: int
) -> tuple[Sequence[AnyRow], int]:
    """A person's reviews, the withdrawn ones left out; rows as on the desks and the order code."""
    asked = (
        _reviews()
        .add_columns(Order.code)
        .join(Order, Order.id == OrderLine.order_id)
        .where(Review.author_id == person_id, Review.state != "withdrawn")
    )
    return _page(db, asked, _NEWEST_REVIEW, limit=limit, offset=offset)


def own_questions(
    db: Session, person_id: int, *, limit: int, offset: int
) -> tuple[Sequence[AnyRow], int]:
    """A person's questions, the withdrawn ones left out."""
    asked = _questions().where(Question.author_id == person_id, Question.state != "withdrawn")
    return _page(db, asked, _NEWEST_QUESTION, limit=limit, offset=offset)


def reviews_of_order(db: Session, order_id: int) -> Sequence[AnyRow]:
    """Each line of an order with its review: OrderLine, Review or None, ReviewWords or None."""
    return db.execute(
        select(OrderLine, Review, ReviewWords)
        .outerjoin(Review, Review.order_line_id == OrderLine.id)
        .outerjoin(ReviewWords, ReviewWords.review_id == Review.id)
        .where(OrderLine.order_id == order_id)
        .order_by(OrderLine.id)
    ).all()
