"""Reading for the public pages: Core rows of what is shown, in as few statements as can be.

A list page asks for its rows with one statement on ``product_facets``. What its filters would
leave is counted from one grouped statement, kept in memory for a short while per catalogue
version, because it looks at every product.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, TypeVar, cast

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
    ProductFacets,
    ProductPhoto,
    Variant,
)
from shop.catalogue.search import TODAY, Query, by_relevance, found, valid_stars
from shop.core.db import UtcDateTime
from shop.places.models import Commune, Province
from shop.stock.models import StockLevel
from shop.storefront.rules import LIVE_SOON_DAYS, PAGE_SIZE, Cell, Counts, Filters, count_facets

F = ProductFacets
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
    F.photo_alt,
    F.is_demo,
    F.next_session_at,
    F.published_at,
    valid_stars.label("stars"),
    F.stars_until,
)
"""What a product card shows."""

_VERSION: Final = select(CatalogueVersion.number).limit(1).scalar_subquery().label("version")
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
_STARS_OR_0: Final = case((F.stars_until >= TODAY, F.stars), else_=0)


def is_sqlite(db: Session) -> bool:
    """Whether the session speaks to SQLite."""
    return db.get_bind().dialect.name == "sqlite"


def _searched(statement: AnySelect, db: Session, query: Query) -> tuple[AnySelect, Any]:
    """The statement joined with the search hits, and the hits; both as they were without words."""
    if not query.words:
        return statement, None
    hits = found(query, is_sqlite=is_sqlite(db))
    return statement.join(hits, hits.c.product_id == F.product_id), hits


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    kept = [_LISTED, *_price_conditions(filters)]
    if filters.groups:
        kept.append(_one_of(F.ocop_group, filters.groups))
    if filters.provinces:
        kept.append(_one_of(F.province_code, filters.provinces))
    if filters.stars:
        kept.append(and_(F.stars.in_(filters.stars), F.stars_until >= TODAY))
    if filters.is_in_season:
        kept.append(_IS_IN_SEASON)
    if filters.is_in_stock:
        kept.append(F.available > 0)
    if filters.is_live_soon:
        kept.append(_IS_LIVE_SOON)
    return kept


def _one_of(column: Any, values: Sequence[str]) -> ColumnElement[bool]:
    """An equality for one value, so that the index gives the order too."""
    return cast(
        ColumnElement[bool], column == values[0] if len(values) == 1 else column.in_(values)
    )


def _price_conditions(filters: Filters) -> list[ColumnElement[bool]]:
    """Products with some size in the price range; those without a price are in no range."""
    kept: list[ColumnElement[bool]] = []
    if filters.price_from is not None or filters.price_to is not None:
        kept.append(F.price_max_vnd > 0)
    if filters.price_from is not None:
        kept.append(F.price_max_vnd >= filters.price_from)
    if filters.price_to is not None:
        kept.append(F.price_min_vnd <= filters.price_to)
    return kept


_ORDERS: Final[dict[str, tuple[ColumnElement[Any], ...]]] = {
    "moi": (F.published_at.desc(), F.product_id.desc()),
    "gia-tang": (F.price_min_vnd.asc(), F.product_id.asc()),
    "gia-giam": (F.price_min_vnd.desc(), F.product_id.desc()),
    "sao": (_STARS_OR_0.desc(), F.sold_count.desc(), F.product_id.desc()),
    "ban-chay": (F.sold_count.desc(), F.product_id.desc()),
}


def list_rows(
    db: Session, filters: Filters, *, today: date, now: datetime, limit: int = PAGE_SIZE
) -> Sequence[AnyRow]:
    """One page of the list as card rows, each with the catalogue's ``version`` beside it."""
    query = Query.parse(filters.q)
    if filters.q and not query.words:
        return []
    statement, hits = _searched(select(*CARD, _VERSION), db, query)
    order = by_relevance(hits) if filters.order == "phu-hop" else _ORDERS[filters.order]
    statement = (
        statement.where(*_conditions(filters))
        .order_by(*order)
        .limit(limit)
        .offset((filters.page - 1) * PAGE_SIZE)
    )
    return db.execute(statement, _moment(today, now)).all()


