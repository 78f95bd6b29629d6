"""The producer's channel pages: the desk, exports."""

from shop.marketplaces.routes import desk, exports
from shop.marketplaces.routes.base import bp

__all__ = ["bp", "desk", "exports"]
