"""Pages of this feature: the producer's lots, what anybody sees behind a code, the resolver."""

from shop.traceability.routes import desk, gs1, pages, resolver, staff

BLUEPRINTS = (desk.bp, pages.bp, resolver.bp, gs1.bp, staff.bp)
