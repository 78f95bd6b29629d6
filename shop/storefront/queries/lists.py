"""One page of the list: its rows with one statement on ``product_facets``."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from shop.catalogue.search import F, by_relevance, found, read_query
from shop.storefront.queries.columns import (
    CARD,
    HAS_STARS,
    LACKS_STARS,
    ORDERS,
    AnyRow,
    AnySelect,
)
from shop.storefront.queries.narrowing import Shape, bound_values, conditions, is_sqlite
from shop.storefront.queries.version import VERSION
from shop.storefront.rules import PAGE_SIZE, Filters


@lru_cache(maxsize=2_000)
def _rows_statement(shape: Shape, order: str, part: str) -> AnySelect:
    """Card rows of a list. ``part``: all of them, those with valid stars, or those without."""
    if order == "phu-hop" and shape.has_words:
        return _relevant_statement(shape)
    statement = select(*CARD, VERSION)
    if shape.has_words:
        hits = found(is_sqlite=shape.is_sqlite, has_phrase=shape.has_phrase)
        statement = statement.join(hits, hits.c.product_id == F.product_id)
    statement = statement.where(*conditions(shape))
    if part == "starred":
        statement = statement.where(HAS_STARS)
    elif part == "plain":
        statement = statement.where(LACKS_STARS)
    return _page_of(statement.order_by(*ORDERS[order]))


def _relevant_statement(shape: Shape) -> AnySelect:
    """The page's ids first, their rows after: sorting carries no texts of the other hits."""
    hits = found(is_sqlite=shape.is_sqlite, has_phrase=shape.has_phrase)
    page = _page_of(
        select(F.product_id.label("product_id"), hits.c.tier)
        .join(hits, hits.c.product_id == F.product_id)
        .where(*conditions(shape))
        .order_by(*by_relevance(hits))
    ).subquery("page")
    rows = select(*CARD, VERSION).join(page, page.c.product_id == F.product_id)
    return rows.order_by(*by_relevance(page))


def _page_of(statement: AnySelect) -> AnySelect:
    return statement.limit(bindparam("limit")).offset(bindparam("offset"))


def list_rows(
    db: Session, filters: Filters, *, today: date, now: datetime, limit: int = PAGE_SIZE
) -> Sequence[AnyRow]:
    """One page of the list as card rows, each with the catalogue's ``version`` beside it."""
    query = read_query(db, filters.q)
    if filters.q and not query.words:
        return []
    engine = is_sqlite(db)
    shape = Shape.of(filters, is_sqlite=engine, query=query)
    bound = bound_values(filters, query, is_sqlite=engine, today=today, now=now)
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
        if shape.has_words:
            hits = found(is_sqlite=shape.is_sqlite, has_phrase=shape.has_phrase)
            starred = starred.join(hits, hits.c.product_id == F.product_id)
        passed = db.scalar(starred.where(*conditions(shape), HAS_STARS), bound) or 0
        rest = bound | {"limit": missing, "offset": max(0, bound["offset"] - passed)}
        rows += db.connection().execute(_rows_statement(shape, "ban-chay", "plain"), rest)
    return rows
