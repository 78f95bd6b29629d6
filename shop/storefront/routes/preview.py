"""A draft as buyers would see it: the product page's own template over what its maker typed."""

from collections.abc import Sequence
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from sqlalchemy.orm import Session

from shop.catalogue import rules as catalogue
from shop.catalogue.queries import Draft, Photo
from shop.core import clock
from shop.places.queries import place_names
from shop.storefront import queries
from shop.storefront.cards import cards
from shop.storefront.queries.columns import CARD, CardRow
from shop.storefront.routes.products import drawn_product


def preview(db: Session, draft: Draft, now: datetime) -> list[str]:
    """The product page and the card of a draft. Pictures without the right to use are left out."""
    today = clock.today_vn(now)
    stored = queries.product_rows(db, draft.product.slug, today=today)[0]
    producer = draft.producer
    pair = (producer.province_code, producer.commune_code)
    row = SimpleNamespace(
        **{
            **stored._mapping,
            **draft.values,
            "place": place_names(db, [pair])[pair],
            "is_service": catalogue.is_service(draft.values["subgroup"]),
            "rating_sum": stored.rating_sum or 0,
            "rating_count": stored.rating_count or 0,
            "sold_count": stored.sold_count or 0,
        }
    )
    photos = [photo for photo in draft.photos if photo.has_right_to_use]
    variants = queries.variant_rows(db, draft.product.id, now=now)
    card = _card(draft, row, photos, available=sum(one.available for one in variants))
    return [
        drawn_product(
            "storefront/preview.html",
            db,
            row,
            photos,
            now=now,
            sections=_sections(draft, photos),
            draft=draft,
            cards=cards([card], now=now),
        )
    ]


def _sections(draft: Draft, photos: Sequence[Photo]) -> list[Any]:
    """The parts of the story as ``section_rows`` gives them."""
    shown = {photo.sha: photo.as_json() for photo in photos}
    blank = dict.fromkeys(("sha", "alt", "alt_en", "width", "height", "is_illustration"))
    return [
        SimpleNamespace(**part.as_json(), **(blank | shown.get(part.photo_sha or "", {})))
        for part in draft.sections
    ]


def _card(draft: Draft, row: Any, photos: Sequence[Photo], *, available: int) -> Any:
    """What ``cards`` reads of a listed product, from a draft."""
    prices = [variant.price_vnd for variant in draft.variants if variant.is_active]
    known = {column.key: getattr(row, column.key, None) for column in CARD}
    return CardRow(
        **known
        | {
            "product_id": draft.product.id,
            "price_min_vnd": min(prices, default=0),
            "price_max_vnd": max(prices, default=0),
            "available": available,
            "ocop_group": catalogue.group_of(row.subgroup).code,
            "photo_sha": photos[0].sha if photos else None,
            "published_at": draft.product.published_at or draft.product.updated_at,
        }
    )
