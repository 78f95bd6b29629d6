"""Reading for the public pages: Core rows of what is shown, in as few statements as can be.

A list page asks for its rows with one statement on ``product_facets``. What its filters would
leave is counted from one grouped statement, kept in memory for a short while per catalogue
version, because it looks at every product.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, Final, Self, TypeVar, cast

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Session

from shop.catalogue.models import (
    CatalogueVersion,
    Certificate,
    Producer,
    Product,
    ProductPhoto,
    Variant,
)
from shop.catalogue.search import TODAY, F, Query, bound_words, by_relevance, found, valid_stars
from shop.core.db import UtcDateTime
from shop.places.models import Commune, Province
from shop.stock.models import StockLevel
from shop.storefront.rules import LIVE_SOON_DAYS, PAGE_SIZE, Cell, Counts, Filters, count_facets

P: Final = Product.__table__.c
M: Final = Producer.__table__.c
V: Final = Variant.__table__.c
PHOTO: Final = ProductPhoto.__table__.c
PAPER: Final = Certificate.__table__.c
PROVINCE: Final = Province.__table__.c
COMMUNE: Final = Commune.__table__.c
LEVEL: Final = StockLevel.__table__.c
AnyRow = Row[*tuple[Any, ...]]
AnySelect = Select[*tuple[Any, ...]]
ValueT = TypeVar("ValueT")

COUNTS_SECONDS: Final = 30.0
KEPT_COUNTS: Final = 500

CARD: Final = (
    F.product_id,
    F.slug,
    F.name,
    F.name_en,
    F.producer_name,
    F.place,
    F.price_min_vnd,
    F.price_max_vnd,
    F.available,
    F.ocop_group,
    F.season_mask,
    F.photo_sha,
    F.is_demo,
    F.next_session_at,
    F.published_at,
    valid_stars.label("stars"),
)
"""What a product card shows."""

VERSION: Final = CatalogueVersion.__table__.c
_NUMBER: Final = select(VERSION.number).limit(1)
_VERSION: Final = _NUMBER.scalar_subquery().label("version")
_LISTED: Final = F.is_listed == true()
_NOW: Final = bindparam("now", type_=UtcDateTime)
_SOON: Final = bindparam("soon", type_=UtcDateTime)
_MONTH: Final = bindparam("month_bit", type_=F.season_mask.type)


def _moment(today: date, now: datetime) -> dict[str, Any]:
    """What statements that judge the present need."""
    return {
        "today": today,
        "now": now,
        "soon": now + timedelta(days=LIVE_SOON_DAYS),
        "month_bit": 1 << (today.month - 1),
    }


_IS_IN_SEASON: Final = F.season_mask.op("&")(_MONTH) > 0
_IS_LIVE_SOON: Final = and_(F.next_session_at >= _NOW, F.next_session_at < _SOON)


def is_sqlite(db: Session) -> bool:
    """Whether the session speaks to SQLite."""
    return db.get_bind().dialect.name == "sqlite"


@dataclass(frozen=True)
class _Shape:
    """Which filters a list has, without their values: lists of one shape share one statement."""

    is_sqlite: bool
    has_words: bool
    groups: int = 0
    provinces: int = 0
    has_stars: bool = False
    is_in_season: bool = False
    is_in_stock: bool = False
    is_live_soon: bool = False
    has_price_from: bool = False
    has_price_to: bool = False

    @classmethod
    def of(cls, filters: Filters, *, is_sqlite: bool, has_words: bool) -> Self:
        return cls(
            is_sqlite,
            has_words,
            min(len(filters.groups), 2),
            min(len(filters.provinces), 2),
            bool(filters.stars),
            filters.is_in_season,
            filters.is_in_stock,
            filters.is_live_soon,
            filters.price_from is not None,
            filters.price_to is not None,
        )


def _conditions(shape: _Shape) -> list[ColumnElement[bool]]:
    kept = [_LISTED, *_price_conditions(shape)]
    kept += _one_of(F.ocop_group, "groups", shape.groups)
    kept += _one_of(F.province_code, "provinces", shape.provinces)
    if shape.has_stars:
        kept.append(F.stars.in_(bindparam("stars", expanding=True)))
        kept.append(F.stars_until >= TODAY)
    if shape.is_in_season:
        kept.append(_IS_IN_SEASON)
    if shape.is_in_stock:
        kept.append(F.available > 0)
    if shape.is_live_soon:
        kept.append(_IS_LIVE_SOON)
    return kept


def _one_of(column: ColumnElement[str], name: str, how_many: int) -> list[ColumnElement[bool]]:
    """An equality for one value, so that the index gives the order too."""
    if how_many == 0:
        return []
    if how_many == 1:
        return [column == bindparam(name)]
    return [column.in_(bindparam(name, expanding=True))]


def _price_conditions(shape: _Shape) -> list[ColumnElement[bool]]:
    """Products with some size in the price range; those without a price are in no range."""
    kept: list[ColumnElement[bool]] = []
    if shape.has_price_from or shape.has_price_to:
        kept.append(F.price_max_vnd > 0)
    if shape.has_price_from:
        kept.append(F.price_max_vnd >= bindparam("price_from"))
    if shape.has_price_to:
        kept.append(F.price_min_vnd <= bindparam("price_to"))
    return kept


def _bound(
    filters: Filters, query: Query, *, is_sqlite: bool, today: date, now: datetime
) -> dict[str, Any]:
    """The values of every parameter that a list's statements may have."""
    values = _moment(today, now)
    values["stars"] = filters.stars
    values["price_from"], values["price_to"] = filters.price_from, filters.price_to
    for name, chosen in (("groups", filters.groups), ("provinces", filters.provinces)):
        values[name] = chosen[0] if len(chosen) == 1 else chosen
    if query.words:
        values |= bound_words(query, is_sqlite=is_sqlite)
    return values


