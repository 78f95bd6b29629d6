"""What a list is narrowed to, as conditions and the values of their parameters."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Self

from sqlalchemy import ColumnElement, bindparam
from sqlalchemy.orm import Session

from shop.catalogue.search import TODAY, F, Query, bound_words
from shop.storefront.queries.columns import IS_IN_SEASON, IS_LISTED, IS_LIVE_SOON, moment
from shop.storefront.rules import Filters


def is_sqlite(db: Session) -> bool:
    """Whether the session speaks to SQLite."""
    return db.get_bind().dialect.name == "sqlite"


@dataclass(frozen=True)
class Shape:
    """Which filters a list has, without their values: lists of one shape share one statement."""

    is_sqlite: bool
    has_words: bool
    has_phrase: bool
    groups: int = 0
    provinces: int = 0
    has_stars: bool = False
    is_in_season: bool = False
    is_in_stock: bool = False
    is_live_soon: bool = False
    has_price_from: bool = False
    has_price_to: bool = False

    @classmethod
    def of(cls, filters: Filters, *, is_sqlite: bool, query: Query) -> Self:
        return cls(
            is_sqlite,
            bool(query.words),
            query.has_phrase,
            min(len(filters.groups), 2),
            min(len(filters.provinces), 2),
            bool(filters.stars),
            filters.is_in_season,
            filters.is_in_stock,
            filters.is_live_soon,
            filters.price_from is not None,
            filters.price_to is not None,
        )


def conditions(shape: Shape) -> list[ColumnElement[bool]]:
    kept = [IS_LISTED, *price_conditions(shape)]
    kept += _one_of(F.ocop_group, "groups", shape.groups)
    kept += _one_of(F.province_code, "provinces", shape.provinces)
    if shape.has_stars:
        kept.append(F.stars.in_(bindparam("stars", expanding=True)))
        kept.append(F.stars_until >= TODAY)
    if shape.is_in_season:
        kept.append(IS_IN_SEASON)
    if shape.is_in_stock:
        kept.append(F.available > 0)
    if shape.is_live_soon:
        kept.append(IS_LIVE_SOON)
    return kept


def _one_of(column: ColumnElement[str], name: str, how_many: int) -> list[ColumnElement[bool]]:
    """An equality for one value, so that the index gives the order too."""
    if how_many == 0:
        return []
    if how_many == 1:
        return [column == bindparam(name)]
    return [column.in_(bindparam(name, expanding=True))]


def price_conditions(shape: Shape) -> list[ColumnElement[bool]]:
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
    values["stars"] = filters.stars
    values["price_from"], values["price_to"] = filters.price_from, filters.price_to
    for name, chosen in (("groups", filters.groups), ("provinces", filters.provinces)):
        values[name] = chosen[0] if len(chosen) == 1 else chosen
    if query.words:
        values |= bound_words(query, is_sqlite=is_sqlite)
    return values
