"""The list of products: search, filters, order and pages, all in the address."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from flask import redirect, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from shop.catalogue.search import Query, nearest_spelling, read_query
from shop.core import clock
from shop.storefront import queries
from shop.storefront.cards import Card, cards
from shop.storefront.queries import AnyRow, Places
from shop.storefront.routes.facets import Chip, chips_of, drawn_facets, drawn_pager, without
from shop.storefront.routes.frame import begin, bp, counts_of
from shop.storefront.rules import EXACT_UP_TO, PAGE_SIZE, SORTS, Filters
from shop.storefront.state import KEPT_ASKED, MOST_ASKED_BYTES, shopfront
from shop.web.access import public
from shop.web.assets import localized_path
from shop.web.i18n import gettext
from shop.web.pagination import Page
from shop.web.request import house

Url = Callable[..., str]
_MOST_WIDER = 6


@bp.get("/san-pham")
@public
def products() -> str | Response:
    """The list: search, filters, order and pages, all in the address."""
    db, now = begin()
    places = shopfront().places(db)
    filters = _asked(places)
    found = _found(db, filters, now)
    counts = counts_of(db, filters, found.version, now, found.query)
    total = counts.total if found.total is None else found.total
    url = _addresses(filters, places)
    page = Page(filters.page, PAGE_SIZE, total, _pages(url()))
    if not found.rows and total and filters.page > 1:
        return redirect(page.url(page.pages))
    chips = chips_of(filters, places, url)
    return render_template(
        "storefront/list.html",
        nav="products",
        search_text=filters.q,
        filters=filters,
        is_as_typed=found.query.is_as_typed,
        products=cards(found.rows, now=now),
        page=page,
        pager=drawn_pager(page),
        has_more=found.has_more or "total" in counts.unknown,
        most=EXACT_UP_TO,
        chips=chips,
        facets=drawn_facets(filters, found.version, counts, places),
        sorts=[
            (code, gettext(label), code == filters.order)
            for code, label in SORTS.items()
            if filters.q or code != "phu-hop"
        ],
        wider=None if found.rows else _wider(db, filters, found, places, now),
        has_demo=any(row.is_demo for row in found.rows),
        canonical_url=house().public_url + page.url(filters.page),
        is_indexed=not filters.q and len(chips) <= 1,
    )


def _asked(places: Places) -> Filters:
    """The filters of the address, kept by its query string: lists are asked for again and again."""
    query, kept = request.query_string, shopfront().asked
    found = kept.get(query)
    if found is None:
        found = Filters.read(request.args.to_dict(flat=False), places.known)
        if len(query) <= MOST_ASKED_BYTES:
            if len(kept) >= KEPT_ASKED:
                kept.clear()
            kept[query] = found
    return found


@dataclass(frozen=True)
class _Found:
    """A page of the list, the catalogue version it is of, and how the query was read."""

    rows: Sequence[AnyRow]
    version: int
    query: Query = queries.NO_QUERY
    total: int | None = None
    """None when the facet counts tell it."""
    has_more: bool = False


def _found(db: Session, filters: Filters, now: datetime) -> _Found:
    today = clock.today_vn(now)
    if not filters.q:
        rows = queries.list_rows(db, filters, today=today, now=now)
        return _Found(rows, rows[0].version if rows else queries.catalogue_version(db))
    shop, plain = shopfront(), replace(filters, page=1)
    found = _page_of(db, filters, shop.hits.peek((shop.seen_version, today, plain)), today)
    if found is not None and found.version == shop.seen_version:
        return found  # what is kept is of the version that was read beside the rows
    version = shop.seen_version = queries.catalogue_version(db)
    query = shop.hits.get((version, filters.q), lambda: read_query(db, filters.q))
    hits = shop.hits.get(
        (version, today, plain),
        lambda: queries.list_hits(db, filters, query, today=today, now=now),
    )
    empty = _Found((), version, query, len(hits.ids), not hits.is_all)
    return _page_of(db, filters, hits, today) or empty


def _page_of(
    db: Session, filters: Filters, hits: queries.Hits | None, today: date
) -> _Found | None:
    """The page of what was found; None when it is empty."""
    first = (filters.page - 1) * PAGE_SIZE
    ids = hits.ids[first : first + PAGE_SIZE] if hits else ()
    rows = queries.rows_of(db, ids, today=today) if ids else ()
    if hits is None or not rows:
        return None
    return _Found(rows, rows[0].version, hits.query, len(hits.ids), not hits.is_all)


def _addresses(filters: Filters, places: Places) -> Url:
    prefix = localized_path("/san-pham")

    def url(**changes: Any) -> str:
        query = filters.query(places.slugs, **changes)
        return f"{prefix}?{query}" if query else prefix

    return url


def _pages(first: str) -> Callable[[int], str]:
    """Addresses of the pages by the first one's: ``trang`` stands last, as in ``Filters.query``."""
    further = first + ("&" if "?" in first else "?") + "trang="
    return lambda number: f"{further}{number}" if number > 1 else first


@dataclass(frozen=True)
class Wider:
    """What an empty list offers instead."""

    spelling: Chip | None
    """The nearest words that find something."""
    links: list[Chip]
    """Lists that are not empty, the longest last."""
    cards: list[Card]


def _wider(db: Session, filters: Filters, found: _Found, places: Places, now: datetime) -> Wider:
    """The nearest spelling, and the same list with one filter less or none, each with its count."""
    offered = without(filters, places)[:_MOST_WIDER]
    labelled = [
        (gettext("Bỏ “%(filter)s”", filter=label), replace(filters, page=1, **changes))
        for label, changes in offered
    ]
    if filters.q and len(offered) > 1:
        everything = replace(filters.everything(), sort=filters.sort)
        label = gettext("Tìm “%(words)s” trong mọi sản phẩm", words=filters.q)
        labelled.append((label, everything))
    links = []
    for label, other in labelled:
        counts = counts_of(db, other, found.version, now, found.query)
        if counts.total:
            links.append(Chip(label, _addresses(other, places)(), counts.total))
    links.append(Chip(gettext("Xem tất cả sản phẩm"), localized_path("/san-pham")))
    spelling = None
    nearest = None
    if filters.q:
        nearest = shopfront().hits.get(
            ("near", found.version, filters.q), lambda: nearest_spelling(db, found.query)
        )
    if nearest is not None:
        spelling = Chip(nearest.text, _addresses(Filters(q=nearest.text), places)())
    today = clock.today_vn(now)
    rows = queries.list_rows(db, Filters(sort="ban-chay"), today=today, now=now, limit=4)
    return Wider(spelling, links, cards(rows, now=now))