_ORDERS: Final[dict[str, tuple[ColumnElement[Any], ...]]] = {
    "moi": (F.published_at.desc(), F.product_id.desc()),
    "gia-tang": (F.price_min_vnd.asc(), F.product_id.asc()),
    "gia-giam": (F.price_min_vnd.desc(), F.product_id.desc()),
    "sao": (F.stars.desc(), F.sold_count.desc(), F.product_id.desc()),
    "ban-chay": (F.sold_count.desc(), F.product_id.desc()),
}
_HAS_STARS: Final = F.stars_until >= TODAY
_LACKS_STARS: Final = or_(F.stars_until.is_(None), F.stars_until < TODAY)


@lru_cache(maxsize=2_000)
def _rows_statement(shape: _Shape, order: str, part: str) -> AnySelect:
    """Card rows of a list. ``part``: all of them, those with valid stars, or those without."""
    if order == "phu-hop" and shape.has_words:
        return _relevant_statement(shape)
    statement = select(*CARD, _VERSION)
    if shape.has_words:
        hits = found(is_sqlite=shape.is_sqlite)
        statement = statement.join(hits, hits.c.product_id == F.product_id)
    statement = statement.where(*_conditions(shape))
    if part == "starred":
        statement = statement.where(_HAS_STARS)
    elif part == "plain":
        statement = statement.where(_LACKS_STARS)
    return _page_of(statement.order_by(*_ORDERS[order]))


def _relevant_statement(shape: _Shape) -> AnySelect:
    """The page's ids first, their rows after: sorting carries no texts of the other hits."""
    hits = found(is_sqlite=shape.is_sqlite)
    page = _page_of(
        select(F.product_id.label("product_id"), hits.c.tier)
        .join(hits, hits.c.product_id == F.product_id)
        .where(*_conditions(shape))
        .order_by(*by_relevance(hits))
    ).subquery("page")
    rows = select(*CARD, _VERSION).join(page, page.c.product_id == F.product_id)
    return rows.order_by(*by_relevance(page))


def _page_of(statement: AnySelect) -> AnySelect:
    return statement.limit(bindparam("limit")).offset(bindparam("offset"))


