"""Pages of pre-orders: the buyer's, and the producer's desk."""

from shop.preorders.routes import buyer, desk
from shop.preorders.routes.base import bp

__all__ = ["bp", "buyer", "desk"]
