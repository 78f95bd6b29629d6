"""Pages of wholesale: asking, the quote and its acceptance, the producer's answer."""

from shop.wholesale.routes import buyer, desk
from shop.wholesale.routes.base import bp

__all__ = ["bp", "buyer", "desk"]
