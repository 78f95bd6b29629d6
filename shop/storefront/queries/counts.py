"""What a list's filters would leave: one grouped statement, kept a short while per catalogue
version, because it looks at every product."""

from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import ColumnElement, case, func, literal_column, select
from sqlalchemy.orm import Session

from shop.catalogue.search import TODAY, F, found, read_query
from shop.storefront.memory import Memory
from shop.storefront.queries.columns import (
    IS_IN_SEASON,
    IS_LISTED,
    IS_LIVE_SOON,
    AnySelect,
)
from shop.storefront.queries.narrowing import Shape, bound_values, is_sqlite, price_conditions
from shop.storefront.rules import Cell, Counts, Filters, count_facets

COUNTS_SECONDS: Final = 30.0
KEPT_COUNTS: Final = 500


@lru_cache(maxsize=16)
def _cells_statement(shape: Shape) -> AnySelect:
    columns: tuple[ColumnElement[Any], ...] = (
        F.ocop_group,
        F.province_code,
        case((F.stars_until >= TODAY, F.stars), else_=0),
        case((IS_IN_SEASON, 1), else_=0),
        case((F.available > 0, 1), else_=0),
        case((IS_LIVE_SOON, 1), else_=0),
    )
    labelled = [column.label(f"c{i}") for i, column in enumerate(columns)]
    statement = select(*labelled, func.count()).select_from(F.product_id.table)
    if shape.has_words:
        hits = found(is_sqlite=shape.is_sqlite, has_phrase=shape.has_phrase)
        statement = statement.join(hits, hits.c.product_id == F.product_id)
    return statement.where(IS_LISTED, *price_conditions(shape)).group_by(
        *(literal_column(f"c{i}") for i in range(len(columns)))
    )


def cells(db: Session, filters: Filters, *, today: date, now: datetime) -> list[Cell]:
    """Every combination of filterable values with its number of products, for one query and price
    range."""
    query = read_query(db, filters.q)
    if filters.q and not query.words:
        return []
    engine = is_sqlite(db)
    plain = replace(
        Shape(engine, bool(query.words), query.has_phrase),
        has_price_from=filters.price_from is not None,
        has_price_to=filters.price_to is not None,
    )
    bound = bound_values(filters, query, is_sqlite=engine, today=today, now=now)
    rows = db.connection().execute(_cells_statement(plain), bound)
    return [
        Cell(row[0], row[1], row[2] or 0, bool(row[3]), bool(row[4]), bool(row[5]), row[6])
        for row in rows
    ]


def list_counts(
    db: Session, memory: Memory, filters: Filters, *, version: int, today: date, now: datetime
) -> Counts:
    """How many the list has and what each filter would leave; kept per catalogue version."""
    plain = (version, today, filters.q, filters.price_from, filters.price_to)
    key = (
        *plain,
        *(filters.groups, filters.stars, filters.provinces),
        *(filters.is_in_season, filters.is_in_stock, filters.is_live_soon),
    )

    def count() -> Counts:
        return count_facets(
            memory.get(plain, lambda: cells(db, filters, today=today, now=now)), filters
        )

    return memory.get(key, count)
