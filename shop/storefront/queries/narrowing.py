"""What a list is narrowed to, as conditions and the values of their parameters."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Self

from sqlalchemy import ColumnElement, bindparam, or_, select, true
from sqlalchemy.orm import Session

from shop.catalogue.models import ProductPaper
from shop.catalogue.search import TODAY, F, Query, bound_words, found
from shop.storefront.queries.columns import (
    HAS_STARS,
    IS_IN_SEASON,
    IS_LISTED,
    IS_LIVE_SOON,
    AnySelect,
    moment,
)
from shop.storefront.rules import Filters

PAPER_OF = ProductPaper.__table__.c


def is_sqlite(db: Session) -> bool:
    """Whether the session speaks to SQLite."""
    return db.get_bind().dialect.name == "sqlite"


@dataclass(frozen=True)
class Shape:
    """Which filters a list has, without their values: lists of one shape share one statement."""

    is_sqlite: bool
    has_words: bool = False
    has_phrase: bool = False
    groups: int = 0
    has_subgroups: bool = False
    provinces: int = 0
    has_communes: bool = False
    has_papers: bool = False
    has_stars: bool = False
    is_in_season: bool = False
    is_in_stock: bool = False
    is_live_soon: bool = False
    is_youth_led: bool = False
    has_price_from: bool = False
    has_price_to: bool = False

    @classmethod
    def of(cls, filters: Filters, *, is_sqlite: bool, query: Query) -> Self:
        return cls(
            is_sqlite,
            bool(query.words),
            query.has_phrase,
            min(len(filters.groups), 2),
            bool(filters.subgroups),
            min(len(filters.provinces), 2),
            bool(filters.communes),
            bool(filters.papers),
            bool(filters.stars),
            filters.is_in_season,
            filters.is_in_stock,
            filters.is_live_soon,
            filters.is_youth_led,
            filters.price_from is not None,
            filters.price_to is not None,
        )


def joined(statement: AnySelect, shape: Shape) -> AnySelect:
    """The statement over the products that hold the words, when there are any."""
    if not shape.has_words:
        return statement
    hits = found(is_sqlite=shape.is_sqlite, has_phrase=shape.has_phrase)
    return statement.join(hits, hits.c.product_id == F.product_id)


def conditions(shape: Shape) -> list[ColumnElement[bool]]:
    """What every product of a list of this shape fulfils, besides holding the words."""
    kept = [IS_LISTED, *_prices(shape), *_kinds(shape), *_places(shape)]
    if shape.has_papers:
        kept.append(
            F.product_id.in_(
                select(PAPER_OF.product_id).where(
                    PAPER_OF.kind.in_(bindparam("papers", expanding=True)),
                    PAPER_OF.until >= TODAY,
                )
            )
        )
    if shape.has_stars:
        kept += [F.stars.in_(bindparam("stars", expanding=True)), HAS_STARS]
    flags = (
        (shape.is_in_season, IS_IN_SEASON),
        (shape.is_in_stock, F.available > 0),
        (shape.is_live_soon, IS_LIVE_SOON),
        (shape.is_youth_led, F.is_youth_led == true()),
    )
    return [*kept, *(condition for is_asked, condition in flags if is_asked)]


def _kinds(shape: Shape) -> list[ColumnElement[bool]]:
    if shape.has_subgroups:
        return [_either(F.subgroup, "subgroups", F.ocop_group, "whole_groups")]
    return _one_of(F.ocop_group, "groups", shape.groups)


def _places(shape: Shape) -> list[ColumnElement[bool]]:
    if shape.has_communes:
        return [_either(F.commune_code, "communes", F.province_code, "whole_provinces")]
    return _one_of(F.province_code, "provinces", shape.provinces)


def _either(
    narrow: ColumnElement[Any], chosen: str, wide: ColumnElement[Any], whole: str
) -> ColumnElement[bool]:
    return or_(
        narrow.in_(bindparam(chosen, expanding=True)), wide.in_(bindparam(whole, expanding=True))
    )


def _one_of(column: ColumnElement[str], name: str, how_many: int) -> list[ColumnElement[bool]]:
    """An equality for one value, so that the index gives the order too."""
    if how_many == 0:
        return []
    if how_many == 1:
        return [column == bindparam(name)]
    return [column.in_(bindparam(name, expanding=True))]


def _prices(shape: Shape) -> list[ColumnElement[bool]]:
    """Products with some size in the price range; those without a price are in no range."""
    kept: list[ColumnElement[bool]] = []
    if shape.has_price_from or shape.has_price_to:
        kept.append(F.price_max_vnd > 0)
    if shape.has_price_from:
        kept.append(F.price_max_vnd >= bindparam("price_from"))
    if shape.has_price_to:
        kept.append(F.price_min_vnd <= bindparam("price_to"))
    return kept


def bound_values(
    filters: Filters, query: Query, *, is_sqlite: bool, today: date, now: datetime
) -> dict[str, Any]:
    """The values of every parameter that a list's statements may have."""
    values = moment(today, now)
    values |= {
        "stars": filters.stars,
        "papers": filters.papers,
        "subgroups": filters.subgroups,
        "whole_groups": filters.whole_groups,
        "communes": [code for code, _province in filters.communes],
        "whole_provinces": filters.whole_provinces,
        "price_from": filters.price_from,
        "price_to": filters.price_to,
    }
    for name, chosen in (("groups", filters.groups), ("provinces", filters.provinces)):
        values[name] = chosen[0] if len(chosen) == 1 else chosen
    if query.words:
        values |= bound_words(query, is_sqlite=is_sqlite)
    return values
