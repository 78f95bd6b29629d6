"""Pages of reviews, questions and violation reports; importing the modules adds their routes."""

from shop.reviews.routes import own, producer, public, reporting, staff, writing
from shop.reviews.routes.base import bp

BLUEPRINTS = (bp,)

__all__ = ["BLUEPRINTS", "bp", "own", "producer", "public", "reporting", "staff", "writing"]