def list_rows(
    db: Session, filters: Filters, *, today: date, now: datetime, limit: int = PAGE_SIZE
) -> Sequence[AnyRow]:
    """One page of the list as card rows, each with the catalogue's ``version`` beside it."""
    query = Query.parse(filters.q)
    if filters.q and not query.words:
        return []
    engine = is_sqlite(db)
    shape = _Shape.of(filters, is_sqlite=engine, has_words=bool(query.words))
    bound = _bound(filters, query, is_sqlite=engine, today=today, now=now)
    bound |= {"limit": limit, "offset": (filters.page - 1) * PAGE_SIZE}
    if filters.order == "sao":
        return _starred_first(db, shape, bound)
    return db.connection().execute(_rows_statement(shape, filters.order, "all"), bound).all()


def _starred_first(db: Session, shape: _Shape, bound: dict[str, Any]) -> Sequence[AnyRow]:
    """Valid stars first, the rest by units sold: two ordered walks along indexes, no sorting."""
    rows = list(db.connection().execute(_rows_statement(shape, "sao", "starred"), bound))
    missing = bound["limit"] - len(rows)
    if missing and not shape.has_stars:
        starred = select(func.count()).select_from(F.product_id.table)
        if shape.has_words:
            hits = found(is_sqlite=shape.is_sqlite)
            starred = starred.join(hits, hits.c.product_id == F.product_id)
        passed = db.scalar(starred.where(*_conditions(shape), _HAS_STARS), bound) or 0
        rest = bound | {"limit": missing, "offset": max(0, bound["offset"] - passed)}
        rows += db.connection().execute(_rows_statement(shape, "ban-chay", "plain"), rest)
    return rows


@lru_cache(maxsize=16)
def _cells_statement(shape: _Shape) -> AnySelect:
    columns: tuple[ColumnElement[Any], ...] = (
        F.ocop_group,
        F.province_code,
        case((F.stars_until >= TODAY, F.stars), else_=0),
        case((_IS_IN_SEASON, 1), else_=0),
        case((F.available > 0, 1), else_=0),
        case((_IS_LIVE_SOON, 1), else_=0),
    )
    labelled = [column.label(f"c{i}") for i, column in enumerate(columns)]
    statement = select(*labelled, func.count()).select_from(F.product_id.table)
    if shape.has_words:
        hits = found(is_sqlite=shape.is_sqlite)
        statement = statement.join(hits, hits.c.product_id == F.product_id)
    return statement.where(_LISTED, *_price_conditions(shape)).group_by(
        *(literal_column(f"c{i}") for i in range(len(columns)))
    )


def cells(db: Session, filters: Filters, *, today: date, now: datetime) -> list[Cell]:
    """Every combination of filterable values with its number of products, for one query and price
    range."""
    query = Query.parse(filters.q)
    if filters.q and not query.words:
        return []
    engine = is_sqlite(db)
    plain = replace(
        _Shape(engine, bool(query.words)),
        has_price_from=filters.price_from is not None,
        has_price_to=filters.price_to is not None,
    )
    bound = _bound(filters, query, is_sqlite=engine, today=today, now=now)
    rows = db.connection().execute(_cells_statement(plain), bound)
    return [
        Cell(row[0], row[1], row[2] or 0, bool(row[3]), bool(row[4]), bool(row[5]), row[6])
        for row in rows
    ]


class Memory:
    """Values kept for a while, the least used dropped first. Safe between threads."""

    def __init__(self, size: int, seconds: float, clock: Callable[[], float]) -> None:
        self._size, self._seconds, self._clock = size, seconds, clock
        self._kept: OrderedDict[Hashable, tuple[float, Any]] = OrderedDict()
        self._guard = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], ValueT]) -> ValueT:
        """What is kept under ``key``, made now when it is missing or too old."""
        instant = self._clock()
        with self._guard:
            known = self._kept.get(key)
            if known is not None and known[0] > instant:
                self._kept.move_to_end(key)
                return cast(ValueT, known[1])
        value = make()
        with self._guard:
            self._kept[key] = (instant + self._seconds, value)
            self._kept.move_to_end(key)
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)
        return value


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


def catalogue_version(db: Session) -> int:
    """The number that every change of what the public sees moves."""
    return db.connection().scalar(_NUMBER) or 0


