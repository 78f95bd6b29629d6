"""Pages of this feature: the producer's lots, and what anybody sees behind a code."""

from shop.traceability.routes import desk, pages, staff

BLUEPRINTS = (desk.bp, pages.bp, staff.bp)
