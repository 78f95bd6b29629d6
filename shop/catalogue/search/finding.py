"""The products found, and their order."""

from datetime import date
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    Integer,
    Subquery,
    TextClause,
    bindparam,
    case,
    select,
    text,
    true,
)
from sqlalchemy.orm import Session

from shop.catalogue.models import ProductFacets
from shop.catalogue.search.reading import read_query
from shop.catalogue.search.wording import bound_words

TODAY: Final = bindparam("today", type_=Date)
"""The calendar day that stars are judged on; every statement built here needs it."""

F: Final = ProductFacets.__table__.c
"""Columns of the table itself: rows of them cost a third of what mapped attributes cost."""

valid_stars: Final[ColumnElement[int | None]] = case((F.stars_until >= TODAY, F.stars), else_=None)
"""Stars of a row that count today, otherwise NULL."""

_TIERS: Final = {
    True: ("name_phrase", "in_name", "producer_phrase", "in_producer", "place_phrase"),
    False: (None, "in_name", None, "in_producer", None),
}
"""What must hold for tiers 0 to 4, by whether the query is a phrase. The rest is tier 5."""


def _statement(*, is_sqlite: bool, has_phrase: bool) -> TextClause:
    holds = (
        "rowid IN (SELECT rowid FROM product_search WHERE product_search MATCH :{0})"
        if is_sqlite
        else "head @@ CAST(:{0} AS tsquery)"
    )
    tiers = " ".join(
        f"WHEN {holds.format(name)} THEN {tier}"
        for tier, name in enumerate(_TIERS[has_phrase])
        if name
    )
    found = (
        "product_search MATCH :anywhere" if is_sqlite else "document @@ CAST(:anywhere AS tsquery)"
    )
    key = "rowid AS product_id" if is_sqlite else "product_id"
    return text(f"SELECT {key}, CASE {tiers} ELSE 5 END AS tier FROM product_search WHERE {found}")  # noqa: S608


_FIND: Final = {
    (is_sqlite, has_phrase): _statement(is_sqlite=is_sqlite, has_phrase=has_phrase)
    for is_sqlite in (True, False)
    for has_phrase in (True, False)
}


def found(*, is_sqlite: bool, has_phrase: bool) -> Subquery:
    """A subquery of (product_id, tier) that a list joins; its values come from ``bound_words``."""
    statement = _FIND[is_sqlite, has_phrase]
    return statement.columns(product_id=BigInteger, tier=Integer).subquery("found")


def by_relevance(hits: Subquery) -> tuple[ColumnElement[Any], ...]:
    """The order of found products."""
    return (
        hits.c.tier,
        case((F.stars_until >= TODAY, F.stars), else_=0).desc(),
        F.sold_count.desc(),
        F.product_id.desc(),
    )


def search_ids(
    db: Session, typed: str, *, today: date, limit: int = 24, offset: int = 0
) -> list[int]:
    """Ids of the listed products that hold every word typed, best first.

    When none does, of those that hold the words but for one slip.
    """
    query = read_query(db, typed)
    if not query.words:
        return []
    is_sqlite = db.get_bind().dialect.name == "sqlite"
    hits = found(is_sqlite=is_sqlite, has_phrase=query.has_phrase)
    statement = (
        select(F.product_id)
        .join(hits, hits.c.product_id == F.product_id)
        .where(F.is_listed == true())
        .order_by(*by_relevance(hits))
        .limit(limit)
        .offset(offset)
    )
    bound = {"today": today, **bound_words(query, is_sqlite=is_sqlite)}
    return list(db.scalars(statement, bound))