def cells(db: Session, filters: Filters, *, today: date, now: datetime) -> list[Cell]:
    """Every combination of filterable values with its number of products, for one query and price
    range."""
    query = Query.parse(filters.q)
    if filters.q and not query.words:
        return []
    columns: tuple[ColumnElement[Any], ...] = (
        F.ocop_group.expression,
        F.province_code.expression,
        _STARS_OR_0,
        case((_IS_IN_SEASON, 1), else_=0),
        case((F.available > 0, 1), else_=0),
        case((_IS_LIVE_SOON, 1), else_=0),
    )
    labelled = [column.label(f"c{i}") for i, column in enumerate(columns)]
    statement, _hits = _searched(select(*labelled, func.count()).select_from(F), db, query)
    statement = statement.where(_LISTED, *_price_conditions(filters)).group_by(
        *(literal_column(f"c{i}") for i in range(len(columns)))
    )
    rows = db.execute(statement, _moment(today, now))
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
    return db.scalar(select(CatalogueVersion.number)) or 0


@dataclass(frozen=True)
class Places:
    """The provinces: filled by a migration, so one reading serves for the life of the process."""

    names: dict[str, str]
    slugs: dict[str, str]
    codes: dict[str, str]


def read_places(db: Session) -> Places:
    """Names and slugs by code, codes by slug, in the order of the names."""
    rows = db.execute(select(Province.code, Province.name, Province.slug).order_by(Province.slug))
    found_rows = rows.all()
    return Places(
        names={row.code: row.name for row in found_rows},
        slugs={row.code: row.slug for row in found_rows},
        codes={row.slug: row.code for row in found_rows},
    )


# The home page.


@dataclass(frozen=True)
class HomeRows:
    """Products of the home page's three shelves."""

    in_season: Sequence[AnyRow]
    newest: Sequence[AnyRow]
    starred: Sequence[AnyRow]


def home_rows(db: Session, *, today: date, now: datetime, each: int = 8) -> HomeRows:
    """In season now, the newest, those with the most valid stars: one statement each."""
    moment = _moment(today, now)

    def shelf(condition: ColumnElement[bool], *order: ColumnElement[Any]) -> Sequence[AnyRow]:
        statement = select(*CARD).where(_LISTED, condition).order_by(*order).limit(each)
        return db.execute(statement, moment).all()

    return HomeRows(
        in_season=shelf(_IS_IN_SEASON, *_ORDERS["ban-chay"]),
        newest=shelf(true(), *_ORDERS["moi"]),
        starred=shelf(F.stars_until >= TODAY, *_ORDERS["sao"]),
    )


# One product.

_PRODUCT: Final = (
    *(Product.id, Product.slug, Product.name, Product.name_en, Product.subgroup),
    *(Product.summary, Product.summary_en, Product.story, Product.story_en),
    *(Product.ingredients, Product.net_content, Product.storage, Product.usage),
    *(Product.warnings, Product.origin, Product.shelf_life_days, Product.season_mask),
    *(Product.is_lot_tracked, Product.is_service, Product.is_demo, Product.source_note),
    *(Product.historic_stars, Product.historic_stars_note, Product.state, Product.updated_at),
    *(Product.regulated_class, Product.producer_id),
    Producer.name.label("producer_name"),
    Producer.slug.label("producer_slug"),
    Producer.kind.label("producer_kind"),
    Producer.is_youth_led.label("is_youth_led"),
    Producer.province_code.label("province_code"),
    Producer.public_phone.label("producer_phone"),
    Producer.state.label("producer_state"),
    F.is_listed,
    F.place,
    F.photo_sha,
    F.rating_sum,
    F.rating_count,
    F.sold_count,
    valid_stars.label("stars"),
    F.stars_until,
)


def product_row(db: Session, slug: str, *, today: date) -> AnyRow | None:
    """The product with its producer and facets, whatever its state."""
    statement = (
        select(*_PRODUCT)
        .join(Producer, Producer.id == Product.producer_id)
        .outerjoin(F, F.product_id == Product.id)
        .where(Product.slug == slug)
    )
    return db.execute(statement, {"today": today}).one_or_none()


def variant_rows(db: Session, product_id: int) -> Sequence[AnyRow]:
    """The sizes on offer with what is left of each (``available`` units)."""
    statement = (
        select(
            *(Variant.id, Variant.label, Variant.label_en, Variant.price_vnd, Variant.sku),
            *(Variant.net_weight_g, Variant.net_volume_ml, Variant.is_price_illustrative),
            *(Variant.low_stock_at, Variant.gtin, Variant.gtin_status),
            func.coalesce(StockLevel.on_hand - StockLevel.reserved, 0).label("available"),
        )
        .outerjoin(StockLevel, StockLevel.variant_id == Variant.id)
        .where(Variant.product_id == product_id, Variant.is_active == true())
        .order_by(Variant.position, Variant.id)
    )
    return db.execute(statement).all()


