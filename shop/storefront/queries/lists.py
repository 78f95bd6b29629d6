"""One page of the list: its rows with one statement on ``product_facets``."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from shop.catalogue.search import F, Query, by_relevance, found
from shop.storefront.queries.columns import (
    CARD,
    HAS_STARS,
    LACKS_STARS,
    ORDERS,
    AnyRow,
    AnySelect,
)
from shop.storefront.queries.narrowing import (
    Shape,
    bound_values,
    conditions,
    is_sqlite,
)
from shop.storefront.queries.version import VERSION
from shop.storefront.rules import EXACT_UP_TO, PAGE_SIZE, Filters

NO_QUERY: Final = Query.of(())


@lru_cache(maxsize=2_000)
def _rows_statement(shape: Shape, order: str, part: str) -> AnySelect:
    """Card rows of a list. ``part``: all of them, those with valid stars, or those without."""
    statement = select(*CARD, VERSION).where(*conditions(shape))
    if part == "starred":
        statement = statement.where(HAS_STARS)
    elif part == "plain":
        statement = statement.where(LACKS_STARS)
    return _page_of(statement.order_by(*ORDERS[order]))


def _page_of(statement: AnySelect) -> AnySelect:
    return statement.limit(bindparam("limit")).offset(bindparam("offset"))


def list_rows(
    db: Session, filters: Filters, *, today: date, now: datetime, limit: int = PAGE_SIZE
) -> Sequence[AnyRow]:
    """One page of a list without a query as card rows, each with the catalogue's ``version``."""
    engine = is_sqlite(db)
    shape = Shape.of(filters, is_sqlite=engine, query=NO_QUERY)
    bound = bound_values(filters, NO_QUERY, is_sqlite=engine, today=today, now=now)
    bound |= {"limit": limit, "offset": (filters.page - 1) * PAGE_SIZE}
    if filters.order == "sao":
        return _starred_first(db, shape, bound)
    return db.connection().execute(_rows_statement(shape, filters.order, "all"), bound).all()


def _starred_first(db: Session, shape: Shape, bound: dict[str, Any]) -> Sequence[AnyRow]:
    """Valid stars first, the rest by units sold: two ordered walks along indexes, no sorting."""
    rows = list(db.connection().execute(_rows_statement(shape, "sao", "starred"), bound))
    missing = bound["limit"] - len(rows)
    if missing and not shape.has_stars:
        starred = select(func.count()).select_from(F.product_id.table)
        passed = db.scalar(starred.where(*conditions(shape), HAS_STARS), bound) or 0
        rest = bound | {"limit": missing, "offset": max(0, bound["offset"] - passed)}
        rows += db.connection().execute(_rows_statement(shape, "ban-chay", "plain"), rest)
    return rows


# Lists with a query: all ids once, in their order; a page is then a slice of them.


@dataclass(frozen=True)
class Hits:
    """The products of a list with a query, best first."""

    query: Query
    ids: "array[int]"
    is_all: bool
    """False when more than ``EXACT_UP_TO`` were found: the rest is left out."""


@lru_cache(maxsize=500)
def _ids_statement(shape: Shape, order: str) -> AnySelect:
    hits = found(is_sqlite=shape.is_sqlite, has_phrase=shape.has_phrase)
    statement = (
        select(F.product_id)
        .join(hits, hits.c.product_id == F.product_id)
        .where(*conditions(shape))
        .limit(EXACT_UP_TO + 1)
    )
    if order == "phu-hop":
        return statement.order_by(*by_relevance(hits))
    if order == "sao":
        return statement.order_by(HAS_STARS.desc().nulls_last(), *ORDERS[order])
    return statement.order_by(*ORDERS[order])


def list_hits(db: Session, filters: Filters, query: Query, *, today: date, now: datetime) -> Hits:
    """Every product of a list with a query, whatever its page."""
    if not query.words:
        return Hits(query, array("q"), True)
    engine = is_sqlite(db)
    shape = Shape.of(filters, is_sqlite=engine, query=query)
    bound = bound_values(filters, query, is_sqlite=engine, today=today, now=now)
    ids = db.connection().scalars(_ids_statement(shape, filters.order), bound).all()
    return Hits(query, array("q", ids[:EXACT_UP_TO]), len(ids) <= EXACT_UP_TO)


_SLOTS: Final = tuple(f"id{n}" for n in range(PAGE_SIZE))
_BY_IDS: Final = select(*CARD, VERSION).where(
    F.product_id.in_([bindparam(name) for name in _SLOTS])
)


def rows_of(db: Session, ids: Sequence[int], *, today: date) -> list[AnyRow]:
    """Card rows of at most a page of products, in the order of their ids, each with the catalogue's
    ``version``."""
    bound: dict[str, Any] = dict.fromkeys(_SLOTS, 0) | dict(zip(_SLOTS, ids, strict=False))
    rows = db.connection().execute(_BY_IDS, bound | {"today": today}).all()
    by_id = {row.product_id: row for row in rows}
    return [by_id[product_id] for product_id in ids if product_id in by_id]