@dataclass(frozen=True)
class Places:
    """The provinces: filled by a migration, so one reading serves for the life of the process."""

    names: dict[str, str]
    slugs: dict[str, str]
    codes: dict[str, str]


def read_places(db: Session) -> Places:
    """Names and slugs by code, codes by slug, in the order of the names."""
    rows = db.connection().execute(
        select(PROVINCE.code, PROVINCE.name, PROVINCE.slug).order_by(PROVINCE.slug)
    )
    found_rows = rows.all()
    return Places(
        names={row.code: row.name for row in found_rows},
        slugs={row.code: row.slug for row in found_rows},
        codes={row.slug: row.code for row in found_rows},
    )


# The home page.


def _shelf(condition: ColumnElement[bool], order: str, *more: ColumnElement[Any]) -> AnySelect:
    return (
        select(*CARD)
        .where(_LISTED, condition)
        .order_by(*more, *_ORDERS[order])
        .limit(bindparam("limit"))
    )


_IN_SEASON: Final = _shelf(_IS_IN_SEASON, "ban-chay")
_NEWEST: Final = _shelf(true(), "moi")
_STARRED: Final = _shelf(_HAS_STARS, "sao")
_OF_PRODUCER: Final = _shelf(
    and_(F.producer_slug == bindparam("producer"), F.product_id != bindparam("but")), "moi"
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
    bound = _moment(today, now) | {"limit": each}
    return HomeRows(
        *(db.connection().execute(shelf, bound).all() for shelf in (_IN_SEASON, _NEWEST, _STARRED))
    )


def cards_of_producer(
    db: Session, producer_slug: str, *, today: date, but: int = 0, limit: int = PAGE_SIZE
) -> Sequence[AnyRow]:
    """Listed products of a producer, the newest first, without product ``but``."""
    bound = {"producer": producer_slug, "but": but, "today": today, "limit": limit}
    return db.connection().execute(_OF_PRODUCER, bound).all()


def similar_cards(
    db: Session, *, subgroup: str, province_code: str, today: date, limit: int = 8
) -> Sequence[AnyRow]:
    """Listed products of the same kind, those of the same province first."""
    bound = {"subgroup": subgroup, "province": province_code, "today": today, "limit": limit}
    return db.connection().execute(_SIMILAR, bound).all()


# One product.

_PRODUCT: Final = (
    select(
        *(P.id, P.slug, P.name, P.name_en, P.subgroup, P.regulated_class, P.producer_id),
        *(P.summary, P.summary_en, P.story, P.story_en, P.ingredients, P.net_content),
        *(P.storage, P.usage, P.warnings, P.origin, P.shelf_life_days, P.season_mask),
        *(P.is_lot_tracked, P.is_service, P.is_demo, P.source_note),
        *(P.historic_stars, P.historic_stars_note, P.state, P.updated_at),
        M.name.label("producer_name"),
        M.slug.label("producer_slug"),
        M.kind.label("producer_kind"),
        M.state.label("producer_state"),
        *(M.province_code, M.is_youth_led),
        *(F.is_listed, F.place, F.rating_sum, F.rating_count, F.sold_count),
        valid_stars.label("stars"),
    )
    .join(M.id.table, M.id == P.producer_id)
    .outerjoin(F.product_id.table, F.product_id == P.id)
    .where(P.slug == bindparam("slug"))
)
_VARIANTS: Final = (
    select(
        *(V.id, V.label, V.label_en, V.price_vnd, V.sku, V.net_weight_g, V.net_volume_ml),
        *(V.is_price_illustrative, V.low_stock_at, V.gtin, V.gtin_status),
        func.coalesce(LEVEL.on_hand - LEVEL.reserved, 0).label("available"),
    )
    .outerjoin(LEVEL.variant_id.table, LEVEL.variant_id == V.id)
    .where(V.product_id == bindparam("product"), V.is_active == true())
    .order_by(V.position, V.id)
)
_PHOTOS: Final = (
    select(PHOTO.sha, PHOTO.width, PHOTO.height, PHOTO.alt, PHOTO.is_illustration)
    .where(PHOTO.product_id == bindparam("product"), PHOTO.has_right_to_use == true())
    .order_by(PHOTO.position, PHOTO.id)
)
_PAPERS: Final = (
    select(
        *(PAPER.kind, PAPER.stars, PAPER.certificate_no, PAPER.decision_no, PAPER.issuer),
        *(PAPER.issued_on, PAPER.expires_on, PAPER.is_illustration, PAPER.state),
        PAPER.product_id,
    )
    .where(
        or_(
            PAPER.product_id == bindparam("product"),
            and_(PAPER.producer_id == bindparam("producer"), PAPER.product_id.is_(None)),
        ),
        PAPER.state.in_(("verified", "expired")),
    )
    .order_by(PAPER.expires_on.desc(), PAPER.id)
)


def product_row(db: Session, slug: str, *, today: date) -> AnyRow | None:
    """The product with its producer and facets, whatever its state."""
    return db.connection().execute(_PRODUCT, {"slug": slug, "today": today}).one_or_none()


def variant_rows(db: Session, product_id: int) -> Sequence[AnyRow]:
    """The sizes on offer with what is left of each (``available`` units)."""
    return db.connection().execute(_VARIANTS, {"product": product_id}).all()


def photo_rows(db: Session, product_id: int) -> Sequence[AnyRow]:
    """The product's pictures that may be shown, in their order."""
    return db.connection().execute(_PHOTOS, {"product": product_id}).all()


def certificate_rows(db: Session, product_id: int, producer_id: int) -> Sequence[AnyRow]:
    """Papers of the product and of its producer that staff have verified, the newest first.

    Those past their day are among them: they are history, never a claim.
    """
    return db.connection().execute(_PAPERS, {"product": product_id, "producer": producer_id}).all()


# Producers, provinces, the site map.


_PRODUCER: Final = (
    select(
        *(M.id, M.slug, M.name, M.kind, M.story, M.story_en, M.public_phone, M.photo_sha),
        *(M.is_youth_led, M.is_demo, M.province_code),
        COMMUNE.name.label("commune_name"),
        PROVINCE.name.label("province_name"),
        PROVINCE.slug.label("province_slug"),
    )
    .join(PROVINCE.code.table, PROVINCE.code == M.province_code)
    .outerjoin(COMMUNE.code.table, COMMUNE.code == M.commune_code)
    .where(M.slug == bindparam("slug"), M.state == "verified")
)
_MAKERS: Final = (
    select(F.producer_slug, F.producer_name, func.count().label("products"))
    .where(_LISTED, F.province_code == bindparam("province"))
    .group_by(F.producer_slug, F.producer_name)
    .order_by(func.count().desc(), F.producer_slug)
    .limit(60)
)


def producer_row(db: Session, slug: str) -> AnyRow | None:
    """A verified producer with its place."""
    return db.connection().execute(_PRODUCER, {"slug": slug}).one_or_none()


def producers_of_province(db: Session, province_code: str) -> Sequence[AnyRow]:
    """Producers of a province that sell something now, with how many products."""
    return db.connection().execute(_MAKERS, {"province": province_code}).all()


def site_map_products(db: Session, *, after: int, until: int) -> Sequence[AnyRow]:
    """Listed products with ids above ``after`` up to ``until``: slug, when changed."""
    return (
        db.connection()
        .execute(
            select(F.slug, P.updated_at)
            .join(P.id.table, P.id == F.product_id)
            .where(_LISTED, F.product_id > after, F.product_id <= until)
            .order_by(F.product_id)
        )
        .all()
    )


def largest_product_id(db: Session) -> int:
    """The largest id of a listed product; 0 without any."""
    return db.scalar(select(func.max(F.product_id)).where(_LISTED)) or 0


def site_map_units(db: Session) -> tuple[Sequence[str], Sequence[str]]:
    """Slugs of the producers and of the provinces that sell something."""
    producers = db.scalars(
        select(F.producer_slug).where(_LISTED).distinct().order_by(F.producer_slug).limit(20_000)
    ).all()
    provinces = db.scalars(
        select(PROVINCE.slug)
        .where(PROVINCE.code.in_(select(F.province_code).where(_LISTED)))
        .order_by(PROVINCE.slug)
    ).all()
    return producers, provinces
