"""What a list's filters would leave. Up to ``EXACT_UP_TO`` products are counted exactly, once per
catalogue version; the counts of longer lists are made now and then, for every filter at once."""

from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import ColumnElement, Integer, case, cast, func, literal_column, select
from sqlalchemy.orm import Session

from shop.catalogue.rules import SUBGROUPS
from shop.catalogue.search import TODAY, F, Query, found
from shop.core.memory import Memory
from shop.storefront.counting import NOTHING_KNOWN, Cell, Counts, count_facets, sharpened
from shop.storefront.queries.columns import IS_IN_SEASON, IS_LIVE_SOON, AnySelect
from shop.storefront.queries.narrowing import (
    PAPER_OF,
    Shape,
    bound_values,
    conditions,
    is_sqlite,
    joined,
)
from shop.storefront.rules import EXACT_UP_TO, Filters

COUNTS_SECONDS: Final = 30.0
KEPT_COUNTS: Final = 500
LONG_LISTS_SECONDS: Final = 600.0
"""How long the counts of a list too long to be counted at every change are kept."""

_TABLE: Final = F.product_id.table


@lru_cache(maxsize=100)
def _cells_statement(shape: Shape) -> AnySelect:
    columns: tuple[ColumnElement[Any], ...] = (
        F.subgroup,
        F.province_code,
        case((F.stars_until >= TODAY, F.stars), else_=0),
        case((IS_IN_SEASON, 1), else_=0),
        case((F.available > 0, 1), else_=0),
        case((IS_LIVE_SOON, 1), else_=0),
        cast(F.is_youth_led, Integer),
    )
    labelled = [column.label(f"c{i}") for i, column in enumerate(columns)]
    statement = joined(select(*labelled, func.count()).select_from(_TABLE), shape)
    return statement.where(*conditions(shape)).group_by(
        *(literal_column(f"c{i}") for i in range(len(columns)))
    )


@lru_cache(maxsize=100)
def _size_statement(shape: Shape) -> AnySelect:
    some = select(F.product_id).where(*conditions(shape)).limit(EXACT_UP_TO + 1)
    if shape.has_words:
        # not a join: SQLite would ask its index for the words again at every listed product
        hits = found(is_sqlite=shape.is_sqlite, has_phrase=shape.has_phrase)
        some = some.where(F.product_id.in_(select(hits.c.product_id)))
    return select(func.count()).select_from(some.subquery("some"))


@lru_cache(maxsize=200)
def _communes_statement(shape: Shape) -> AnySelect:
    statement = joined(select(F.commune_code, func.count()).select_from(_TABLE), shape)
    return statement.where(*conditions(shape)).group_by(F.commune_code)


@lru_cache(maxsize=200)
def _papers_statement(shape: Shape) -> AnySelect:
    statement = joined(select(PAPER_OF.kind, func.count()).select_from(_TABLE), shape)
    return (
        statement.join(PAPER_OF.kind.table, PAPER_OF.product_id == F.product_id)
        .where(PAPER_OF.until >= TODAY, *conditions(shape))
        .group_by(PAPER_OF.kind)
    )


class Counting:
    """One list to be counted: its statements share the query and the moment."""

    def __init__(self, db: Session, query: Query, *, today: date, now: datetime) -> None:
        self._db, self._query, self._today, self._now = db, query, today, now
        self._is_sqlite = is_sqlite(db)

    def _run(self, statement: Any, filters: Filters) -> Any:
        shape = Shape.of(filters, is_sqlite=self._is_sqlite, query=self._query)
        bound = bound_values(
            filters, self._query, is_sqlite=self._is_sqlite, today=self._today, now=self._now
        )
        return self._db.connection().execute(statement(shape), bound)

    def is_long(self, filters: Filters) -> bool:
        """Whether the list has more products than are counted exactly."""
        return bool(self._run(_size_statement, filters).scalar_one() > EXACT_UP_TO)

    def cells(self, filters: Filters) -> list[Cell]:
        """Every combination of filterable values with its number of products."""
        return [
            Cell(
                row[0],
                SUBGROUPS[row[0]].group,
                row[1],
                row[2] or 0,
                *(bool(row[3]), bool(row[4]), bool(row[5]), bool(row[6]), row[7]),
            )
            for row in self._run(_cells_statement, filters)
        ]

    def communes(self, filters: Filters) -> dict[str, int]:
        """Products of each commune; those whose producer names none are left out."""
        return {code: n for code, n in self._run(_communes_statement, filters) if code}

    def papers(self, filters: Filters) -> dict[str, int]:
        """Products with each kind of certificate that holds today."""
        return dict(self._run(_papers_statement, filters).all())


def list_counts(
    db: Session,
    memory: Memory,
    filters: Filters,
    query: Query,
    *,
    version: int,
    today: date,
    now: datetime,
) -> Counts:
    """How many the list has and what each filter would leave; kept per catalogue version.

    Exact when the list without the filters that cells tell apart has up to ``EXACT_UP_TO``
    products. Of longer ones the whole catalogue's cells, kept for ten minutes, say what other
    values would give, and the list itself is still counted exactly when it is short enough.
    """
    counting = Counting(db, query, today=today, now=now)
    base = _base_of(filters)
    key = (version, today, query)

    def count() -> Counts:
        if not memory.get((*key, "long", base), lambda: counting.is_long(base)):
            cells = memory.get((*key, "cells", base), lambda: counting.cells(base))
            return _count_list(counting, filters, cells)
        is_whole = base == Filters()
        roughly = Counts(total=EXACT_UP_TO, unknown=NOTHING_KNOWN)
        if is_whole:
            whole = memory.get(
                ("cells", today), lambda: counting.cells(base), seconds=LONG_LISTS_SECONDS
            )
            roughly = count_facets(whole, filters)
        if counting.is_long(filters):
            return _add_papers(counting, memory, roughly, filters) if is_whole else roughly
        exactly = _count_list(counting, filters, counting.cells(filters))
        return sharpened(roughly, exactly, filters)

    return memory.get((*key, filters), count)


def _base_of(filters: Filters) -> Filters:
    """What one set of cells is made for: the filters that cells do not tell apart."""
    return Filters(
        q=filters.q,
        price_from=filters.price_from,
        price_to=filters.price_to,
        papers=filters.papers,
        # communes lie in their provinces; the counts of other provinces are made apart
        provinces=filters.provinces if filters.communes else (),
        communes=filters.communes,
    )


def _count_list(counting: Counting, filters: Filters, cells: list[Cell]) -> Counts:
    """The list's counts from cells, and those of what cells do not tell apart."""
    counts = count_facets(cells, filters)
    if filters.communes:
        everywhere = replace(_base_of(filters), provinces=(), communes=())
        if not counting.is_long(everywhere):
            others = count_facets(counting.cells(everywhere), replace(filters, communes=()))
            counts = replace(counts, provinces=others.provinces)
    if len(filters.provinces) == 1:
        counts = replace(counts, communes=counting.communes(replace(filters, communes=())))
    return replace(counts, papers=counting.papers(replace(filters, papers=())))


def _add_papers(counting: Counting, memory: Memory, counts: Counts, filters: Filters) -> Counts:
    """The counts of certificates of a long list, made as seldom as its others."""
    papers = memory.get(
        ("papers", filters), lambda: counting.papers(filters), seconds=LONG_LISTS_SECONDS
    )
    return replace(counts, papers=papers)
