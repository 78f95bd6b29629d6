"""The list of products: search, filters, order and pages, all in the address."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask import redirect, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from shop.catalogue import rules as catalogue
from shop.core import clock
from shop.storefront import queries
from shop.storefront.cards import cards
from shop.storefront.routes.facets import Chip, chips_of, drawn_facets
from shop.storefront.routes.frame import begin, bp, counts_of
from shop.storefront.rules import PAGE_SIZE, SORTS, Filters
from shop.storefront.state import shopfront
from shop.web.access import public
from shop.web.assets import localized_path
from shop.web.i18n import gettext
from shop.web.pagination import Page
from shop.web.request import house


@bp.get("/san-pham")
@public
def products() -> str | Response:
    """The list: search, filters, order and pages, all in the address."""
    db, now = begin()
    places = shopfront().places(db)
    filters = Filters.read(
        request.args.to_dict(flat=False), groups=catalogue.GROUPS, province_codes=places.codes
    )
    rows = queries.list_rows(db, filters, today=clock.today_vn(now), now=now)
    version = rows[0].version if rows else queries.catalogue_version(db)
    counts = counts_of(db, filters, version, now)
    prefix = localized_path("/san-pham")

    def url(**changes: Any) -> str:
        query = filters.query(places.slugs, **changes)
        return f"{prefix}?{query}" if query else prefix

    page = Page(filters.page, PAGE_SIZE, counts.total, lambda number: url(page=number))
    if not rows and counts.total and filters.page > 1:
        return redirect(url(page=page.pages))
    chips = chips_of(filters, places, url)
    return render_template(
        "storefront/list.html",
        nav="products",
        search_text=filters.q,
        filters=filters,
        products=cards(rows, now=now),
        page=page,
        chips=chips,
        facets=drawn_facets(filters, version, counts, places),
        sorts=[
            (code, gettext(label), code == filters.order)
            for code, label in SORTS.items()
            if filters.q or code != "phu-hop"
        ],
        wider=_wider(db, filters, chips, url, now) if not rows else None,
        has_demo=any(row.is_demo for row in rows),
        canonical_url=house().public_url + url(page=filters.page),
        is_indexed=not filters.q and len(chips) <= 1,
    )


@dataclass(frozen=True)
class Wider:
    """What an empty list offers instead."""

    links: list[Chip]
    cards: list[Any]


def _wider(db: Session, filters: Filters, chips: list[Chip], url: Any, now: datetime) -> Wider:
    links = []
    if chips and filters.q:
        everything = replace(filters.everything(), sort=filters.sort)
        label = gettext("Tìm “%(words)s” trong mọi sản phẩm", words=filters.q)
        links.append(Chip(label, f"{localized_path('/san-pham')}?{everything.query({})}"))
    links += [Chip(gettext("Bỏ “%(filter)s”", filter=chip.label), chip.url) for chip in chips]
    links.append(Chip(gettext("Xem tất cả sản phẩm"), localized_path("/san-pham")))
    rows = queries.list_rows(
        db, Filters(sort="ban-chay"), today=clock.today_vn(now), now=now, limit=3
    )
    return Wider(links, cards(rows, now=now))
