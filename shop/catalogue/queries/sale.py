"""What others need of things for sale: variants with their product and producer, valid stars."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from shop.catalogue import rules
from shop.catalogue.models import Certificate, Producer, Product, ProductFacets, Variant


@dataclass(frozen=True)
class SaleRow:
    """A variant as baskets, orders and line-ups show it. Weights in grams, prices in đồng."""

    variant_id: int
    product_id: int
    producer_id: int
    producer_slug: str
    producer_name: str
    product_name: str
    product_name_en: str | None
    product_slug: str
    label: str
    label_en: str | None
    sku: str
    price_vnd: int
    packed_weight_g: int
    photo_sha: str | None
    is_for_sale: bool
    """Variant active, product published and listed, producer verified. Says nothing of stock."""
    is_lot_tracked: bool
    is_service: bool
    is_demo: bool
    regulated_class: str
    subgroup: str
    province_code: str
    stars: int | None
    """OCOP stars that count on the day asked for."""


def variants_for_sale(
    db: Session, variant_ids: Collection[int], *, today: date
) -> dict[int, SaleRow]:
    """The variants by id, in one statement; ids that do not exist are left out."""
    if not variant_ids:
        return {}
    rows = db.execute(_SALE, {"variants": list(set(variant_ids))})
    return {row.variant_id: _sale_row(row, today) for row in rows}


_SALE = (
    select(
        Variant.id.label("variant_id"),
        *(Product.id.label("product_id"), Producer.id.label("producer_id")),
        *(Producer.slug.label("producer_slug"), Producer.name.label("producer_name")),
        *(Product.name.label("product_name"), Product.name_en.label("product_name_en")),
        Product.slug.label("product_slug"),
        *(Variant.label.label("size"), Variant.label_en, Variant.sku),
        *(Variant.price_vnd, Variant.packed_weight_g, Variant.is_active),
        *(Product.is_lot_tracked, Product.is_service, Product.is_demo),
        *(Product.regulated_class, Product.subgroup, Producer.province_code),
        *(ProductFacets.photo_sha, ProductFacets.is_listed),
        *(ProductFacets.stars, ProductFacets.stars_until),
    )
    .join(Product, Product.id == Variant.product_id)
    .join(Producer, Producer.id == Product.producer_id)
    .outerjoin(ProductFacets, ProductFacets.product_id == Product.id)
    .where(Variant.id.in_(bindparam("variants", expanding=True)))
)
"""What a SaleRow is made of: every page with a basket asks for it, so nothing more is loaded, and
the statement is built once."""


def _sale_row(row: Any, today: date) -> SaleRow:
    has_stars = row.stars_until is not None and row.stars_until >= today
    return SaleRow(
        variant_id=row.variant_id,
        product_id=row.product_id,
        producer_id=row.producer_id,
        producer_slug=row.producer_slug,
        producer_name=row.producer_name,
        product_name=row.product_name,
        product_name_en=row.product_name_en,
        product_slug=row.product_slug,
        label=row.size,
        label_en=row.label_en,
        sku=row.sku,
        price_vnd=row.price_vnd,
        packed_weight_g=row.packed_weight_g,
        photo_sha=row.photo_sha,
        is_for_sale=row.is_active and bool(row.is_listed),
        is_lot_tracked=row.is_lot_tracked,
        is_service=row.is_service,
        is_demo=row.is_demo,
        regulated_class=row.regulated_class,
        subgroup=row.subgroup,
        province_code=row.province_code,
        stars=row.stars if has_stars else None,
    )


def variants_of(db: Session, product_id: int, *, is_active: bool = True) -> list[Variant]:
    """The product's variants in their order; with ``is_active`` only those on offer."""
    statement = select(Variant).where(Variant.product_id == product_id)
    if is_active:
        statement = statement.where(Variant.is_active)
    return list(db.scalars(statement.order_by(Variant.position, Variant.id)))


def papers_of(db: Session, product_id: int) -> list[rules.Paper]:
    """The product's own certificates as plain values."""
    found = db.scalars(select(Certificate).where(Certificate.product_id == product_id))
    return [
        rules.Paper(paper.kind, paper.state, paper.issued_on, paper.expires_on, paper.stars)
        for paper in found
    ]


def valid_stars(db: Session, product_id: int, today: date) -> int | None:
    """The OCOP stars that may be shown for this product today, read from its records."""
    counted = rules.valid_stars(papers_of(db, product_id), today)
    return counted.stars if counted else None


def producer_of(db: Session, product_id: int) -> Producer | None:
    """Who makes the product; None for an unknown product."""
    return db.scalars(
        select(Producer)
        .join(Product, Product.producer_id == Producer.id)
        .where(Product.id == product_id)
    ).one_or_none()
