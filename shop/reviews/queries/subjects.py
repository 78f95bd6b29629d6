"""What a violation report is about: the thing's name, where it is, who answers for it."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from shop.catalogue.models import Producer, Product, ProductFacets
from shop.core.errors import NotFound
from shop.reviews.models import Question, QuestionWords, Review, ReviewWords

_EXCERPT = 120


@dataclass(frozen=True)
class Subject:
    """One public thing. ``title`` names it in the inbox, ``excerpt`` is what somebody wrote."""

    kind: str
    id: int
    title: str
    excerpt: str
    path: str
    """Where the public sees it."""
    producer_id: int
    producer: str
    province_code: str
    state: str
    author_id: int | None = None

    @property
    def is_public(self) -> bool:
        """Whether anyone can see it now."""
        return self.state in {"shown", "listed", "verified"}


def subject_of(db: Session, kind: str, row_id: int) -> Subject:
    """The thing, public or not. Raises NotFound."""
    found = subjects_of(db, [(kind, row_id)])
    if not found:
        raise NotFound
    return found[kind, row_id]


def subjects_of(db: Session, wanted: Iterable[tuple[str, int]]) -> dict[tuple[str, int], Subject]:
    """Things by kind and id, one statement a kind."""
    ids: dict[str, set[int]] = {}
    for kind, row_id in wanted:
        ids.setdefault(kind, set()).add(row_id)
    makers = {"product": _products, "producer": _producers, "review": _reviews}
    found = [
        subject
        for kind, numbers in sorted(ids.items())
        for subject in makers.get(kind, _questions)(db, sorted(numbers))
    ]
    return {(subject.kind, subject.id): subject for subject in found}


def _of_product() -> Select[str, str, int, str, str]:
    return select(
        Product.name, Product.slug, Producer.id, Producer.name, Producer.province_code
    ).join(Producer, Producer.id == Product.producer_id)


def _products(db: Session, ids: list[int]) -> list[Subject]:
    rows = db.execute(
        _of_product()
        .add_columns(Product.id, Product.state, ProductFacets.is_listed)
        .outerjoin(ProductFacets, ProductFacets.product_id == Product.id)
        .where(Product.id.in_(ids))
    )
    return [
        Subject(
            kind="product",
            id=row_id,
            title=name,
            excerpt="",
            path=f"/san-pham/{slug}",
            producer_id=producer_id,
            producer=producer,
            province_code=province,
            state="listed" if is_listed else state,
        )
        for name, slug, producer_id, producer, province, row_id, state, is_listed in rows
    ]


def _producers(db: Session, ids: list[int]) -> list[Subject]:
    return [
        Subject(
            kind="producer",
            id=row.id,
            title=row.name,
            excerpt="",
            path=f"/nha-san-xuat/{row.slug}",
            producer_id=row.id,
            producer=row.name,
            province_code=row.province_code,
            state=row.state,
        )
        for row in db.scalars(select(Producer).where(Producer.id.in_(ids)))
    ]


def _reviews(db: Session, ids: list[int]) -> list[Subject]:
    rows = db.execute(
        _of_product()
        .add_columns(Review.id, Review.state, Review.author_id, ReviewWords.text)
        .join(Review, Review.product_id == Product.id)
        .join(ReviewWords, ReviewWords.review_id == Review.id)
        .where(Review.id.in_(ids))
    )
    return [_said("review", "danh-gia", *row) for row in rows]


def _questions(db: Session, ids: list[int]) -> list[Subject]:
    rows = db.execute(
        _of_product()
        .add_columns(Question.id, Question.state, Question.author_id, QuestionWords.text)
        .join(Question, Question.product_id == Product.id)
        .join(QuestionWords, QuestionWords.question_id == Question.id)
        .where(Question.id.in_(ids))
    )
    return [_said("question", "hoi-dap", *row) for row in rows]


def _said(
    kind: str,
    page: str,
    product: str,
    slug: str,
    producer_id: int,
    producer: str,
    province: str,
    row_id: int,
    state: str,
    author_id: int | None,
    text: str,
) -> Subject:
    return Subject(
        kind=kind,
        id=row_id,
        title=product,
        excerpt=text[:_EXCERPT],
        path=f"/san-pham/{slug}/{page}?so={row_id}",
        producer_id=producer_id,
        producer=producer,
        province_code=province,
        state=state,
        author_id=author_id,
    )
