"""Pages of this feature: the producer's desk and the staff's moderation."""

from shop.catalogue.routes import (
    drafts,
    endorsements,
    parts,
    photos,
    producers,
    products,
    reference,
    sections,
    staff,
)
from shop.catalogue.routes.base import bp

BLUEPRINTS = (bp,)

__all__ = [
    "BLUEPRINTS",
    "bp",
    "drafts",
    "endorsements",
    "parts",
    "photos",
    "producers",
    "products",
    "reference",
    "sections",
    "staff",
]
