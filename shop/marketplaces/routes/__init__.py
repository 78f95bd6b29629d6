"""The channel pages: a producer's desk, exports and readiness report; staff's channel rules."""

from shop.marketplaces.routes import channel_rules, desk, evidence, exports, feeds, readiness
from shop.marketplaces.routes.base import bp

__all__ = ["bp", "channel_rules", "desk", "evidence", "exports", "feeds", "readiness"]
