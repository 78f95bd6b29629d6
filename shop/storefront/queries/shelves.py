"""Short rows of cards: the home page's shelves, a producer's products, what is like a product."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, bindparam, case, func, literal, select, true, union_all
from sqlalchemy.orm import Session

from shop.catalogue.search import F
from shop.storefront.queries.columns import (
    CARD,
    HAS_STARS,
    IS_IN_SEASON,
    IS_LISTED,
    ORDERS,
    AnyRow,
    AnySelect,
    P,
    moment,
)
from shop.storefront.rules import PAGE_SIZE


def _shelf(condition: ColumnElement[bool], order: str, *more: ColumnElement[Any]) -> AnySelect:
    return (
        select(*CARD)
        .where(IS_LISTED, condition)
        .order_by(*more, *ORDERS[order])
        .limit(bindparam("limit"))
    )


_IN_SEASON: Final = _shelf(IS_IN_SEASON, "ban-chay")
_NEWEST: Final = _shelf(true(), "moi")
_STARRED: Final = _shelf(HAS_STARS, "sao")
_OF_PRODUCER: Final = _shelf(
    and_(F.producer_slug == bindparam("producer"), F.product_id != bindparam("but")), "moi"
)
_BESIDE: Final = union_all(
    select(
        select(*CARD, literal("maker").label("shelf"))
        # IN and an order that no index has: else SQLite would walk the whole catalogue
        .where(
            IS_LISTED,
            F.product_id.in_(select(P.id).where(P.producer_id == bindparam("maker"))),
            F.product_id != bindparam("product"),
        )
        .order_by(func.coalesce(F.published_at, F.published_at).desc(), F.product_id.desc())
        .limit(bindparam("limit"))
        .subquery()
    ),
    select(
        select(*CARD, literal("commune").label("shelf"))
        .where(IS_LISTED, F.place == bindparam("place"), F.producer_slug != bindparam("maker_slug"))
        .order_by(*ORDERS["ban-chay"])
        .limit(bindparam("limit"))
        .subquery()
    ),
)
"""Two shelves by one statement, because every product page has both."""
_OF_IDS: Final = select(*CARD).where(
    IS_LISTED, F.product_id.in_(bindparam("products", expanding=True))
)
_SIMILAR: Final = _shelf(
    F.subgroup == bindparam("subgroup"),
    "ban-chay",
    case((F.province_code == bindparam("province"), 0), else_=1),
)


@dataclass(frozen=True)
class HomeRows:
    """Products of the home page's three shelves."""

    in_season: Sequence[AnyRow]
    newest: Sequence[AnyRow]
    starred: Sequence[AnyRow]


def home_rows(db: Session, *, today: date, now: datetime, each: int = 8) -> HomeRows:
    """In season now, the newest, those with the most valid stars: one statement each."""
    bound = moment(today, now) | {"limit": each}
    return HomeRows(
        *(db.connection().execute(shelf, bound).all() for shelf in (_IN_SEASON, _NEWEST, _STARRED))
    )


def cards_of_producer(
    db: Session, producer_slug: str, *, today: date, but: int = 0, limit: int = PAGE_SIZE
) -> Sequence[AnyRow]:
    """Listed products of a producer, the newest first, without product ``but``."""
    bound = {"producer": producer_slug, "but": but, "today": today, "limit": limit}
    return db.connection().execute(_OF_PRODUCER, bound).all()


@dataclass(frozen=True)
class Beside:
    """What stands under a product: more of its maker, and of others in the same commune."""

    of_maker: Sequence[AnyRow]
    of_commune: Sequence[AnyRow]


def cards_beside(
    db: Session,
    product_id: int,
    *,
    producer_id: int,
    producer_slug: str,
    commune: str,
    today: date,
    limit: int = 4,
) -> Beside:
    """The newest of the same producer, and what sells best of its neighbours; ``commune``: its
    place in words as facets hold it, empty when only the province is known."""
    bound = {
        "product": product_id,
        "maker": producer_id,
        "maker_slug": producer_slug,
        "place": commune,
        "today": today,
        "limit": limit,
    }
    rows = db.connection().execute(_BESIDE, bound).all()
    return Beside(
        [row for row in rows if row.shelf == "maker"],
        [row for row in rows if row.shelf == "commune"],
    )


def cards_of_ids(db: Session, product_ids: Sequence[int], *, today: date) -> Sequence[AnyRow]:
    """The listed ones of these products, in the order given."""
    if not product_ids:
        return []
    bound = {"products": list(product_ids), "today": today}
    rows = {row.product_id: row for row in db.connection().execute(_OF_IDS, bound)}
    return [rows[wanted] for wanted in product_ids if wanted in rows]


def similar_cards(
    db: Session, *, subgroup: str, province_code: str, today: date, limit: int = 8
) -> Sequence[AnyRow]:
    """Listed products of the same kind, those of the same province first."""
    bound = {"subgroup": subgroup, "province": province_code, "today": today, "limit": limit}
    return db.connection().execute(_SIMILAR, bound).all()
