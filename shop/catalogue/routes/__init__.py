"""Pages of this feature: the producer's desk and the staff's moderation."""

from shop.catalogue.routes import drafts, parts, photos, producers, products, sections, staff
from shop.catalogue.routes.base import bp

BLUEPRINTS = (bp,)

__all__ = [
    "BLUEPRINTS",
    "bp",
    "drafts",
    "parts",
    "photos",
    "producers",
    "products",
    "sections",
    "staff",
]
