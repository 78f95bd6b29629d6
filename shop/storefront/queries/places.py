"""The places as the public pages need them."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.storefront.queries.columns import COMMUNE, PROVINCE
from shop.storefront.rules import Vocabulary


@dataclass(frozen=True)
class Places:
    """Provinces and communes: filled by a migration, so one reading serves for the life of the
    process."""

    names: dict[str, str]
    slugs: dict[str, str]
    communes: dict[str, str]
    """Names by code."""
    known: Vocabulary


def read_places(db: Session) -> Places:
    """Names and slugs by code, in the order of the names."""
    provinces = db.connection().execute(
        select(PROVINCE.code, PROVINCE.name, PROVINCE.slug).order_by(PROVINCE.slug)
    )
    rows = provinces.all()
    communes = (
        db.connection()
        .execute(
            select(COMMUNE.code, COMMUNE.name, COMMUNE.province_code).order_by(
                COMMUNE.folded, COMMUNE.code
            )
        )
        .all()
    )
    return Places(
        names={row.code: row.name for row in rows},
        slugs={row.code: row.slug for row in rows},
        communes={row.code: row.name for row in communes},
        known=Vocabulary(
            province_codes={row.slug: row.code for row in rows},
            communes={row.code: row.province_code for row in communes},
        ),
    )