def photo_rows(db: Session, product_id: int) -> Sequence[AnyRow]:
    """The product's pictures in their order."""
    statement = (
        select(
            *(ProductPhoto.sha, ProductPhoto.width, ProductPhoto.height, ProductPhoto.alt),
            ProductPhoto.is_illustration,
        )
        .where(ProductPhoto.product_id == product_id)
        .order_by(ProductPhoto.position, ProductPhoto.id)
    )
    return db.execute(statement).all()


def certificate_rows(db: Session, product_id: int, producer_id: int) -> Sequence[AnyRow]:
    """Papers of the product and of its producer that staff have verified, the newest first.

    Those past their day are among them: they are history, never a claim.
    """
    statement = (
        select(
            *(Certificate.kind, Certificate.stars, Certificate.certificate_no),
            *(Certificate.decision_no, Certificate.issuer, Certificate.issued_on),
            *(Certificate.expires_on, Certificate.is_illustration, Certificate.state),
            Certificate.product_id,
        )
        .where(
            or_(
                Certificate.product_id == product_id,
                and_(Certificate.producer_id == producer_id, Certificate.product_id.is_(None)),
            ),
            Certificate.state.in_(("verified", "expired")),
        )
        .order_by(Certificate.expires_on.desc(), Certificate.id)
    )
    return db.execute(statement).all()


def cards_of_producer(
    db: Session, producer_slug: str, *, today: date, but: int = 0, limit: int = PAGE_SIZE
) -> Sequence[AnyRow]:
    """Listed products of a producer, the newest first, without product ``but``."""
    statement = (
        select(*CARD)
        .where(_LISTED, F.producer_slug == producer_slug, F.product_id != but)
        .order_by(*_ORDERS["moi"])
        .limit(limit)
    )
    return db.execute(statement, {"today": today}).all()


def similar_cards(
    db: Session, *, subgroup: str, province_code: str, today: date, limit: int = 8
) -> Sequence[AnyRow]:
    """Listed products of the same kind, those of the same province first."""
    statement = (
        select(*CARD)
        .where(_LISTED, F.subgroup == subgroup)
        .order_by(
            case((F.province_code == province_code, 0), else_=1),
            *(F.sold_count.desc(), F.product_id.desc()),
        )
        .limit(limit)
    )
    return db.execute(statement, {"today": today}).all()


# Producers, provinces, the site map.


def producer_row(db: Session, slug: str) -> AnyRow | None:
    """A verified producer with its place."""
    statement = (
        select(
            *(Producer.id, Producer.slug, Producer.name, Producer.kind, Producer.story),
            *(Producer.story_en, Producer.public_phone, Producer.photo_sha, Producer.address),
            *(Producer.is_youth_led, Producer.is_demo, Producer.province_code),
            Producer.verified_at,
            Commune.name.label("commune_name"),
            Province.name.label("province_name"),
            Province.slug.label("province_slug"),
        )
        .join(Province, Province.code == Producer.province_code)
        .outerjoin(Commune, Commune.code == Producer.commune_code)
        .where(Producer.slug == slug, Producer.state == "verified")
    )
    return db.execute(statement).one_or_none()


def producers_of_province(db: Session, province_code: str) -> Sequence[AnyRow]:
    """Verified producers of a province that sell something now, with how many products."""
    statement = (
        select(F.producer_slug, F.producer_name, func.count().label("products"))
        .where(_LISTED, F.province_code == province_code)
        .group_by(F.producer_slug, F.producer_name)
        .order_by(func.count().desc(), F.producer_slug)
        .limit(60)
    )
    return db.execute(statement).all()


def site_map_rows(
    db: Session,
) -> tuple[Sequence[AnyRow], Sequence[AnyRow], Sequence[AnyRow]]:
    """Listed products (slug, changed), their producers, their provinces' slugs."""
    products = db.execute(
        select(F.slug, Product.updated_at)
        .join(Product, Product.id == F.product_id)
        .where(_LISTED)
        .order_by(F.product_id)
        .limit(49_000)
    ).all()
    producers = db.execute(
        select(F.producer_slug).where(_LISTED).distinct().order_by(F.producer_slug)
    ).all()
    provinces = db.execute(
        select(Province.slug)
        .where(Province.code.in_(select(F.province_code).where(_LISTED)))
        .order_by(Province.slug)
    ).all()
    return products, producers, provinces
