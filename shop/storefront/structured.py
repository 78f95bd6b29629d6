"""schema.org data of public pages (JSON-LD): only what the page itself shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shop.checkout.rules import Estimate
from shop.storefront.rules import OUT_OF_STOCK


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


@dataclass(frozen=True)
class Maker:
    """A producer: its name, its page, the commune and province it names in public."""

    name: str
    url: str
    place: str


def product(
    *,
    name: str,
    description: str,
    url: str,
    images: Sequence[str],
    producer: Maker,
    category: str,
    offers: Sequence[Offer],
    delivery: Estimate | None,
    rating: tuple[int, int] | None,
    is_service: bool,
    more: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """A product or service with its offers. ``rating``: sum and number of shown reviews; None
    without any. ``delivery``: what sending costs and takes anywhere in Vietnam. ``more``: what the
    panels of its page add, e.g. reviews; their ``offers`` join those of the sizes."""
    maker = {"@type": "Organization", "name": producer.name, "url": producer.url}
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Service" if is_service else "Product",
        "name": name,
        "description": description,
        "url": url,
        "image": list(images),
        "category": category,
    }
    if is_service:
        found["provider"] = maker
        found["areaServed"] = producer.place or "VN"
    else:
        found["brand"] = {"@type": "Brand", "name": producer.name}
        found["manufacturer"] = maker
        found["countryOfOrigin"] = {"@type": "Country", "name": "VN"}
    if len(offers) == 1 and not is_service:
        found["sku"] = offers[0].sku
    ahead = [dict(one) | {"seller": maker} for part in more for one in part.get("offers", ())]
    listed = [_offer(offer, name, url, maker, delivery) for offer in offers]
    if listed or ahead:
        whole = _without_sold_out(listed, ahead) + ahead
        found["offers"] = whole[0] if len(whole) == 1 else whole
    if rating:
        total, count = rating
        found["aggregateRating"] = {
            "@type": "AggregateRating",
            "ratingValue": f"{total / count:.1f}",
            "reviewCount": count,
            "bestRating": 5,
            "worstRating": 1,
        }
    for part in more:
        found |= {key: value for key, value in part.items() if key != "offers"}
    return found


def _without_sold_out(
    listed: Sequence[dict[str, Any]], ahead: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """A size that is sold out and can be ordered ahead is offered ahead only."""
    coming = {one["sku"] for one in ahead}
    return [
        one for one in listed if one["availability"] != OUT_OF_STOCK or one["sku"] not in coming
    ]


def _offer(
    offer: Offer, name: str, url: str, seller: dict[str, Any], delivery: Estimate | None
) -> dict[str, Any]:
    made: dict[str, Any] = {
        "@type": "Offer",
        "name": f"{name}, {offer.label}",
        "sku": offer.sku,
        "url": url,
        "price": offer.price_vnd,
        "priceCurrency": "VND",
        "availability": offer.availability,
        "seller": seller,
    }
    if delivery is not None:
        made["itemCondition"] = "https://schema.org/NewCondition"
        made["shippingDetails"] = _shipping(delivery)
    if offer.gtin:
        made["gtin"] = offer.gtin
    if offer.price_ends_at:
        made["priceValidUntil"] = offer.price_ends_at.isoformat()
    return made


def _shipping(delivery: Estimate) -> dict[str, Any]:
    """Google's fields: https://developers.google.com/search/docs/appearance/structured-data."""
    return {
        "@type": "OfferShippingDetails",
        "shippingRate": {
            "@type": "MonetaryAmount",
            "maxValue": delivery.high_vnd,
            "currency": "VND",
        },
        "shippingDestination": {"@type": "DefinedRegion", "addressCountry": "VN"},
        "deliveryTime": {
            "@type": "ShippingDeliveryTime",
            "transitTime": {
                "@type": "QuantitativeValue",
                "minValue": delivery.first_day,
                "maxValue": delivery.last_day,
                "unitCode": "DAY",
            },
        },
    }


def organization(
    *,
    name: str,
    url: str,
    place: str,
    about: str = "",
    image: str = "",
    same_as: Sequence[str] = (),
) -> dict[str, Any]:
    """A producer. No street and no phone: only the commune and province it names in public.
    ``same_as``: its pages elsewhere that somebody has checked lately."""
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Organization",
        "name": name,
        "url": url,
        "address": {"@type": "PostalAddress", "addressLocality": place, "addressCountry": "VN"},
    }
    if about:
        found["description"] = about
    if image:
        found["logo"] = found["image"] = image
    if same_as:
        found["sameAs"] = list(same_as)
    return found


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
