"""What the public reads of a product: its reviews and questions, only those that are shown."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Row, Select, bindparam, case, func, select, true
from sqlalchemy.orm import Session

from shop.catalogue.models import Producer, Product, ProductFacets
from shop.orders.models import OrderLine
from shop.reviews.models import (
    Answer,
    Question,
    QuestionWords,
    Review,
    ReviewReply,
    ReviewVote,
    ReviewWords,
)
from shop.reviews.rules import STARS

AnyRow = Row[*tuple[Any, ...]]
AnySelect = Select[*tuple[Any, ...]]

ON_PRODUCT_PAGE: Final = 3

_ORDER: Final = {
    "moi": (Review.created_at.desc(), Review.id.desc()),
    "huu-ich": (Review.helpful_count.desc(), Review.created_at.desc(), Review.id.desc()),
    "cao": (Review.rating.desc(), Review.created_at.desc(), Review.id.desc()),
    "thap": (Review.rating, Review.created_at.desc(), Review.id.desc()),
}


@dataclass(frozen=True)
class Marks:
    """How many reviews gave how many stars."""

    by_stars: dict[int, int]

    @property
    def count(self) -> int:
        """All of them."""
        return sum(self.by_stars.values())

    @property
    def average(self) -> float:
        """The mean; 0 without any."""
        total = sum(stars * number for stars, number in self.by_stars.items())
        return total / self.count if self.count else 0.0

    def percent(self, stars: int) -> int:
        """The share of these stars, for a bar."""
        return round(100 * self.by_stars[stars] / self.count) if self.count else 0


_COLUMNS: Final = (
    *(Review.id, Review.rating, Review.created_at, Review.edited_at),
    *(Review.helpful_count, Review.author_id, Review.is_demo),
    *(ReviewWords.author_name, ReviewWords.text, ReviewWords.photos),
    OrderLine.variant_label,
    case((ReviewReply.hidden_at.is_(None), ReviewReply.text)).label("reply"),
    ReviewReply.created_at.label("replied_at"),
)


def _review_columns() -> AnySelect:
    return (
        select(*_COLUMNS)
        .join(ReviewWords, ReviewWords.review_id == Review.id)
        .join(OrderLine, OrderLine.id == Review.order_line_id)
        .outerjoin(ReviewReply, ReviewReply.review_id == Review.id)
    )


def _chosen() -> Any:
    """The first reviews of the product page, and the marks of all, in one pass over an index."""
    marks = [
        func.count().filter(Review.rating == stars).over().label(f"n{stars}") for stars in STARS
    ]
    return (
        select(Review.id.label("chosen_id"), *marks)
        .where(Review.product_id == bindparam("product"), Review.state == "shown")
        .order_by(*_ORDER["huu-ich"])
        .limit(ON_PRODUCT_PAGE)
        .subquery()
    )


_CHOSEN: Final = _chosen()
_PANEL: Final = (
    select(
        *_COLUMNS,
        *(_CHOSEN.c[f"n{stars}"] for stars in STARS),
        Product.slug,
        Producer.name.label("producer"),
    )
    .select_from(Product)
    .join(Producer, Producer.id == Product.producer_id)
    .outerjoin(_CHOSEN, true())
    .outerjoin(Review, Review.id == _CHOSEN.c.chosen_id)
    .outerjoin(ReviewWords, ReviewWords.review_id == Review.id)
    .outerjoin(OrderLine, OrderLine.id == Review.order_line_id)
    .outerjoin(ReviewReply, ReviewReply.review_id == Review.id)
    .where(Product.id == bindparam("product"))
    .order_by(*_ORDER["huu-ich"])
)


@dataclass(frozen=True)
class FirstReviews:
    """The most helpful reviews of a product, the marks of all, and whose they are."""

    rows: Sequence[AnyRow]
    marks: Marks
    slug: str
    producer: str


def first_reviews(db: Session, product_id: int) -> FirstReviews:
    """What the product page shows of its reviews, in one statement. The product must exist."""
    rows = db.execute(_PANEL, {"product": product_id}).all()
    first = rows[0]
    return FirstReviews(
        rows=[row for row in rows if row.id is not None],
        marks=Marks({stars: first._mapping[f"n{stars}"] or 0 for stars in STARS}),
        slug=first.slug,
        producer=first.producer,
    )


def marks_of(db: Session, product_id: int) -> Marks:
    """The marks of the shown reviews."""
    rows = db.execute(
        select(Review.rating, func.count())
        .where(Review.product_id == product_id, Review.state == "shown")
        .group_by(Review.rating)
    )
    found = {row[0]: row[1] for row in rows}
    return Marks({stars: found.get(stars, 0) for stars in STARS})


@dataclass(frozen=True)
class Wanted:
    """Which reviews a reader asks for. ``only``: one of them by its id."""

    stars: int = 0
    with_photos: bool = False
    sort: str = "huu-ich"
    only: int = 0


def _filtered(statement: AnySelect, product_id: int, wanted: Wanted) -> AnySelect:
    statement = statement.where(Review.product_id == product_id, Review.state == "shown")
    if wanted.only:
        return statement.where(Review.id == wanted.only)
    if wanted.stars:
        statement = statement.where(Review.rating == wanted.stars)
    return statement.where(Review.has_photos) if wanted.with_photos else statement


def shown_reviews(
    db: Session, product_id: int, wanted: Wanted, *, limit: int, offset: int
) -> tuple[Sequence[AnyRow], int]:
    """A page of the product's reviews, and how many answer to the filter."""
    total = db.scalar(_filtered(select(func.count()).select_from(Review), product_id, wanted))
    rows = db.execute(
        _filtered(_review_columns(), product_id, wanted)
        .order_by(*_ORDER[wanted.sort])
        .limit(limit)
        .offset(offset)
    ).all()
    return rows, total or 0


