"""Reading for the public pages: Core rows of what is shown, in as few statements as can be."""

from shop.storefront.queries.columns import AnyRow
from shop.storefront.queries.counts import COUNTS_SECONDS, KEPT_COUNTS, list_counts
from shop.storefront.queries.lists import NO_QUERY, Hits, list_hits, list_rows, rows_of
from shop.storefront.queries.places import Places, read_places
from shop.storefront.queries.producers import producer_row, producers_of_province
from shop.storefront.queries.products import (
    certificate_rows,
    product_rows,
    public_scan,
    section_rows,
    variant_rows,
)
from shop.storefront.queries.shelves import (
    Beside,
    cards_beside,
    cards_of_ids,
    cards_of_producer,
    home_rows,
    similar_cards,
)
from shop.storefront.queries.site_map import (
    largest_product_id,
    site_map_products,
    site_map_units,
)
from shop.storefront.queries.version import catalogue_version

__all__ = [
    "COUNTS_SECONDS",
    "KEPT_COUNTS",
    "NO_QUERY",
    "AnyRow",
    "Beside",
    "Hits",
    "Places",
    "cards_beside",
    "cards_of_ids",
    "cards_of_producer",
    "catalogue_version",
    "certificate_rows",
    "home_rows",
    "largest_product_id",
    "list_counts",
    "list_hits",
    "list_rows",
    "producer_row",
    "producers_of_province",
    "product_rows",
    "public_scan",
    "read_places",
    "rows_of",
    "section_rows",
    "similar_cards",
    "site_map_products",
    "site_map_units",
    "variant_rows",
]
