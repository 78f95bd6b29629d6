"""What several verbs need: locks, the names of things, the rating told to the catalogue."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.accounts.services import record_audit
from shop.catalogue import services as catalogue
from shop.catalogue.models import Producer, Product
from shop.core.errors import NotFound
from shop.reviews.models import Question, Review

Said = Review | Question


@dataclass(frozen=True)
class About:
    """The product that something was said of, and who makes it."""

    product_id: int
    product: str
    slug: str
    producer_id: int
    producer: str
    province_code: str

    def payload(self, row_id: int, **more: Any) -> dict[str, Any]:
        """What a message about row ``row_id`` carries: names of things, no personal data."""
        return {
            "id": row_id,
            "product": self.product,
            "producer": self.producer,
            "slug": self.slug,
            **more,
        }


def about(db: Session, product_id: int) -> About:
    """Names of the product and its producer. Raises NotFound."""
    row = db.execute(
        select(
            Product.id,
            Product.name,
            Product.slug,
            Producer.id,
            Producer.name,
            Producer.province_code,
        )
        .join(Producer, Producer.id == Product.producer_id)
        .where(Product.id == product_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    return About(*row)


def hold_product(db: Session, product_id: int) -> None:
    """Let one transaction at a time change what is said of a product.

    So that its rating is the sum of all reviews. Taken before any row of a review; it does not
    hold up orders, which only refer to the product.
    """
    db.execute(select(Product.id).where(Product.id == product_id).with_for_update(key_share=True))


def locked_review(db: Session, review_id: int) -> Review:
    """The review, its product held first. Raises NotFound."""
    product_id = db.scalar(select(Review.product_id).where(Review.id == review_id))
    if product_id is None:
        raise NotFound
    hold_product(db, product_id)
    return db.scalars(
        select(Review)
        .where(Review.id == review_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def locked_question(db: Session, question_id: int) -> Question:
    """The question, held to the end of the transaction. Raises NotFound."""
    found = db.scalars(
        select(Question)
        .where(Question.id == question_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def tell_rating(db: Session, product_id: int) -> None:
    """Give the catalogue sum and number of the shown marks. Call it with the product held."""
    db.flush()
    row = db.execute(
        select(func.coalesce(func.sum(Review.rating), 0), func.count()).where(
            Review.product_id == product_id, Review.state == "shown"
        )
    ).one()
    catalogue.set_rating(db, product_id, rating_sum=int(row[0]), rating_count=int(row[1]))
    catalogue.bump_version(db)


def audit(
    db: Session,
    said: Said,
    action: str,
    *,
    actor_id: int | None,
    now: datetime,
    note: str = "",
    **detail: Any,
) -> None:
    """Write who did what to a review or question."""
    kind = "review" if isinstance(said, Review) else "question"
    record_audit(
        db,
        actor_id=actor_id,
        action=f"{kind}.{action}",
        subject_kind=kind,
        subject_id=said.id,
        now=now,
        detail=detail,
        note=note,
    )
