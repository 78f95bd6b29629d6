"""The provinces as the public pages need them."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.storefront.queries.columns import PROVINCE


@dataclass(frozen=True)
class Places:
    """The provinces: filled by a migration, so one reading serves for the life of the process."""

    names: dict[str, str]
    slugs: dict[str, str]
    codes: dict[str, str]


def read_places(db: Session) -> Places:
    """Names and slugs by code, codes by slug, in the order of the names."""
    rows = db.connection().execute(
        select(PROVINCE.code, PROVINCE.name, PROVINCE.slug).order_by(PROVINCE.slug)
    )
    found_rows = rows.all()
    return Places(
        names={row.code: row.name for row in found_rows},
        slugs={row.code: row.slug for row in found_rows},
        codes={row.slug: row.code for row in found_rows},
    )
