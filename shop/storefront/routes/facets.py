"""The list's filters: the form with counts, and the chips of those in force."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from flask import current_app, render_template
from markupsafe import Markup

from shop.catalogue.rules import CERTIFICATE_KINDS, SUBGROUPS
from shop.core.money import format_vnd
from shop.core.text import N_
from shop.places.rules import short_name
from shop.storefront.counting import Counts
from shop.storefront.queries import Places
from shop.storefront.routes.frame import group_labels
from shop.storefront.rules import PAPERS, STARS, Filters
from shop.storefront.state import shopfront
from shop.web.i18n import gettext, language, pick
from shop.web.pagination import Page

_MANY: Final = 8

_FLAGS: Final = {
    "is_in_stock": ("con_hang", N_("Còn hàng")),
    "is_in_season": ("mua", N_("Đang mùa")),
    "is_live_soon": ("sap_live", N_("Sắp lên sóng")),
    "is_youth_led": ("thanh_nien", N_("Khởi nghiệp thanh niên")),
}
"""The name in the address and the label of each yes-or-no filter."""


@dataclass(slots=True)
class Choice:
    """One value of a filter: a box to tick."""

    name: str
    value: str
    label: str
    count: int | None
    """None when the list is too long to be counted."""
    is_chosen: bool
    within: "tuple[Choice, ...]" = ()
    """Choices that refine this one: the subgroups of a group."""


@dataclass(frozen=True)
class Chip:
    """A filter in force, with the address of the list without it; or an offered list."""

    label: str
    url: str
    count: int | None = None


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

    key = ("facets", language(), version, counts.total, counts.unknown, plain)
    return shopfront().counts.get(key, draw)


def drawn_pager(page: Page) -> Markup:
    """The links to the other pages; kept, for they are the same until the list grows."""

    def draw() -> Markup:
        macros: Any = current_app.jinja_env.get_template("_macros.html").module
        return Markup(macros.pagination(page))  # noqa: S704 - our own macro

    key = ("pager", language(), page.url(1), page.number, page.pages)
    return shopfront().counts.get(key, draw)


@dataclass(frozen=True)
class Facets:
    """The filters with their counts, as the form shows them."""

    flags: list[Choice]
    groups: list[Choice]
    stars: list[Choice]
    provinces: list[Choice]
    more_provinces: list[Choice]
    """Those behind "more"; never one that is chosen."""
    communes: list[Choice]
    more_communes: list[Choice]
    papers: list[Choice]


def _facets(filters: Filters, counts: Counts, places: Places) -> Facets:
    def count(name: str, value: Any) -> int | None:
        return _count(counts, name, value)

    provinces = _most_first(
        Choice("tinh", places.slugs[code], short_name(name), count("provinces", code), chosen)
        for code, name in places.names.items()
        if (chosen := code in filters.provinces) or count("provinces", code) != 0
    )
    chosen_communes = dict(filters.communes)
    communes = _most_first(
        Choice("xa", code, places.communes[code], products, code in chosen_communes)
        for code, products in (dict.fromkeys(chosen_communes, 0) | dict(counts.communes)).items()
    )
    return Facets(
        flags=[
            Choice(name, "1", gettext(label), count("flags", field), is_chosen)
            for field, (name, label) in _FLAGS.items()
            if (is_chosen := getattr(filters, field)) or count("flags", field) != 0
        ],
        groups=[
            Choice(
                *("nhom", code, label, count("groups", code), code in filters.groups),
                within=_subgroups(code, filters, counts),
            )
            for code, label in group_labels()
        ],
        stars=[
            Choice("sao", str(n), _stars_label(n), count("stars", n), n in filters.stars)
            for n in STARS
        ],
        provinces=provinces[: _shown(filters.provinces)],
        more_provinces=provinces[_shown(filters.provinces) :],
        communes=communes[: _shown(filters.communes)],
        more_communes=communes[_shown(filters.communes) :],
        papers=[
            Choice("giay", kind, _paper_label(kind), count("papers", kind), is_chosen)
            for kind in PAPERS
            if (is_chosen := kind in filters.papers) or count("papers", kind) != 0
        ],
    )


def _most_first(choices: Iterable[Choice]) -> list[Choice]:
    """The chosen ones, then those with most products."""
    return sorted(choices, key=lambda one: (not one.is_chosen, -(one.count or 0), one.label))


def _shown(chosen: tuple[Any, ...]) -> int:
    return max(_MANY, len(chosen))


def _subgroups(group: str, filters: Filters, counts: Counts) -> tuple[Choice, ...]:
    """The subgroups of a chosen group, or of one of which a subgroup is chosen."""
    codes = [code for code, one in SUBGROUPS.items() if one.group == group]
    if len(codes) < 2 or not (group in filters.groups or set(codes) & set(filters.subgroups)):
        return ()
    return tuple(
        Choice("phan_nhom", code, _subgroup_label(code), number, code in filters.subgroups)
        for code in codes
        if (number := _count(counts, "subgroups", code)) != 0 or code in filters.subgroups
    )


def _count(counts: Counts, name: str, value: Any) -> int | None:
    """The number of products that a value would give; None when it is not known."""
    of: Mapping[Any, int] = getattr(counts, name)
    return of.get(value, None if name in counts.unknown else 0)


def _stars_label(n: int) -> str:
    return gettext("OCOP %(number)s sao", number=n)


def _paper_label(kind: str) -> str:
    return gettext(CERTIFICATE_KINDS[kind])


def _subgroup_label(code: str) -> str:
    return pick(SUBGROUPS[code].label, SUBGROUPS[code].label_en)


def without(filters: Filters, places: Places) -> list[tuple[str, dict[str, Any]]]:
    """Every filter in force: its label, and the changes that take it away."""
    found: list[tuple[str, dict[str, Any]]] = []

    def add(field: str, label: Callable[[Any], str]) -> None:
        values = getattr(filters, field)
        found.extend(
            (label(value), {field: tuple(other for other in values if other != value)})
            for value in values
        )

    labels = dict(group_labels())
    found += [(labels[code], _without_group(filters, code)) for code in filters.groups]
    add("subgroups", _subgroup_label)
    add("stars", _stars_label)
    for code in filters.provinces:
        found.append((short_name(places.names[code]), _without_province(filters, code)))
    add("communes", lambda commune: places.communes[commune[0]])
    add("papers", _paper_label)
    found += [
        (gettext(label), {field: False})
        for field, (_name, label) in _FLAGS.items()
        if getattr(filters, field)
    ]
    if filters.price_from is not None:
        label = gettext("Từ %(price)s", price=format_vnd(filters.price_from))
        found.append((label, {"price_from": None}))
    if filters.price_to is not None:
        label = gettext("Đến %(price)s", price=format_vnd(filters.price_to))
        found.append((label, {"price_to": None}))
    return found


def _without_group(filters: Filters, code: str) -> dict[str, Any]:
    """A group goes with its subgroups."""
    return {
        "groups": tuple(other for other in filters.groups if other != code),
        "subgroups": tuple(one for one in filters.subgroups if SUBGROUPS[one].group != code),
    }


def _without_province(filters: Filters, code: str) -> dict[str, Any]:
    """A province goes with its communes."""
    return {
        "provinces": tuple(other for other in filters.provinces if other != code),
        "communes": tuple(pair for pair in filters.communes if pair[1] != code),
    }


def chips_of(filters: Filters, places: Places, url: Callable[..., str]) -> list[Chip]:
    """A removable chip for every filter in force."""
    return [Chip(label, url(**changes)) for label, changes in without(filters, places)]
