"""Feeds by public specifications: every published product of every verified producer.

An item's id is made of the size's own number, so it stays the same whatever is renamed; a product
with anything that the channel certainly refuses is left out, never a whole feed. Stars are told
only where a certificate that counts today proves them (``rules.listing``).
"""

import csv
import io
from collections.abc import Callable, Iterator
from datetime import date
from typing import Final
from xml.sax.saxutils import escape

from sqlalchemy.orm import Session

from shop.core.storage import Storage
from shop.marketplaces import queries, registry
from shop.marketplaces.rules.cells import Row, cell
from shop.marketplaces.rules.listing import Listing
from shop.marketplaces.rules.profile import Profile
from shop.marketplaces.rules.readiness import assess
from shop.marketplaces.services.desk import load_shops, photo_file

ID_PREFIX: Final = "CP"
AT_ONCE: Final = 500
"""Producers whose goods are read in the same statements."""
GOOGLE: Final = "http://base.google.com/ns/1.0"

Item = dict[str, str]
"""Column key -> text; empty values are left out."""


def feed_items(
    db: Session, storage: Storage, *, profile: Profile, day: date, public_url: str
) -> list[Item]:
    """One item per size of every product that the channel would take on ``day``."""
    found: list[Item] = []
    producers = queries.producers_with_goods(db)
    for first in range(0, len(producers), AT_ONCE):
        shops = load_shops(
            db,
            storage,
            producers=producers[first : first + AT_ONCE],
            channels=[profile.slug],
            day=day,
            public_url=public_url,
        )
        for desks in shops.values():
            for one in assess(profile, desks[profile.slug], registry.market_words()):
                if one.status == "ready" and one.listing and one.product.state == "published":
                    found += _items(one.listing, profile, day, public_url)
    return found


def _items(listing: Listing, profile: Profile, day: date, public_url: str) -> Iterator[Item]:
    addresses = tuple(f"{public_url}/media/{photo_file(photo.sha)}" for photo in listing.photos)
    for number, variant in enumerate(listing.variants, start=1):
        row = Row(
            number=number,
            group=1,
            listing=listing,
            variant=variant,
            profile=profile,
            day=day,
            photo_names=(),
            photo_addresses=addresses,
        )
        values = {column.key: cell(row, column) for column in profile.columns}
        item = {key: str(value) for key, value in values.items() if value is not None}
        yield {**item, "id": f"{ID_PREFIX}{variant.facts.id}"}


def as_csv(profile: Profile, items: list[Item]) -> bytes:
    """UTF-8 without BOM, every column in the profile's order; texts exactly as they are, because a
    feed is published and never opened in a spreadsheet."""
    out = io.StringIO()
    keys = [column.key for column in profile.columns]
    writer = csv.DictWriter(out, keys, lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows(items)
    return out.getvalue().encode()


def as_rss(profile: Profile, items: list[Item], public_url: str) -> bytes:
    """RSS 2.0 with Google's names; further photos are an element each."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<rss version="2.0" xmlns:g="{GOOGLE}">',
        f"<channel><title>Chợ Phiên</title><link>{escape(public_url)}</link>",
        "<description>Sản phẩm OCOP</description>",
    ]
    for item in items:
        lines.append("<item>")
        lines += [f"<g:{key}>{escape(text)}</g:{key}>" for key, text in _elements(profile, item)]
        lines.append("</item>")
    lines.append("</channel></rss>")
    return ("\n".join(lines) + "\n").encode()


def _elements(profile: Profile, item: Item) -> Iterator[tuple[str, str]]:
    for column in profile.columns:
        text = item.get(column.key, "")
        several = text.split(",") if column.key == "additional_image_link" else [text]
        yield from ((column.key, one) for one in several if one)


def write_feed(db: Session, storage: Storage, *, name: str, day: date, public_url: str) -> bytes:
    """The feed called ``name`` as it would be fetched on ``day``. Raises KeyError."""
    channel, write = FEEDS[name]
    profile = registry.profile_called(channel)
    items = feed_items(db, storage, profile=profile, day=day, public_url=public_url)
    return write(profile, items, public_url)


Write = Callable[[Profile, list[Item], str], bytes]
FEEDS: Final[dict[str, tuple[str, Write]]] = {
    "google.xml": ("google", as_rss),
    "meta.csv": ("meta", lambda profile, items, _url: as_csv(profile, items)),
}
"""File name -> channel and how it is written."""
TYPES: Final = {"google.xml": "application/rss+xml", "meta.csv": "text/csv"}
