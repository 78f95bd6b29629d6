"""What others need of things for sale: variants with their product and producer, valid stars."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
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
    rows = db.execute(
        select(Variant, Product, Producer, ProductFacets)
        .join(Product, Product.id == Variant.product_id)
        .join(Producer, Producer.id == Product.producer_id)
        .outerjoin(ProductFacets, ProductFacets.product_id == Product.id)
        .where(Variant.id.in_(set(variant_ids)))
    )
    return {row[0].id: _sale_row(*row, today=today) for row in rows}


def _sale_row(
    variant: Variant,
    product: Product,
    producer: Producer,
    facets: ProductFacets | None,
    *,
    today: date,
) -> SaleRow:
    has_stars = (
        facets is not None and facets.stars_until is not None and facets.stars_until >= today
    )
    return SaleRow(
        variant_id=variant.id,
        product_id=product.id,
        producer_id=producer.id,
        producer_slug=producer.slug,
        producer_name=producer.name,
        product_name=product.name,
        product_name_en=product.name_en,
        product_slug=product.slug,
        label=variant.label,
        label_en=variant.label_en,
        sku=variant.sku,
        price_vnd=variant.price_vnd,
        packed_weight_g=variant.packed_weight_g,
        photo_sha=facets.photo_sha if facets else None,
        is_for_sale=variant.is_active and facets is not None and facets.is_listed,
        is_lot_tracked=product.is_lot_tracked,
        is_service=product.is_service,
        is_demo=product.is_demo,
        regulated_class=product.regulated_class,
        subgroup=product.subgroup,
        province_code=producer.province_code,
        stars=facets.stars if facets and has_stars else None,
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
