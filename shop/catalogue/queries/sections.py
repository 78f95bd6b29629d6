"""Reading the parts of a culture product's story."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalogue.models import ProductSection


@dataclass(frozen=True)
class Section:
    """A part as edited: a row, or an entry of a waiting revision."""

    kind: str
    title: str
    title_en: str | None
    words: str
    words_en: str | None
    photo_sha: str | None
    """One of the product's own photos."""

    def as_json(self) -> dict[str, Any]:
        return dict(vars(self))

    def __str__(self) -> str:
        return ": ".join(part for part in (self.title, self.words) if part)


def sections_of(db: Session, product_id: int) -> list[Section]:
    """The product's stored parts in their order."""
    rows = db.scalars(
        select(ProductSection)
        .where(ProductSection.product_id == product_id)
        .order_by(ProductSection.position, ProductSection.id)
    )
    return [
        Section(row.kind, row.title, row.title_en, row.words, row.words_en, row.photo_sha)
        for row in rows
    ]


def stamp_of(sections: Sequence[Section]) -> str:
    """Names exactly this list, so that a stale page cannot change another part than it shows."""
    told = json.dumps([section.as_json() for section in sections], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:16]
