"""Producers: one of them, and those of a province."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from shop.catalogue.search import F
from shop.storefront.queries.columns import COMMUNE, IS_LISTED, PROVINCE, AnyRow, M

_PRODUCER: Final = (
    select(
        *(M.id, M.slug, M.name, M.kind, M.story, M.story_en, M.public_phone, M.photo_sha),
        *(M.is_youth_led, M.is_demo, M.province_code),
        COMMUNE.name.label("commune_name"),
        PROVINCE.name.label("province_name"),
        PROVINCE.slug.label("province_slug"),
    )
    .join(PROVINCE.code.table, PROVINCE.code == M.province_code)
    .outerjoin(COMMUNE.code.table, COMMUNE.code == M.commune_code)
    .where(M.slug == bindparam("slug"), M.state == "verified")
)
_MAKERS: Final = (
    select(F.producer_slug, F.producer_name, func.count().label("products"))
    .where(IS_LISTED, F.province_code == bindparam("province"))
    .group_by(F.producer_slug, F.producer_name)
    .order_by(func.count().desc(), F.producer_slug)
    .limit(60)
)


def producer_row(db: Session, slug: str) -> AnyRow | None:
    """A verified producer with its place."""
    return db.connection().execute(_PRODUCER, {"slug": slug}).one_or_none()


def producers_of_province(db: Session, province_code: str) -> Sequence[AnyRow]:
    """Producers of a province that sell something now, with how many products."""
    return db.connection().execute(_MAKERS, {"province": province_code}).all()
