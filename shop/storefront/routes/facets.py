"""The list's filters: the form with counts, and the chips of those in force."""

from dataclasses import dataclass, replace
from typing import Any, Final

from flask import render_template
from markupsafe import Markup

from shop.core.money import format_vnd
from shop.places.rules import short_name
from shop.storefront.queries import Places
from shop.storefront.routes.frame import group_labels
from shop.storefront.rules import STARS, Counts, Filters
from shop.storefront.state import shopfront
from shop.web.i18n import gettext, language

_MANY_PROVINCES: Final = 8


@dataclass(slots=True)
class Choice:
    """One value of a filter: a box to tick."""

    name: str
    value: str
    label: str
    count: int
    is_chosen: bool


@dataclass(frozen=True)
class Chip:
    """A filter in force, with the address of the list without it."""

    label: str
    url: str


def drawn_facets(filters: Filters, version: int, counts: Counts, places: Places) -> Markup:
    """The form's filters; kept as long as the counts in it, for they are a third of the page."""
    plain = replace(filters, page=1, sort="")

    def draw() -> Markup:
        page = render_template(
            "storefront/_facets.html",
            filters=plain,
            facets=_facets(plain, counts, places),
            is_narrowed=plain.is_narrowed,
        )
        return Markup(page)  # noqa: S704 - our own template

    return shopfront().counts.get(("facets", language(), version, counts.total, plain), draw)


@dataclass(frozen=True)
class Facets:
    """The filters with their counts, as the form shows them."""

    groups: list[Choice]
    stars: list[Choice]
    provinces: list[Choice]
    more_provinces: list[Choice]
    """Those behind "more"; never one that is chosen."""
    flags: list[Choice]


def _facets(filters: Filters, counts: Counts, places: Places) -> Facets:
    provinces = [
        Choice("tinh", places.slugs[code], short_name(name), counts.provinces.get(code, 0), chosen)
        for code, name in places.names.items()
        if (chosen := code in filters.provinces) or counts.provinces.get(code)
    ]
    provinces.sort(key=lambda choice: (not choice.is_chosen, -choice.count, choice.value))
    shown = max(_MANY_PROVINCES, len(filters.provinces))
    return Facets(
        groups=[
            Choice("nhom", code, label, counts.groups.get(code, 0), code in filters.groups)
            for code, label in group_labels()
        ],
        stars=[
            Choice("sao", str(n), _stars_label(n), counts.stars.get(n, 0), n in filters.stars)
            for n in STARS
        ],
        provinces=provinces[:shown],
        more_provinces=provinces[shown:],
        flags=[
            Choice("con_hang", "1", gettext("Còn hàng"), counts.is_in_stock, filters.is_in_stock),
            Choice("mua", "1", gettext("Đang mùa"), counts.is_in_season, filters.is_in_season),
            Choice(
                "sap_live", "1", gettext("Sắp lên sóng"), counts.is_live_soon, filters.is_live_soon
            ),
        ],
    )


def _stars_label(n: int) -> str:
    return gettext("OCOP %(number)s sao", number=n)


def chips_of(filters: Filters, places: Places, url: Any) -> list[Chip]:
    """A removable chip for every filter in force."""

    def without(field: str, value: Any) -> str:
        kept = tuple(other for other in getattr(filters, field) if other != value)
        return str(url(**{field: kept}))

    labels = dict(group_labels())
    chips = [Chip(labels[code], without("groups", code)) for code in filters.groups]
    chips += [Chip(_stars_label(n), without("stars", n)) for n in filters.stars]
    chips += [
        Chip(short_name(places.names[code]), without("provinces", code))
        for code in filters.provinces
    ]
    flags = (
        ("is_in_season", gettext("Đang mùa")),
        ("is_in_stock", gettext("Còn hàng")),
        ("is_live_soon", gettext("Sắp lên sóng")),
    )
    chips += [
        Chip(label, url(**{field: False})) for field, label in flags if getattr(filters, field)
    ]
    if filters.price_from is not None:
        label = gettext("Từ %(price)s", price=format_vnd(filters.price_from))
        chips.append(Chip(label, url(price_from=None)))
    if filters.price_to is not None:
        label = gettext("Đến %(price)s", price=format_vnd(filters.price_to))
        chips.append(Chip(label, url(price_to=None)))
    return chips
