"""A part of the catalogue with a page of its own: an OCOP group or subgroup, a province."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from flask import render_template
from sqlalchemy.orm import Session

from shop.catalogue import rules as catalogue
from shop.core import clock
from shop.core.errors import NotFound
from shop.places.queries import old_provinces_of, province_by_slug
from shop.places.rules import short_name
from shop.storefront import queries, structured
from shop.storefront.cards import cards
from shop.storefront.counting import Counts
from shop.storefront.queries import Places
from shop.storefront.routes.facets import Chip
from shop.storefront.routes.frame import (
    begin,
    bp,
    counts_of,
    group_labels,
    group_url,
    known_slug,
)
from shop.storefront.rules import Filters
from shop.storefront.state import shopfront
from shop.web.access import public
from shop.web.assets import localized_path
from shop.web.i18n import gettext, pick
from shop.web.request import house

_CODES: Final = {slug: code for code, slug in catalogue.SLUGS.items()}
_IN_SEASON: Final = 4
_COMMUNES: Final = 24

Trail = list[tuple[str, str]]


@bp.get("/nhom/<slug>")
@public
def group(slug: str) -> str:
    """A group or subgroup: its products, its subgroups, the provinces that make it."""
    db, now = begin()
    code = _CODES.get(known_slug(slug))
    if code is None:
        raise NotFound
    subgroup = catalogue.SUBGROUPS.get(code)
    above = catalogue.GROUPS[subgroup.group if subgroup else code]
    filters = Filters(subgroups=(code,)) if subgroup else Filters(groups=(code,))
    counts = _counts(db, filters, now)
    trail = [(pick(above.label, above.label_en), group_url(above.code))]
    if subgroup:
        trail.append((pick(subgroup.label, subgroup.label_en), group_url(code)))
    return render_template(
        "storefront/group.html",
        nav="products",
        name=trail[-1][0],
        above=trail[0] if subgroup else None,
        kinds=_kind_links(above.code, counts),
        here=group_url(code),
        provinces=_province_links(filters, counts, shopfront().places(db)),
        groups=group_labels(),
        group_url=group_url,
        **_shared(db, filters, counts, trail, now),
    )


def _kind_links(group: str, counts: Counts) -> list[Chip]:
    """The subgroups of a group that have products; none for a group that is not divided."""
    kinds = [one for one in catalogue.SUBGROUPS.values() if one.group == group]
    return [
        Chip(pick(one.label, one.label_en), group_url(one.code), counts.subgroups.get(one.code))
        for one in kinds
        if len(kinds) > 1 and counts.subgroups.get(one.code)
    ]


def _province_links(filters: Filters, counts: Counts, places: Places) -> list[Chip]:
    """The same products of one province each."""
    return [
        Chip(
            short_name(places.names[code]), _list_url(filters, places, provinces=(code,)), products
        )
        for code, products in _most_first(counts.provinces)
        if code in places.names
    ]


@bp.get("/tinh/<slug>")
@public
def province(slug: str) -> str:
    """What one province sells, and who there makes it."""
    db, now = begin()
    found = province_by_slug(db, known_slug(slug))
    if found is None:
        raise NotFound
    places = shopfront().places(db)
    filters = Filters(provinces=(found.code,))
    counts = _counts(db, filters, now)
    makers = queries.producers_of_province(db, found.code)
    return render_template(
        "storefront/province.html",
        nav="products",
        name=short_name(found.name),
        old_names=[short_name(name) for name in old_provinces_of(db, found.code)],
        groups=[
            Chip(label, _list_url(filters, places, groups=(code,)), counts.groups[code])
            for code, label in group_labels()
            if counts.groups.get(code)
        ],
        communes=[
            Chip(
                places.communes[code],
                _list_url(filters, places, communes=((code, found.code),)),
                products,
            )
            for code, products in _most_first(counts.communes)[:_COMMUNES]
        ],
        makers=[
            Chip(
                maker.producer_name,
                localized_path("/nha-san-xuat/") + maker.producer_slug,
                maker.products,
            )
            for maker in makers
        ],
        **_shared(
            db,
            filters,
            counts,
            [(short_name(found.name), localized_path(f"/tinh/{found.slug}"))],
            now,
        ),
    )


def _counts(db: Session, filters: Filters, now: datetime) -> Counts:
    return counts_of(db, filters, queries.catalogue_version(db), now)


def _most_first(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def _list_url(filters: Filters, places: Places, **changes: Any) -> str:
    return f"{localized_path('/san-pham')}?{filters.query(places.slugs, **changes)}"


def _shared(
    db: Session, filters: Filters, counts: Counts, trail: Trail, now: datetime
) -> dict[str, Any]:
    """What the pages of all parts show: their products, those in season, where they stand."""
    today = clock.today_vn(now)
    rows = queries.list_rows(db, replace(filters, sort="ban-chay"), today=today, now=now)
    seasonal = replace(filters, is_in_season=True, sort="ban-chay")
    in_season = (
        queries.list_rows(db, seasonal, today=today, now=now, limit=_IN_SEASON)
        if counts.flags.get("is_in_season")
        else []
    )
    root = house().public_url
    path = [
        (gettext("Trang đầu"), localized_path("/")),
        (gettext("Sản phẩm"), localized_path("/san-pham")),
        *trail,
    ]
    places = shopfront().places(db)
    return {
        "counts": counts,
        "products": cards(rows, now=now),
        "in_season": cards(in_season, now=now),
        "month": today.month,
        "every_url": _list_url(filters, places),
        "season_url": _list_url(filters, places, is_in_season=True),
        "has_demo": any(row.is_demo for row in rows),
        "trail": path,
        "canonical_url": root + trail[-1][1],
        "data": [
            structured.breadcrumbs([(label, root + to) for label, to in path]),
            structured.collection(
                name=trail[-1][0],
                url=root + trail[-1][1],
                products=[
                    (
                        pick(row.name, row.name_en),
                        root + localized_path(f"/san-pham/{row.slug}"),
                    )
                    for row in rows
                ],
            ),
        ],
    }
