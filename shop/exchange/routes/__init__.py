"""Pages and files for partners, portals and inspectors."""

from shop.exchange.routes import desk, documents, inspectors, public

BLUEPRINTS = (public.bp, desk.bp, documents.bp, inspectors.bp)
"""Each reads through ``shown``, which turns lots into words of the page's language."""
