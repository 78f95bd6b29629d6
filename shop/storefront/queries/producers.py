"""Producers: one of them, and those of a province."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import and_, bindparam, func, select
from sqlalchemy.orm import Session

from shop.catalogue.models import YouthEndorsement
from shop.catalogue.search import F
from shop.storefront.queries.columns import COMMUNE, IS_LISTED, PROVINCE, AnyRow, M

_VOUCH: Final = YouthEndorsement.__table__.c
_PRODUCER: Final = (
    select(
        *(M.id, M.slug, M.name, M.kind, M.story, M.story_en, M.public_phone, M.photo_sha),
        *(M.is_demo, M.province_code),
        _VOUCH.union_unit.label("youth_unit"),
        _VOUCH.project.label("youth_project"),
        _VOUCH.year.label("youth_year"),
        _VOUCH.programme.label("youth_programme"),
        _VOUCH.is_illustration.label("youth_is_demo"),
        COMMUNE.name.label("commune_name"),
        PROVINCE.name.label("province_name"),
        PROVINCE.slug.label("province_slug"),
    )
    .join(PROVINCE.code.table, PROVINCE.code == M.province_code)
    .outerjoin(COMMUNE.code.table, COMMUNE.code == M.commune_code)
    .outerjoin(_VOUCH.id.table, and_(_VOUCH.producer_id == M.id, _VOUCH.state == "confirmed"))
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
