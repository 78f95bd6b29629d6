"""A producer's products as a channel sees them: catalogue rows and what lies in the photo store."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path

from PIL import Image, UnidentifiedImageError
from sqlalchemy.orm import Session

from shop.catalogue.models import Producer
from shop.core.storage import Storage
from shop.marketplaces import queries, registry
from shop.marketplaces.models import Listing
from shop.marketplaces.rules.likeness import copied_photos
from shop.marketplaces.rules.readiness import Desk
from shop.marketplaces.services.looks import looks_of
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
    desks = load_shops(
        db, storage, producers=[producer], channels=channels, day=day, public_url=public_url
    )
    return desks[producer.id]


def load_shops(
    db: Session,
    storage: Storage,
    *,
    producers: Sequence[Producer],
    channels: list[str],
    day: date,
    public_url: str,
) -> dict[int, dict[str, Desk]]:
    """``load_desks`` for several producers in the same statements, by producer id. Templates of
    shops elsewhere cost two more for each producer, where a channel has some."""

    def measure(sha: str) -> tuple[int, int, int, tuple[int, ...]] | None:
        name = photo_file(sha)
        try:
            return (*_measured(storage.path(name)), looks_of(storage, sha, name))
        except (OSError, ValueError):
            return None

    facts = queries.producer_facts(db, producers)
    goods = queries.products_of(db, list(facts), today=day, measure=measure)
    listings = queries.listings_of(db, [one.id for products in goods.values() for one in products])
    chosen: dict[int, list[Listing]] = {}
    for listing in listings:
        chosen.setdefault(listing.product_id, []).append(listing)
    elsewhere = _selling_channels()
    found: dict[int, dict[str, Desk]] = {}
    for producer_id, products in goods.items():
        own = [row for product in products for row in chosen.get(product.id, [])]
        templates = dict(OWN_TEMPLATES.collect(db, producer_id, channels))
        copied = copied_photos(products)
        found[producer_id] = {
            channel: Desk(
                producer=facts[producer_id],
                products=products,
                choices={
                    listing.product_id: queries.choice_of(listing)
                    for listing in own
                    if listing.channel == channel
                },
                offered_elsewhere=queries.offered_elsewhere(
                    [row for row in own if row.channel in elsewhere], products, channel
                ),
                day=day,
                public_url=public_url,
                template=templates.get(channel),
                copied_photos=copied,
            )
            for channel in channels
        }
    return found


def _selling_channels() -> frozenset[str]:
    """Channels that sell by themselves: a feed leads buyers here, an archive sells nothing."""
    return frozenset(
        slug
        for slug, profile in registry.all_profiles().items()
        if profile.level not in {"feed", "archive"}
    )


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
