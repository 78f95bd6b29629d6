"""Pages of this feature: the producer's lots, what anybody sees behind a code, the resolver."""

from shop.traceability.routes import (
    alerts,
    boxes,
    desk,
    entry,
    gs1,
    labels,
    links,
    pages,
    resolver,
    templates,
)

BLUEPRINTS = (
    desk.bp,
    entry.bp,
    templates.bp,
    labels.bp,
    boxes.bp,
    links.bp,
    pages.bp,
    resolver.bp,
    gs1.bp,
    alerts.bp,
)
