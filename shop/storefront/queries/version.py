"""The catalogue version: the number that every change of what the public sees moves."""

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalogue.models import CatalogueVersion

_NUMBER: Final = select(CatalogueVersion.__table__.c.number).limit(1)
VERSION: Final = _NUMBER.scalar_subquery().label("version")
"""The number as a column beside other rows."""


def catalogue_version(db: Session) -> int:
    """The number that every change of what the public sees moves."""
    return db.connection().scalar(_NUMBER) or 0
