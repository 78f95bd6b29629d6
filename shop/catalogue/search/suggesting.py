"""What is offered while people type: products, producers, places and groups.

Asked at every pause in typing: the products are the best of the newest that hold the words, not of
all, and what many products hold is looked for among the newest few thousand only.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import BigInteger, Row, Select, case, select, text, true
from sqlalchemy.orm import Session

from shop.catalogue import rules
from shop.catalogue.search.finding import TODAY, F, valid_stars
from shop.catalogue.search.reading import read_query
from shop.catalogue.search.wording import Query, bound_words
from shop.core.text import fold
from shop.places.queries import PlaceMatch, find_places

MIN_LETTERS: Final = 2
_LOOKED_AT: Final = 200
_PRODUCTS: Final = 6
_OTHERS: Final = 3
_PLACES_LOOKED_AT: Final = 40

_SQLITE: Final = (
    "SELECT rowid AS product_id FROM product_search WHERE product_search MATCH :words {window} "
    "ORDER BY rowid DESC LIMIT :looked_at"
)
_POSTGRESQL: Final = (
    "SELECT product_id FROM {window} WHERE document @@ CAST(:words AS tsquery) "
    "ORDER BY product_id DESC LIMIT :looked_at"
)
_NEWEST_SQLITE: Final = (
    "AND rowid > coalesce("
    "(SELECT product_id FROM product_facets ORDER BY product_id DESC LIMIT 1 OFFSET 3000), 0)"
)
_NEWEST_POSTGRESQL: Final = (  # the number stands here: a bound one misleads the planner
    "(SELECT product_id, document FROM product_search ORDER BY product_id DESC LIMIT 3000) newest"
)


def _best_of(recent: str) -> Select[Any]:
    found = text(recent).columns(product_id=BigInteger).subquery("found")
    return (
        select(F.name, F.name_en, F.slug, F.producer_name, valid_stars.label("stars"))
        .join(found, found.c.product_id == F.product_id)
        .where(F.is_listed == true())
        .order_by(case((F.stars_until >= TODAY, F.stars), else_=0).desc())
        .order_by(F.sold_count.desc(), F.product_id.desc())
        .limit(_PRODUCTS)
    )


_BEST_OF_NEWEST: Final = {
    True: _best_of(_SQLITE.format(window=_NEWEST_SQLITE)),
    False: _best_of(_POSTGRESQL.format(window=_NEWEST_POSTGRESQL)),
}
_BEST: Final = {
    True: _best_of(_SQLITE.format(window="")),
    False: _best_of(_POSTGRESQL.format(window="product_search")),
}
_MAKERS: Final = text(
    "SELECT DISTINCT f.producer_name AS name, f.producer_slug AS slug "
    "FROM (SELECT slug FROM product_search_makers WHERE folded LIKE :like "
    "ORDER BY length(folded), slug LIMIT :most) m "
    "JOIN product_facets f ON f.producer_slug = m.slug AND f.is_listed "
    "ORDER BY 1, 2"
)


@dataclass(frozen=True)
class Suggestions:
    """Rows of ``name slug`` (products also ``name_en producer_name stars``), places, and codes of
    groups and subgroups."""

    products: Sequence[Row[Any]]
    makers: Sequence[Row[Any]]
    places: Sequence[PlaceMatch]
    kinds: Sequence[str]


def suggest(db: Session, typed: str, *, today: date) -> Suggestions:
    """What the beginning of a query may lead to; nothing for less than two letters."""
    query = Query.parse(typed)
    if len(query.text) < MIN_LETTERS:
        return Suggestions((), (), (), ())
    return Suggestions(
        products=_products(db, typed, today),
        makers=_makers(db, query),
        places=_places(db, typed),
        kinds=_labelled(query, (*rules.GROUPS.values(), *rules.SUBGROUPS.values())),
    )


def _products(db: Session, typed: str, today: date) -> Sequence[Row[Any]]:
    """Those with the words side by side in name or producer, else anywhere in them.

    What many products hold is found among the newest; the whole index is asked, and slips are
    forgiven, only for what is rare.
    """
    rows = _holding(db, Query.parse(typed), _BEST_OF_NEWEST, today)
    return rows if len(rows) == _PRODUCTS else _holding(db, read_query(db, typed), _BEST, today)


def _holding(
    db: Session, query: Query, best: Mapping[bool, Select[Any]], today: date
) -> Sequence[Row[Any]]:
    is_sqlite = db.get_bind().dialect.name == "sqlite"
    words = bound_words(query, is_sqlite=is_sqlite)
    bound = {"today": today, "looked_at": _LOOKED_AT}
    for name in ("producer_phrase", "in_names"):
        if name in words:
            rows = db.connection().execute(best[is_sqlite], bound | {"words": words[name]}).all()
            if rows:
                return rows
    return ()


def _makers(db: Session, query: Query) -> Sequence[Row[Any]]:
    like = "% " + query.text + "%"
    return db.connection().execute(_MAKERS, {"like": like, "most": _OTHERS}).all()


def _places(db: Session, typed: str) -> list[PlaceMatch]:
    """Provinces, and communes where something is sold now, by new or old name."""
    matches = find_places(db, typed)[:_PLACES_LOOKED_AT]
    communes = [match.commune_code for match in matches if match.commune_code]
    sold = set(
        db.connection().scalars(
            select(F.commune_code)
            .where(F.is_listed == true(), F.commune_code.in_(communes))
            .distinct()
        )
    )
    kept = [m for m in matches if m.commune_code is None or m.commune_code in sold]
    return kept[:_OTHERS]


def _labelled(query: Query, labelled: Iterable[rules.Group | rules.Subgroup]) -> list[str]:
    """Codes whose Vietnamese or English label holds words that begin with all those typed."""
    found = []
    for one in labelled:
        words = fold(f"{one.label} {one.label_en}").split()
        if all(any(word.startswith(typed) for word in words) for typed in query.words):
            found.append(one.code)
    return found[:_OTHERS]
