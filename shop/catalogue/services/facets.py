"""The row per product that lists read, and the number that tells caches that something changed."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ScalarSelect, and_, delete, event, func, insert, or_, select, update
from sqlalchemy.orm import Session

from shop.catalogue import queries, rules, search
from shop.catalogue.models import (
    CatalogueVersion,
    Certificate,
    Producer,
    Product,
    ProductFacets,
    ProductPaper,
    ProductPhoto,
    Variant,
    YouthEndorsement,
)
from shop.catalogue.services.rows import locked_product
from shop.core.clock import today_vn
from shop.core.db import insert_on
from shop.core.text import fold
from shop.places.queries import place_names, searched_names

_CHANGED = "catalogue_changed"


def bump_version(db: Session) -> None:
    """Make every cached public page stale when this transaction commits.

    The one row is written at the very end of the transaction, so that nobody waits for it while
    holding other rows (two orders of the same two products would otherwise deadlock).
    """
    if _CHANGED not in db.info:
        event.listen(db, "before_commit", _write_version)
    db.info[_CHANGED] = True


def _write_version(db: Session) -> None:
    if db.in_nested_transaction() or not db.info.get(_CHANGED):
        return
    db.info[_CHANGED] = False
    db.execute(_next_number(db.get_bind().dialect.name))


@lru_cache
def _next_number(dialect: str) -> Any:
    """Built once: every order of goods says it."""
    version = CatalogueVersion.__table__
    row = insert_on(dialect, version).values(id=1, number=2)
    return row.on_conflict_do_update(index_elements=["id"], set_={"number": version.c.number + 1})


def refresh_facets(db: Session, product_id: int, *, now: datetime) -> None:
    """Write what lists show and filter of this product, anew, from its own tables.

    Columns of higher features (stock, sales, rating, next session) are left as they are. A product
    that was never published gets no row. Raises NotFound.
    """
    db.flush()
    product, producer = locked_product(db, product_id)
    row = db.get(ProductFacets, product_id, populate_existing=True)
    if row is None and product.state != "published":
        return
    values = _gather(db, product, producer, now)
    if row is None:
        row = ProductFacets(product_id=product_id, **values)
        db.add(row)
    else:
        for name, value in values.items():
            setattr(row, name, value)
    db.flush()
    search.index_product(
        db,
        search.Entry(
            id=product_id,
            slug=row.producer_slug,
            name=row.search_name,
            producer=row.search_producer,
            place=row.search_place,
            rest=row.search_rest,
        ),
    )
    refresh_papers(db, [product_id])
    bump_version(db)


def refresh_papers(db: Session, product_ids: Iterable[int]) -> None:
    """Write anew which certificates these products may claim, and until when: those that staff
    verified of the product itself, and of its whole producer."""
    ids = list(product_ids)
    db.flush()
    db.execute(delete(ProductPaper).where(ProductPaper.product_id.in_(ids)))
    of_product = Certificate.product_id == Product.id
    of_producer = and_(
        Certificate.product_id.is_(None), Certificate.producer_id == Product.producer_id
    )
    papers = (
        select(Product.id, Certificate.kind, func.max(Certificate.expires_on))
        .join(ProductFacets, ProductFacets.product_id == Product.id)
        .join(Certificate, or_(of_product, of_producer))
        .where(Product.id.in_(ids), Certificate.state == "verified")
        .group_by(Product.id, Certificate.kind)
    )
    db.execute(insert(ProductPaper).from_select(["product_id", "kind", "until"], papers))


def refresh_prices(db: Session, product_ids: Collection[int]) -> None:
    """Write the lowest and highest price of many listed products anew, in two statements.

    For when nothing but prices changed; products that were never published have no row.
    """
    listed = db.scalars(
        select(ProductFacets.product_id)
        .where(ProductFacets.product_id.in_(product_ids))
        .order_by(ProductFacets.product_id)
        .with_for_update()
    ).all()
    if not listed:
        return
    prices = (
        select(func.coalesce(wanted(Variant.price_vnd), 0))
        .where(Variant.product_id == ProductFacets.product_id, Variant.is_active)
        .scalar_subquery()
        for wanted in (func.min, func.max)
    )
    low, high = prices
    db.execute(
        update(ProductFacets)
        .where(ProductFacets.product_id.in_(listed))
        .values(price_min_vnd=low, price_max_vnd=high)
        .execution_options(synchronize_session=False)
    )
    bump_version(db)


def _gather(db: Session, product: Product, producer: Producer, now: datetime) -> dict[str, Any]:
    variants = db.scalars(
        select(Variant)
        .where(Variant.product_id == product.id, Variant.is_active)
        .order_by(Variant.position, Variant.id)
    ).all()
    cover = db.scalars(
        select(ProductPhoto)
        .where(ProductPhoto.product_id == product.id, ProductPhoto.has_right_to_use)
        .order_by(ProductPhoto.position, ProductPhoto.id)
        .limit(1)
    ).one_or_none()
    pair = (producer.province_code, producer.commune_code)
    place = place_names(db, [pair])[pair]
    counted = rules.valid_stars(queries.papers_of(db, product.id), today_vn(now))
    vouching = db.scalar(
        select(YouthEndorsement.union_unit).where(
            YouthEndorsement.producer_id == producer.id, YouthEndorsement.state == "confirmed"
        )
    )
    prices = [variant.price_vnd for variant in variants]
    subgroup = rules.SUBGROUPS[product.subgroup]
    is_listed = product.state == "published" and producer.state == "verified" and bool(cover)
    return {
        "is_listed": is_listed and (bool(variants) or product.is_service),
        "slug": product.slug,
        "name": product.name,
        "name_en": product.name_en,
        "producer_name": producer.name,
        "producer_slug": producer.slug,
        "province_code": producer.province_code,
        "commune_code": producer.commune_code,
        "place": place[:160],
        "ocop_group": subgroup.group,
        "subgroup": product.subgroup,
        "season_mask": product.season_mask,
        "is_youth_led": vouching is not None,
        "youth_unit": vouching,
        "is_demo": product.is_demo,
        "price_min_vnd": min(prices, default=0),
        "price_max_vnd": max(prices, default=0),
        "stars": counted.stars if counted else None,
        "stars_until": counted.until if counted else None,
        "photo_sha": cover.sha if cover else None,
        "photo_alt": cover.alt if cover else "",
        "is_photo_illustration": bool(cover and cover.is_illustration),
        "published_at": product.published_at or now,
        "search_name": fold(f"{product.name} {product.name_en or ''}"),
        "search_producer": fold(producer.name),
        "search_place": fold(searched_names(db, *pair)),
        "search_rest": _rest(product, subgroup, variants),
    }


def _rest(product: Product, subgroup: rules.Subgroup, variants: Any) -> str:
    group = rules.GROUPS[subgroup.group]
    words = [
        *(f"{variant.label} {variant.sku} {variant.gtin or ''}" for variant in variants),
        product.summary,
        product.summary_en or "",
        product.ingredients,
        product.origin,
        subgroup.label,
        subgroup.label_en,
        group.label,
        group.label_en,
        product.story,
    ]
    return fold(" ".join(words))[:4000]


@dataclass(frozen=True)
class _Change:
    """A change of one facet column that higher features own."""

    column: Any
    value: Any


def _set(db: Session, product_id: int, *changes: _Change) -> None:
    differs = [change.column.is_distinct_from(change.value) for change in changes]
    condition = differs[0]
    for further in differs[1:]:
        condition |= further
    changed = db.execute(
        update(ProductFacets)
        .where(ProductFacets.product_id == product_id, condition)
        .values({change.column: change.value for change in changes})
        .returning(ProductFacets.product_id)
    )
    if changed.one_or_none() is not None:
        bump_version(db)


def set_available(db: Session, product_id: int, available: int | ScalarSelect[int]) -> None:
    """Units of the product that can be sold now, told by stock: a number, or how to count them.

    Nothing for an unpublished one.
    """
    _set(db, product_id, _Change(ProductFacets.available, available))


def add_sold(db: Session, product_id: int, units: int) -> None:
    """Count units sold (negative when a sale is taken back); never below zero."""
    count = ProductFacets.sold_count + units
    db.execute(
        update(ProductFacets)
        .where(ProductFacets.product_id == product_id, count >= 0)
        .values(sold_count=count)
    )


def set_next_session(
    db: Session, product_id: int, *, starts_at: datetime | None, slug: str | None
) -> None:
    """The product's next confirmed livestream, told by livestream; None when there is none."""
    _set(
        db,
        product_id,
        _Change(ProductFacets.next_session_at, starts_at),
        _Change(ProductFacets.next_session_slug, slug),
    )


def set_recall(db: Session, product_id: int, code: str | None) -> None:
    """The newest open recall of the product's lots, told by recalls; None when there is none."""
    _set(db, product_id, _Change(ProductFacets.recall_code, code))


def set_rating(db: Session, product_id: int, *, rating_sum: int, rating_count: int) -> None:
    """Sum and number of shown review marks (1 to 5), told by reviews."""
    _set(
        db,
        product_id,
        _Change(ProductFacets.rating_sum, rating_sum),
        _Change(ProductFacets.rating_count, rating_count),
    )
