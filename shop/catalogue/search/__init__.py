"""Finding products by what people type: accent-free, every word, the last one as a beginning.

SQLite's FTS5 and PostgreSQL's tsvector only say *which* products hold the words. The order is our
own, in whole numbers, so that both give the same ids in the same order: see
``docs/algorithms/search-order.md``.

- ``wording``: what was typed as a ``Query``, and as each engine wants it;
- ``index``: writing the index, its words and the producers' names;
- ``reading``: ``read_query``, which forgives one slip when nothing holds the words as typed;
- ``finding``: the products found, in their order;
- ``suggesting``: what is offered while people type.
"""

from shop.catalogue.search.finding import (
    TODAY,
    F,
    by_relevance,
    found,
    search_ids,
    valid_stars,
)
from shop.catalogue.search.index import Entry, index_product, index_products
from shop.catalogue.search.reading import nearest_spelling, read_query
from shop.catalogue.search.suggesting import Suggestions, suggest
from shop.catalogue.search.wording import Query, bound_words

__all__ = [
    "TODAY",
    "Entry",
    "F",
    "Query",
    "Suggestions",
    "bound_words",
    "by_relevance",
    "found",
    "index_product",
    "index_products",
    "nearest_spelling",
    "read_query",
    "search_ids",
    "suggest",
    "valid_stars",
]
