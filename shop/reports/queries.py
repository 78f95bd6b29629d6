"""Reading figures of producers, in a fixed number of statements."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session

from shop.catalogue.models import Producer, Product, Variant
from shop.channel_orders.models import ChannelOrder, ChannelOrderLine
from shop.channel_sheets.models import ListingResult
from shop.marketplaces.models import ListingSighting
from shop.orders.models import Order
from shop.orders.queries import goods_vnd
from shop.reports.rules import (
    HERE,
    Brought,
    ListingRate,
    Month,
    Word,
    listed_by_channel,
)

_GONE = ("cancelled", "expired")
_KEPT = ("open", "shipped", "completed")


def sold_here(db: Session, producer_ids: Collection[int], months: Sequence[Month]) -> list[Brought]:
    """Orders placed here that were not called off, and what their goods cost, by month."""
    columns: list[Any] = []
    for month in months:
        within = and_(Order.placed_at >= month.starts_at, Order.placed_at < month.ends_at)
        goods = goods_vnd()
        columns += [
            func.count(case((within, Order.id))),
            func.coalesce(func.sum(case((within, goods))), 0),
        ]
    row = db.execute(
        select(*columns).where(
            Order.producer_id.in_(producer_ids),
            Order.state.not_in(_GONE),
            Order.placed_at >= months[-1].starts_at,
        )
    ).one()
    return [
        Brought(month.name, HERE, row[2 * at], row[2 * at + 1]) for at, month in enumerate(months)
    ]


def published_goods(db: Session, producer_ids: Collection[int]) -> set[int]:
    """Ids of the goods that are on sale here."""
    return set(
        db.scalars(
            select(Product.id).where(
                Product.producer_id.in_(producer_ids),
                Product.state == "published",
                Product.is_service.is_(False),
            )
        )
    )


def listed_goods(db: Session, producer_ids: Collection[int]) -> dict[str, set[int]]:
    """Channel -> products that stand there by the newest word: evidence that people recorded, or
    the channel's own result files. A rejected upload says nothing of what stood there before."""
    own = Product.producer_id.in_(producer_ids)
    newest = (
        select(func.max(ListingSighting.id))
        .join(Product, Product.id == ListingSighting.product_id)
        .where(own)
        .group_by(ListingSighting.product_id, ListingSighting.channel)
    )
    seen = db.execute(
        select(
            ListingSighting.product_id,
            ListingSighting.channel,
            ListingSighting.recorded_at,
            ListingSighting.what != "gone",
        ).where(ListingSighting.id.in_(newest))
    )
    told = db.execute(
        select(Variant.product_id, ListingResult.channel, func.max(ListingResult.told_at))
        .join(Variant, Variant.id == ListingResult.variant_id)
        .join(Product, Product.id == Variant.product_id)
        .where(own, ListingResult.state == "published")
        .group_by(Variant.product_id, ListingResult.channel)
    )
    words = [Word(row[0], row[1], row[2], bool(row[3])) for row in seen]
    words += [Word(row[0], row[1], row[2], True) for row in told]
    return listed_by_channel(words)


@dataclass(frozen=True)
class ProducerFigures:
    """A producer in the staff's table."""

    id: int
    name: str
    slug: str
    rate: ListingRate
    orders_here: int
    revenue_here_vnd: int
    orders_elsewhere: int
    revenue_elsewhere_vnd: int


def producers_in(
    db: Session, provinces: Collection[str] | None, *, limit: int, offset: int
) -> tuple[list[Producer], int]:
    """A page of the scope's verified producers by name, and how many there are."""
    wanted = [Producer.state == "verified"]
    if provinces is not None:
        wanted.append(Producer.province_code.in_(provinces))
    total = db.scalar(select(func.count()).select_from(Producer).where(*wanted)) or 0
    rows = db.scalars(
        select(Producer)
        .where(*wanted)
        .order_by(Producer.name, Producer.id)
        .limit(limit)
        .offset(offset)
    )
    return list(rows), total


def figures_of(
    db: Session, producers: Sequence[Producer], months: Sequence[Month]
) -> list[ProducerFigures]:
    """Each producer's goods elsewhere and sales of the months, in six statements."""
    ids = [producer.id for producer in producers]
    since = months[-1].starts_at
    here = {
        row[0]: (row[1], row[2])
        for row in db.execute(
            select(
                Order.producer_id,
                func.count(Order.id),
                func.coalesce(func.sum(goods_vnd()), 0),
            )
            .where(
                Order.producer_id.in_(ids),
                Order.state.not_in(_GONE),
                Order.placed_at >= since,
            )
            .group_by(Order.producer_id)
        )
    }
    elsewhere = {
        row[0]: (row[1], row[2])
        for row in db.execute(
            select(
                ChannelOrder.producer_id,
                func.count(func.distinct(ChannelOrder.id)),
                func.coalesce(func.sum(ChannelOrderLine.revenue_vnd), 0),
            )
            .join(ChannelOrderLine, ChannelOrderLine.order_id == ChannelOrder.id)
            .where(
                ChannelOrder.producer_id.in_(ids),
                ChannelOrder.state.in_(_KEPT),
                ChannelOrder.ordered_at >= since,
            )
            .group_by(ChannelOrder.producer_id)
        )
    }
    rates = rates_of(db, ids)
    return [
        ProducerFigures(
            producer.id,
            producer.name,
            producer.slug,
            rates.get(producer.id, ListingRate(0, 0)),
            *here.get(producer.id, (0, 0)),
            *elsewhere.get(producer.id, (0, 0)),
        )
        for producer in producers
    ]


def rates_of(db: Session, producer_ids: Collection[int]) -> dict[int, ListingRate]:
    """The platform listing rate of each producer with published goods."""
    listed: set[int] = set()
    listed = listed.union(*listed_goods(db, producer_ids).values())
    owned: dict[int, set[int]] = {}
    for product_id, producer_id in db.execute(
        select(Product.id, Product.producer_id).where(
            Product.producer_id.in_(producer_ids),
            Product.state == "published",
            Product.is_service.is_(False),
        )
    ):
        owned.setdefault(producer_id, set()).add(product_id)
    return {
        producer_id: ListingRate(len(goods), len(goods & listed))
        for producer_id, goods in owned.items()
    }
