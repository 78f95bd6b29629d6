"""schema.org data of public pages (JSON-LD): only what the page itself shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Offer:
    """One size of a product with the price that holds now."""

    sku: str
    label: str
    price_vnd: int
    availability: str
    gtin: str | None
    """Only a verified one."""
    price_ends_at: datetime | None


def breadcrumbs(trail: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """``trail``: labels with absolute addresses, from the home page to this one."""
    return {
        "@context": "https://schema.org",
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "name": label, "item": url}
            for position, (label, url) in enumerate(trail, 1)
        ],
    }


def product(
    *,
    name: str,
    description: str,
    url: str,
    images: Sequence[str],
    producer: str,
    category: str,
    offers: Sequence[Offer],
    rating: tuple[int, int] | None,
    more: Sequence[Mapping[str, object]] = (),
) -> dict[str, Any]:
    """A product with its offers. ``rating``: sum and number of shown reviews; None without any.

    ``more``: what the panels of its page add, e.g. the reviews shown there.
    """
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": name,
        "description": description,
        "url": url,
        "image": list(images),
        "brand": {"@type": "Brand", "name": producer},
        "category": category,
    }
    if len(offers) == 1:
        found["sku"] = offers[0].sku
        if offers[0].gtin:
            found["gtin"] = offers[0].gtin
    if offers:
        listed = [_offer(offer, name, url, producer) for offer in offers]
        found["offers"] = listed[0] if len(listed) == 1 else listed
    if rating:
        total, count = rating
        found["aggregateRating"] = {
            "@type": "AggregateRating",
            "ratingValue": f"{total / count:.1f}",
            "reviewCount": count,
        }
    for part in more:
        found |= part
    return found


def _offer(offer: Offer, name: str, url: str, producer: str) -> dict[str, Any]:
    made: dict[str, Any] = {
        "@type": "Offer",
        "name": f"{name}, {offer.label}",
        "sku": offer.sku,
        "url": url,
        "price": offer.price_vnd,
        "priceCurrency": "VND",
        "availability": offer.availability,
        "itemCondition": "https://schema.org/NewCondition",
        "seller": {"@type": "Organization", "name": producer},
    }
    if offer.gtin:
        made["gtin"] = offer.gtin
    if offer.price_ends_at:
        made["priceValidUntil"] = offer.price_ends_at.isoformat()
    return made


def organization(*, name: str, url: str, place: str) -> dict[str, Any]:
    """A producer. No street and no phone: only the commune and province it names in public."""
    return {
        "@context": "https://schema.org",
        "@type": "Organization",
        "name": name,
        "url": url,
        "address": {"@type": "PostalAddress", "addressLocality": place, "addressCountry": "VN"},
    }


def collection(*, name: str, url: str, products: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """A page of many products. ``products``: names with absolute addresses, as listed."""
    return {
        "@context": "https://schema.org",
        "@type": "CollectionPage",
        "name": name,
        "url": url,
        "mainEntity": {
            "@type": "ItemList",
            "numberOfItems": len(products),
            "itemListElement": [
                {"@type": "ListItem", "position": position, "name": label, "url": to}
                for position, (label, to) in enumerate(products, 1)
            ],
        },
    }
