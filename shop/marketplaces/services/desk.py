"""A producer's products as a channel sees them: catalogue rows and what lies in the photo store."""

from datetime import date
from functools import lru_cache
from pathlib import Path

from PIL import Image, UnidentifiedImageError
from sqlalchemy.orm import Session

from shop.catalogue.models import Producer
from shop.core.storage import Storage
from shop.marketplaces import queries
from shop.marketplaces.rules.readiness import Desk
from shop.marketplaces.services.looks import look_of
from shop.marketplaces.slots import OWN_TEMPLATES


def photo_file(sha: str) -> str:
    """Name of the JPEG that is handed on: the largest size of the photo store."""
    return f"{sha}-1200.jpg"


def load_desk(
    db: Session, storage: Storage, *, producer: Producer, channel: str, day: date, public_url: str
) -> Desk:
    """Everything about the producer's goods on one channel, on the calendar day ``day``."""
    return load_desks(
        db, storage, producer=producer, channels=[channel], day=day, public_url=public_url
    )[channel]


def load_desks(
    db: Session,
    storage: Storage,
    *,
    producer: Producer,
    channels: list[str],
    day: date,
    public_url: str,
) -> dict[str, Desk]:
    """``load_desk`` for several channels in the same statements."""

    def measure(sha: str) -> tuple[int, int, int, int | None] | None:
        name = photo_file(sha)
        try:
            return (*_measured(storage.path(name)), look_of(storage, sha, name))
        except (OSError, ValueError):
            return None

    facts = queries.producer_facts(db, producer)
    products = queries.products_of(db, producer.id, today=day, measure=measure)
    listings = queries.listings_of(db, [product.id for product in products])
    templates = dict(OWN_TEMPLATES.collect(db, producer.id, channels))
    return {
        channel: Desk(
            producer=facts,
            products=products,
            choices={
                listing.product_id: queries.choice_of(listing)
                for listing in listings
                if listing.channel == channel
            },
            offered_elsewhere=queries.offered_elsewhere(listings, products, channel),
            day=day,
            public_url=public_url,
            template=templates.get(channel),
        )
        for channel in channels
    }


@lru_cache(maxsize=20_000)
def _measured(path: Path) -> tuple[int, int, int]:
    """Pixels and bytes of a stored JPEG: names are content hashes, so this never changes.

    Raises OSError when it is missing or no picture.
    """
    try:
        with Image.open(path, formats=("JPEG",)) as picture:
            width, height = picture.size
    except UnidentifiedImageError as error:
        raise OSError(str(error)) from error
    return width, height, path.stat().st_size
