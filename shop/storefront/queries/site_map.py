"""What the maps for robots list."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.catalogue.search import F
from shop.storefront.queries.columns import IS_LISTED, PROVINCE, AnyRow, P


def site_map_products(db: Session, *, after: int, until: int) -> Sequence[AnyRow]:
    """Listed products with ids above ``after`` up to ``until``: slug, when changed."""
    return (
        db.connection()
        .execute(
            select(F.slug, P.updated_at)
            .join(P.id.table, P.id == F.product_id)
            .where(IS_LISTED, F.product_id > after, F.product_id <= until)
            .order_by(F.product_id)
        )
        .all()
    )


def largest_product_id(db: Session) -> int:
    """The largest id of a listed product; 0 without any."""
    return db.scalar(select(func.max(F.product_id)).where(IS_LISTED)) or 0


def site_map_units(db: Session) -> tuple[Sequence[str], Sequence[str], Sequence[str]]:
    """Slugs of the producers and of the provinces that sell something, codes of the groups and
    subgroups that hold something."""
    producers = db.scalars(
        select(F.producer_slug).where(IS_LISTED).distinct().order_by(F.producer_slug).limit(20_000)
    ).all()
    provinces = db.scalars(
        select(PROVINCE.slug)
        .where(PROVINCE.code.in_(select(F.province_code).where(IS_LISTED)))
        .order_by(PROVINCE.slug)
    ).all()
    kinds = db.execute(select(F.ocop_group, F.subgroup).where(IS_LISTED).distinct()).all()
    return producers, provinces, sorted({code for pair in kinds for code in pair})
