"""Reading what partners, portals and inspectors get to see."""

from shop.exchange.queries.documents import (
    document_of,
    documents_of,
    link_of,
    links_of,
    receipts_of,
    visits_of,
)
from shop.exchange.queries.telling import (
    MAX_LOTS,
    lots_between,
    portal_lots,
    told_lots,
)

__all__ = [
    "MAX_LOTS",
    "document_of",
    "documents_of",
    "link_of",
    "links_of",
    "lots_between",
    "portal_lots",
    "receipts_of",
    "told_lots",
    "visits_of",
]