def voted_by(db: Session, person_id: int, review_ids: Collection[int]) -> set[int]:
    """Which of the reviews this person called helpful."""
    if not review_ids:
        return set()
    return set(
        db.scalars(
            select(ReviewVote.review_id).where(
                ReviewVote.person_id == person_id, ReviewVote.review_id.in_(review_ids)
            )
        )
    )


def _question_columns() -> AnySelect:
    return (
        select(
            *(Question.id, Question.created_at, Question.author_id, Question.is_demo),
            *(QuestionWords.author_name, QuestionWords.text),
            case((Answer.hidden_at.is_(None), Answer.text)).label("answer"),
            Answer.created_at.label("answered_at"),
        )
        .join(QuestionWords, QuestionWords.question_id == Question.id)
        .outerjoin(Answer, Answer.question_id == Question.id)
        .where(Question.state == "shown", QuestionWords.text != "")
    )


_IS_ANSWERED: Final = case(
    (Answer.question_id.is_not(None) & Answer.hidden_at.is_(None), 0), else_=1
)
_FIRST_QUESTIONS: Final = (
    _question_columns()
    .add_columns(func.count().over().label("total"))
    .where(Question.product_id == bindparam("product"))
    .order_by(_IS_ANSWERED, Question.created_at.desc(), Question.id.desc())
    .limit(ON_PRODUCT_PAGE)
)


def first_questions(db: Session, product_id: int) -> tuple[Sequence[AnyRow], int]:
    """The latest questions of a product, answered ones first, and how many there are, at once."""
    rows = db.execute(_FIRST_QUESTIONS, {"product": product_id}).all()
    return rows, rows[0].total if rows else 0


def shown_questions(
    db: Session, product_id: int, *, only: int, limit: int, offset: int
) -> tuple[Sequence[AnyRow], int]:
    """A page of the product's questions, answered ones first, and how many there are."""
    asked = _question_columns().where(Question.product_id == product_id)
    if only:
        asked = asked.where(Question.id == only)
    total = db.scalar(select(func.count()).select_from(asked.subquery()))
    page = asked.order_by(_IS_ANSWERED, Question.created_at.desc(), Question.id.desc())
    return db.execute(page.limit(limit).offset(offset)).all(), total or 0


@dataclass(frozen=True)
class Reviewed:
    """The product whose words are read: names for the page's head."""

    id: int
    slug: str
    name: str
    name_en: str | None
    producer: str
    producer_slug: str
    producer_id: int
    photo_sha: str | None


def product_on_sale(db: Session, slug: str) -> Reviewed | None:
    """The listed product of this address."""
    row = db.execute(
        select(
            *(Product.id, Product.slug, Product.name, Product.name_en),
            *(Producer.name, Producer.slug, Producer.id, ProductFacets.photo_sha),
        )
        .join(Producer, Producer.id == Product.producer_id)
        .join(ProductFacets, ProductFacets.product_id == Product.id)
        .where(Product.slug == slug, ProductFacets.is_listed)
    ).one_or_none()
    return Reviewed(*row) if row else None
