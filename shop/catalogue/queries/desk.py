"""What a producer's desk and the staff's desk list: products, papers, changes, history."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from shop.catalogue.models import (
    Certificate,
    Producer,
    Product,
    ProductFacets,
    ProductPhoto,
    ProductRevision,
    Variant,
)
from shop.catalogue.queries.editing import OPEN
from shop.core.errors import NotFound


@dataclass(frozen=True)
class ProductRow:
    """A line of a product list at a desk."""

    product: Product
    producer: Producer
    photo_sha: str | None
    price_min_vnd: int | None
    price_max_vnd: int | None
    available: int
    revision_state: str | None
    submitted_at: Any


def product_rows(*conditions: ColumnElement[bool]) -> Select[Any]:
    cover = (
        select(ProductPhoto.sha)
        .where(ProductPhoto.product_id == Product.id)
        .order_by(ProductPhoto.position, ProductPhoto.id)
        .limit(1)
        .correlate(Product)
        .scalar_subquery()
    )
    prices = (
        select(
            Variant.product_id,
            func.min(Variant.price_vnd).label("low"),
            func.max(Variant.price_vnd).label("high"),
        )
        .where(Variant.is_active)
        .group_by(Variant.product_id)
        .subquery()
    )
    return (
        select(
            Product,
            Producer,
            cover,
            prices.c.low,
            prices.c.high,
            func.coalesce(ProductFacets.available, 0),
            ProductRevision.state,
            func.coalesce(ProductRevision.submitted_at, Product.submitted_at),
        )
        .join(Producer, Producer.id == Product.producer_id)
        .outerjoin(prices, prices.c.product_id == Product.id)
        .outerjoin(ProductFacets, ProductFacets.product_id == Product.id)
        .outerjoin(
            ProductRevision,
            (ProductRevision.product_id == Product.id) & ProductRevision.state.in_(OPEN),
        )
        .where(*conditions)
    )


def products_of(
    db: Session,
    producer_ids: Collection[int],
    *,
    state: str | None = None,
    limit: int,
    offset: int = 0,
) -> tuple[list[ProductRow], int]:
    """A page of the producers' products, last changed first, and how many there are."""
    conditions: list[ColumnElement[bool]] = [Product.producer_id.in_(producer_ids)]
    conditions.append(Product.state == state if state else Product.state != "archived")
    total = db.scalar(select(func.count()).select_from(Product).where(*conditions)) or 0
    rows = db.execute(
        product_rows(*conditions)
        .order_by(Product.updated_at.desc(), Product.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return [ProductRow(*row) for row in rows], total


def counts_by_state(db: Session, producer_ids: Collection[int]) -> dict[str, int]:
    """How many products the producers have in each state."""
    rows = db.execute(
        select(Product.state, func.count())
        .where(Product.producer_id.in_(producer_ids))
        .group_by(Product.state)
    )
    return {state: count for state, count in rows}  # noqa: C416 - a Row is no plain pair


def producers_by_id(db: Session, producer_ids: Collection[int]) -> list[Producer]:
    """The producers, by name."""
    found = db.scalars(
        select(Producer).where(Producer.id.in_(producer_ids)).order_by(Producer.name, Producer.id)
    )
    return list(found)


def producer_names(db: Session, producer_ids: Collection[int]) -> dict[int, str]:
    """Producer id -> name."""
    rows = db.execute(select(Producer.id, Producer.name).where(Producer.id.in_(producer_ids)))
    return {row[0]: row[1] for row in rows}


def producer_called(db: Session, slug: str) -> int | None:
    """The verified producer of this slug."""
    return db.scalar(select(Producer.id).where(Producer.slug == slug, Producer.state == "verified"))


@dataclass(frozen=True)
class PaperRow:
    """A certificate with whose it is."""

    certificate: Certificate
    producer: Producer
    product: Product | None


def certificate_row(db: Session, certificate_id: int) -> PaperRow:
    """A certificate with whose it is. Raises NotFound."""
    row = db.execute(
        select(Certificate, Producer, Product)
        .join(Producer, Producer.id == Certificate.producer_id)
        .outerjoin(Product, Product.id == Certificate.product_id)
        .where(Certificate.id == certificate_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    return PaperRow(*row)


def expiring_certificates(
    db: Session, producer_ids: Collection[int], *, today: date, until: date
) -> list[PaperRow]:
    """Verified papers that end between today and ``until`` and have no successor."""
    rows = db.execute(
        select(Certificate, Producer, Product)
        .join(Producer, Producer.id == Certificate.producer_id)
        .outerjoin(Product, Product.id == Certificate.product_id)
        .where(
            Certificate.producer_id.in_(producer_ids),
            Certificate.state == "verified",
            Certificate.superseded_by.is_(None),
            Certificate.expires_on.between(today, until),
        )
        .order_by(Certificate.expires_on, Certificate.id)
    )
    return [PaperRow(*row) for row in rows]
