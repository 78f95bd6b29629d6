"""Making a channel's bundle."""

from shop.marketplaces.services.bundle.making import Bundle, make_bundle

__all__ = ["Bundle", "make_bundle"]
