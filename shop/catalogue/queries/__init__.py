"""Reading the catalogue."""

from shop.catalogue.queries.sale import (
    SaleRow,
    papers_of,
    producer_of,
    valid_stars,
    variants_for_sale,
    variants_of,
)

__all__ = [
    "SaleRow",
    "papers_of",
    "producer_of",
    "valid_stars",
    "variants_for_sale",
    "variants_of",
]
