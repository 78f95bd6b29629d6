"""Return pages: the buyer's, the producer's, the staff's."""

from shop.returns.routes import buyer, producer, staff
from shop.returns.routes.base import bp

__all__ = ["bp", "buyer", "producer", "staff"]
