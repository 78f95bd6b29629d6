"""The home page."""

from typing import Any

from flask import render_template

from shop.core import clock
from shop.places.rules import short_name
from shop.storefront import queries
from shop.storefront.cards import cards
from shop.storefront.counting import Counts
from shop.storefront.queries import Places
from shop.storefront.routes.frame import (
    absolute,
    begin,
    bp,
    counts_of,
    drawn,
    group_labels,
    group_url,
)
from shop.storefront.rules import Filters
from shop.storefront.state import shopfront
from shop.web.access import public
from shop.web.assets import localized_path
from shop.web.workspaces import HOME_PANELS


@bp.get("/")
@public
def home() -> str:
    """What this is, who is on air next, what is good now."""
    db, now = begin()
    today = clock.today_vn(now)
    rows = queries.home_rows(db, today=today, now=now)
    places = shopfront().places(db)
    counts = counts_of(db, Filters(), queries.catalogue_version(db), now)
    return render_template(
        "storefront/home.html",
        panels=drawn(HOME_PANELS.collect(db, now)),
        in_season=cards(rows.in_season, now=now),
        newest=cards(rows.newest, now=now),
        starred=cards(rows.starred, now=now),
        month=today.month,
        groups=[
            (code, label, counts.groups.get(code, 0), group_url(code))
            for code, label in group_labels()
        ],
        provinces=_province_links(places, counts),
        total=counts.total,
        has_demo=any(row.is_demo for row in (*rows.in_season, *rows.newest, *rows.starred)),
        site=_site(),
    )


def _site() -> dict[str, Any]:
    return {
        "@context": "https://schema.org",
        "@type": "WebSite",
        "name": "Chợ Phiên",
        "url": absolute("/"),
        "potentialAction": {
            "@type": "SearchAction",
            "target": absolute("/san-pham") + "?q={search_term_string}",
            "query-input": "required name=search_term_string",
        },
    }


def _province_links(places: Places, counts: Counts) -> list[tuple[str, int, str]]:
    """Name, number of products and address of every province that sells something."""
    prefix = localized_path("/tinh/")
    return [
        (short_name(places.names[code]), products, prefix + places.slugs[code])
        for code, products in sorted(counts.provinces.items(), key=lambda pair: (-pair[1], pair[0]))
        if products and code in places.names
    ]
