"""What is known of where products stand on channels, and which links should be looked at again."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.catalogue.models import Product
from shop.marketplaces.models import ListingSighting

CHECK_AGAIN: Final = timedelta(days=30)
"""After so many days somebody should open the link again."""


def _newest() -> Any:
    return select(func.max(ListingSighting.id)).group_by(
        ListingSighting.product_id, ListingSighting.channel
    )


def newest_sightings(
    db: Session, product_ids: Collection[int]
) -> dict[tuple[int, str], ListingSighting]:
    """The last word on each product and channel."""
    newest = _newest().where(ListingSighting.product_id.in_(product_ids))
    rows = db.scalars(select(ListingSighting).where(ListingSighting.id.in_(newest)))
    return {(row.product_id, row.channel): row for row in rows}


def sightings_of(db: Session, product_id: int, channel: str) -> list[ListingSighting]:
    """The last twenty of a product on a channel, newest first."""
    return list(
        db.scalars(
            select(ListingSighting)
            .where(ListingSighting.product_id == product_id, ListingSighting.channel == channel)
            .order_by(ListingSighting.id.desc())
            .limit(20)
        )
    )


def is_due(row: ListingSighting, today: date) -> bool:
    """Whether the link should be opened again."""
    return row.what != "gone" and row.on_day + CHECK_AGAIN <= today


def count_links(db: Session, producer_id: int) -> int:
    """Products × channels of the producer with a recorded address."""
    newest = _newest().join(Product, Product.id == ListingSighting.product_id)
    mine = newest.where(Product.producer_id == producer_id).subquery()
    return db.scalar(select(func.count()).select_from(mine)) or 0


def links_of(
    db: Session, producer_id: int, *, offset: int, limit: int
) -> list[tuple[ListingSighting, str]]:
    """The last word on each product and channel of the producer, the newest first, each with its
    product's name."""
    newest = _newest().join(Product, Product.id == ListingSighting.product_id)
    rows = db.execute(
        select(ListingSighting, Product.name)
        .join(Product, Product.id == ListingSighting.product_id)
        .where(ListingSighting.id.in_(newest.where(Product.producer_id == producer_id)))
        .order_by(ListingSighting.on_day.desc(), ListingSighting.id.desc())
        .offset(offset)
        .limit(limit)
    )
    return [(row, name) for row, name in rows]


def links_due(
    db: Session, producer_ids: Collection[int], today: date
) -> list[tuple[ListingSighting, str]]:
    """Links of the producers to look at again, the oldest first, each with its product's name."""
    newest = _newest().join(Product, Product.id == ListingSighting.product_id)
    rows = db.execute(
        select(ListingSighting, Product.name)
        .join(Product, Product.id == ListingSighting.product_id)
        .where(
            ListingSighting.id.in_(newest.where(Product.producer_id.in_(producer_ids))),
            ListingSighting.what != "gone",
            ListingSighting.on_day <= today - CHECK_AGAIN,
        )
        .order_by(ListingSighting.on_day, ListingSighting.id)
        .limit(200)
    )
    return [(row, name) for row, name in rows]
