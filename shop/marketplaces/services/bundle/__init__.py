"""Making a channel's bundle."""

from shop.marketplaces.services.bundle.archive import member
from shop.marketplaces.services.bundle.making import HAND_OVER_PDF, Bundle, make_bundle

__all__ = ["HAND_OVER_PDF", "Bundle", "make_bundle", "member"]
