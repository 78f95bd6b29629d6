"""One product with its sizes, pictures and papers."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from sqlalchemy import and_, bindparam, exists, func, or_, select, true
from sqlalchemy.orm import Session

from shop.catalogue.search import F, valid_stars
from shop.storefront.queries.columns import (
    LEVEL,
    OUTLET,
    PAPER,
    PHOTO,
    REACH,
    SECTION,
    TERMS,
    WINDOW,
    AnyRow,
    M,
    P,
    V,
)

_PRODUCT: Final = (
    select(
        *(P.id, P.slug, P.name, P.name_en, P.subgroup, P.regulated_class, P.producer_id),
        *(P.summary, P.summary_en, P.story, P.story_en, P.ingredients, P.net_content),
        *(P.storage, P.usage, P.warnings, P.origin, P.shelf_life_days, P.season_mask),
        *(P.is_lot_tracked, P.is_service, P.is_demo, P.source_note),
        *(P.historic_stars, P.historic_stars_note, P.state, P.updated_at),
        M.name.label("producer_name"),
        M.slug.label("producer_slug"),
        M.kind.label("producer_kind"),
        M.state.label("producer_state"),
        *(M.province_code, M.commune_code, M.is_youth_led, M.public_phone),
        *(F.is_listed, F.place, F.rating_sum, F.rating_count, F.sold_count, F.recall_code),
        F.youth_unit,
        valid_stars.label("stars"),
        *(PHOTO.sha, PHOTO.width, PHOTO.height, PHOTO.alt, PHOTO.alt_en, PHOTO.is_illustration),
        exists().where(TERMS.producer_id == P.producer_id).label("has_rates"),
        exists().where(SECTION.product_id == P.id).label("has_sections"),
        or_(
            exists().where(REACH.producer_id == P.producer_id),
            exists().where(OUTLET.producer_id == P.producer_id),
        ).label("has_contacts"),
    )
    .join(M.id.table, M.id == P.producer_id)
    .outerjoin(F.product_id.table, F.product_id == P.id)
    .outerjoin(PHOTO.id.table, and_(PHOTO.product_id == P.id, PHOTO.has_right_to_use == true()))
    .where(P.slug == bindparam("slug"))
    .order_by(PHOTO.position, PHOTO.id)
)
_VARIANTS: Final = (
    select(
        *(V.id, V.label, V.label_en, V.price_vnd, V.sku, V.net_weight_g, V.net_volume_ml),
        *(V.is_price_illustrative, V.low_stock_at, V.gtin, V.gtin_status, V.packed_weight_g),
        func.coalesce(LEVEL.on_hand - LEVEL.reserved, 0).label("available"),
        exists()
        .where(
            WINDOW.variant_id == V.id,
            WINDOW.starts_at <= bindparam("now"),
            WINDOW.ends_at > bindparam("now"),
        )
        .label("may_be_live"),
    )
    .outerjoin(LEVEL.variant_id.table, LEVEL.variant_id == V.id)
    .where(V.product_id == bindparam("product"), V.is_active == true())
    .order_by(V.position, V.id)
)
_PAPERS: Final = (
    select(
        *(PAPER.kind, PAPER.stars, PAPER.certificate_no, PAPER.decision_no, PAPER.issuer),
        *(PAPER.issued_on, PAPER.expires_on, PAPER.is_illustration, PAPER.state),
        *(PAPER.id, PAPER.product_id, PAPER.scan_sha),
    )
    .where(
        or_(
            PAPER.product_id == bindparam("product"),
            and_(PAPER.producer_id == bindparam("producer"), PAPER.product_id.is_(None)),
        ),
        or_(PAPER.state == "verified", PAPER.state == "expired"),
    )
    .order_by(PAPER.expires_on.desc(), PAPER.id)
)


_SECTIONS: Final = (
    select(
        *(SECTION.kind, SECTION.title, SECTION.title_en, SECTION.words, SECTION.words_en),
        *(PHOTO.sha, PHOTO.alt, PHOTO.alt_en, PHOTO.width, PHOTO.height),
        PHOTO.is_illustration,
    )
    .outerjoin(
        PHOTO.id.table,
        and_(
            PHOTO.product_id == SECTION.product_id,
            PHOTO.sha == SECTION.photo_sha,
            PHOTO.has_right_to_use == true(),
        ),
    )
    .where(SECTION.product_id == bindparam("product"))
    .order_by(SECTION.position, SECTION.id)
)
_SCAN: Final = (
    select(PAPER.scan_sha)
    .join(M.id.table, M.id == PAPER.producer_id)
    .outerjoin(P.id.table, P.id == PAPER.product_id)
    .where(
        PAPER.id == bindparam("paper"),
        PAPER.state == "verified",
        PAPER.issued_on <= bindparam("today"),
        PAPER.expires_on >= bindparam("today"),
        M.state == "verified",
        or_(PAPER.product_id.is_(None), P.state == "published"),
    )
)


def product_rows(db: Session, slug: str, *, today: date) -> Sequence[AnyRow]:
    """The product with its producer and facets, whatever its state: one row for each picture that
    may be shown, in their order, or one with ``sha`` None. Empty when there is no such product.

    ``has_rates``, ``has_sections`` and ``has_contacts`` say whether asking for those is worth a
    statement: most products have none.
    """
    return db.connection().execute(_PRODUCT, {"slug": slug, "today": today}).all()


def variant_rows(db: Session, product_id: int, *, now: datetime) -> Sequence[AnyRow]:
    """The sizes on offer with what is left of each (``available`` units).

    ``may_be_live`` says that a price window is open: only then is the live price worth asking for.
    """
    return db.connection().execute(_VARIANTS, {"product": product_id, "now": now}).all()


def certificate_rows(db: Session, product_id: int, producer_id: int) -> Sequence[AnyRow]:
    """Papers of the product and of its producer that staff have verified, the newest first.

    Those past their day are among them: they are history, never a claim.
    """
    return db.connection().execute(_PAPERS, {"product": product_id, "producer": producer_id}).all()


def section_rows(db: Session, product_id: int) -> Sequence[AnyRow]:
    """The parts of the product's story in their order, with the photo of each that may be shown."""
    return db.connection().execute(_SECTIONS, {"product": product_id}).all()


def public_scan(db: Session, certificate_id: int, *, today: date) -> str | None:
    """The stored scan of a paper that a page may show: verified, in force, of someone on sale."""
    return db.connection().scalar(_SCAN, {"paper": certificate_id, "today": today})
