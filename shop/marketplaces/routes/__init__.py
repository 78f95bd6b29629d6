"""The producer's channel pages: the desk, exports, the readiness report."""

from shop.marketplaces.routes import desk, exports, readiness
from shop.marketplaces.routes.base import bp

__all__ = ["bp", "desk", "exports", "readiness"]
