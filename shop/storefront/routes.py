"""Pages anyone may see: home, list, product, producer, province, and maps for robots."""

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any, Final

from flask import Blueprint, Response, redirect, render_template, request
from markupsafe import Markup
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from shop.catalogue import rules as catalogue
from shop.core import clock
from shop.core.db import MAX_ID
from shop.core.errors import NotFound
from shop.core.money import format_vnd
from shop.places.queries import province_by_slug
from shop.places.rules import short_name
from shop.stock.queries import prices
from shop.stock.rules import LivePrice
from shop.storefront import queries, structured
from shop.storefront.cards import cards
from shop.storefront.queries import AnyRow, Places
from shop.storefront.rules import (
    PAGE_SIZE,
    SORTS,
    STARS,
    Counts,
    Filters,
    UnitPrice,
    availability,
    is_slug,
    paragraphs,
    unit_price,
)
from shop.storefront.state import shopfront
from shop.web.access import public
from shop.web.assets import localized_path
from shop.web.i18n import gettext, language, pick
from shop.web.page_cache import page_ends_at
from shop.web.pagination import Page
from shop.web.request import house, read_session
from shop.web.slots import Panel
from shop.web.workspaces import HOME_PANELS, PRODUCER_PANELS, PRODUCT_PANELS

bp = Blueprint("storefront", __name__)

_MANY_PROVINCES: Final = 8

SITE_MAP_PRODUCTS: Final = 10_000
"""Products in one part of the site map: two addresses each, 50,000 may be in a file."""


def _begin() -> tuple[Session, datetime]:
    """The session and the instant of a page that may be kept until the day ends in Vietnam.

    Stars, certificates and seasons all end with a day.
    """
    now = clock.now()
    tomorrow = clock.today_vn(now) + timedelta(days=1)
    page_ends_at(datetime.combine(tomorrow, time.min, clock.VN))
    return read_session(), now


def _slug(typed: str) -> str:
    """A slug that can exist. Raises NotFound for any other text."""
    if not is_slug(typed):
        raise NotFound
    return typed


def _drawn(panels: list[Panel]) -> list[Markup]:
    return [Markup(render_template(panel.template, **panel.context)) for panel in panels]  # noqa: S704


def _groups() -> list[tuple[str, str]]:
    return [(group.code, pick(group.label, group.label_en)) for group in catalogue.GROUPS.values()]


def _absolute(path: str) -> str:
    """The address of this path in the language of the page, from PUBLIC_URL."""
    return house().public_url + localized_path(path)


# Home.


@bp.get("/")
@public
def home() -> str:
    """What this is, who is on air next, what is good now."""
    db, now = _begin()
    today = clock.today_vn(now)
    rows = queries.home_rows(db, today=today, now=now)
    places = shopfront().places(db)
    counts = _counts(db, Filters(), queries.catalogue_version(db), now)
    return render_template(
        "storefront/home.html",
        panels=_drawn(HOME_PANELS.collect(db, now)),
        in_season=cards(rows.in_season, now=now),
        newest=cards(rows.newest, now=now),
        starred=cards(rows.starred, now=now),
        month=today.month,
        groups=[
            (code, label, counts.groups.get(code, 0), _group_url(code)) for code, label in _groups()
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
        "url": _absolute("/"),
        "potentialAction": {
            "@type": "SearchAction",
            "target": _absolute("/san-pham") + "?q={search_term_string}",
            "query-input": "required name=search_term_string",
        },
    }


def _group_url(code: str) -> str:
    return f"{localized_path('/san-pham')}?nhom={code}"


def _province_links(places: Places, counts: Counts) -> list[tuple[str, int, str]]:
    """Name, number of products and address of every province that sells something."""
    prefix = localized_path("/tinh/")
    return [
        (short_name(places.names[code]), products, prefix + places.slugs[code])
        for code, products in sorted(counts.provinces.items(), key=lambda pair: (-pair[1], pair[0]))
        if products and code in places.names
    ]


def _counts(db: Session, filters: Filters, version: int, now: datetime) -> Counts:
    return queries.list_counts(
        db,
        shopfront().counts,
        replace(filters, page=1, sort=""),
        version=version,
        today=clock.today_vn(now),
        now=now,
    )


# The list.


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


@bp.get("/san-pham")
@public
def products() -> str | BaseResponse:
    """The list: search, filters, order and pages, all in the address."""
    db, now = _begin()
    places = shopfront().places(db)
    filters = Filters.read(
        request.args.to_dict(flat=False), groups=catalogue.GROUPS, province_codes=places.codes
    )
    rows = queries.list_rows(db, filters, today=clock.today_vn(now), now=now)
    version = rows[0].version if rows else queries.catalogue_version(db)
    counts = _counts(db, filters, version, now)
    prefix = localized_path("/san-pham")

    def url(**changes: Any) -> str:
        query = filters.query(places.slugs, **changes)
        return f"{prefix}?{query}" if query else prefix

    page = Page(filters.page, PAGE_SIZE, counts.total, lambda number: url(page=number))
    if not rows and counts.total and filters.page > 1:
        return redirect(url(page=page.pages))
    chips = _chips(filters, places, url)
    return render_template(
        "storefront/list.html",
        nav="products",
        search_text=filters.q,
        filters=filters,
        products=cards(rows, now=now),
        page=page,
        chips=chips,
        facets=_drawn_facets(filters, version, counts, places),
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


def _drawn_facets(filters: Filters, version: int, counts: Counts, places: Places) -> Markup:
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
            for code, label in _groups()
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


def _chips(filters: Filters, places: Places, url: Any) -> list[Chip]:
    """A removable chip for every filter in force."""

    def without(field: str, value: Any) -> str:
        kept = tuple(other for other in getattr(filters, field) if other != value)
        return str(url(**{field: kept}))

    labels = dict(_groups())
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


# One product.


@dataclass(frozen=True)
class Size:
    """A variant as the page offers it."""

    id: int
    label: str
    sku: str
    price_vnd: int
    old_price_vnd: int | None
    """The everyday price, when a live price holds."""
    unit: UnitPrice | None
    available: int
    low_at: int
    is_illustrative: bool
    live_ends_at: datetime | None
    gtin: str | None


@bp.get("/san-pham/<slug>")
@public
def product(slug: str) -> str | tuple[str, int]:
    """Everything a buyer wants to know of one product, and the way into the basket."""
    db, now = _begin()
    today = clock.today_vn(now)
    row = queries.product_row(db, _slug(slug), today=today)
    if row is None or row.is_listed is None:
        raise NotFound
    if not row.is_listed:
        return _gone(db, row, now)
    variants = queries.variant_rows(db, row.id)
    live = prices(db, [variant.id for variant in variants], now)
    page_ends_at(*(price.ends_at for price in live.values()))
    sizes = [_size(variant, live.get(variant.id)) for variant in variants]
    photos = queries.photo_rows(db, row.id)
    papers = queries.certificate_rows(db, row.id, row.producer_id)
    siblings = queries.cards_of_producer(db, row.producer_slug, today=today, but=row.id, limit=4)
    name = pick(row.name, row.name_en)
    url = _absolute(f"/san-pham/{row.slug}")
    trail = _trail(row, name, url)
    images = [_absolute_media(f"{photo.sha}-1200.jpg") for photo in photos]
    summary = pick(row.summary, row.summary_en)
    return render_template(
        "storefront/product.html",
        nav="products",
        product=row,
        name=name,
        summary=summary,
        story=paragraphs(pick(row.story, row.story_en)),
        sizes=sizes,
        is_sold_out=not row.is_service and all(size.available <= 0 for size in sizes),
        photos=photos,
        facts=_facts(row),
        papers=[paper for paper in papers if _holds(paper, now)],
        lapsed=[paper for paper in papers if not _holds(paper, now)],
        paper_kinds={code: gettext(label) for code, label in catalogue.CERTIFICATE_KINDS.items()},
        months=catalogue.season_months(row.season_mask),
        month=today.month,
        panels=_drawn(PRODUCT_PANELS.collect(db, row.id, now)),
        producer_kind=gettext(catalogue.PRODUCER_KINDS[row.producer_kind]),
        siblings=cards(siblings, now=now),
        trail=trail,
        share_url=url,
        share_image=images[0] if images else "",
        canonical_url=url,
        data=[
            structured.product(
                name=name,
                description=summary,
                url=url,
                images=images,
                producer=row.producer_name,
                category=trail[2][0],
                offers=[_offer(size, row) for size in sizes],
                rating=(row.rating_sum, row.rating_count) if row.rating_count else None,
            ),
            structured.breadcrumbs([(label, house().public_url + to) for label, to in trail]),
        ],
    )


def _size(variant: AnyRow, live: LivePrice | None) -> Size:
    price_vnd = live.price_vnd if live else variant.price_vnd
    return Size(
        id=variant.id,
        label=pick(variant.label, variant.label_en),
        sku=variant.sku,
        price_vnd=price_vnd,
        old_price_vnd=variant.price_vnd if live else None,
        unit=unit_price(price_vnd, variant.net_weight_g, variant.net_volume_ml),
        available=variant.available + (live.set_aside if live else 0),
        low_at=variant.low_stock_at,
        is_illustrative=variant.is_price_illustrative,
        live_ends_at=live.ends_at if live else None,
        gtin=variant.gtin if variant.gtin_status == "verified" else None,
    )


def _offer(size: Size, row: AnyRow) -> structured.Offer:
    return structured.Offer(
        sku=size.sku,
        label=size.label,
        price_vnd=size.price_vnd,
        availability=availability(row.is_service, size.available),
        gtin=size.gtin,
        price_ends_at=size.live_ends_at,
    )


def _holds(paper: AnyRow, now: datetime) -> bool:
    """Whether staff have verified the paper and its last day is not over."""
    today = clock.today_vn(now)
    return bool(paper.state == "verified" and paper.issued_on <= today <= paper.expires_on)


def _trail(row: AnyRow, name: str, url: str) -> list[tuple[str, str]]:
    group = catalogue.group_of(row.subgroup)
    return [
        (gettext("Trang đầu"), localized_path("/")),
        (gettext("Sản phẩm"), localized_path("/san-pham")),
        (pick(group.label, group.label_en), _group_url(group.code)),
        (name, url.removeprefix(house().public_url)),
    ]


def _facts(row: AnyRow) -> list[tuple[str, str]]:
    """The label facts that are filled in."""
    subgroup = catalogue.SUBGROUPS[row.subgroup]
    found = [(gettext("Loại hàng"), pick(subgroup.label, subgroup.label_en))]
    for field, label in catalogue.FACT_LABELS.items():
        if field == "shelf_life_days":
            continue
        value = getattr(row, field)
        if value:
            found.append((gettext(label), value))
    if row.shelf_life_days:
        days = gettext("%(number)s ngày từ ngày sản xuất", number=row.shelf_life_days)
        found.append((gettext("Hạn dùng"), days))
    return found


def _absolute_media(name: str) -> str:
    return f"{house().public_url}/media/{name}"


def _gone(db: Session, row: AnyRow, now: datetime) -> tuple[str, int]:
    """A product that was on sale once: says so, and shows what is like it."""
    similar = queries.similar_cards(
        db,
        subgroup=row.subgroup,
        province_code=row.province_code,
        today=clock.today_vn(now),
    )
    page = render_template(
        "storefront/gone.html",
        name=pick(row.name, row.name_en),
        producer_name=row.producer_name,
        producer_url=localized_path(f"/nha-san-xuat/{row.producer_slug}")
        if row.producer_state == "verified"
        else None,
        similar=cards(similar, now=now),
    )
    return page, 410


# Producers and provinces.


@bp.get("/nha-san-xuat/<slug>")
@public
def producer(slug: str) -> str:
    """Who makes it: story, place, everything they sell."""
    db, now = _begin()
    row = queries.producer_row(db, _slug(slug))
    if row is None:
        raise NotFound
    rows = queries.cards_of_producer(db, row.slug, today=clock.today_vn(now), limit=60)
    place = ", ".join(filter(None, (row.commune_name, row.province_name)))
    url = _absolute(f"/nha-san-xuat/{row.slug}")
    trail = [
        (gettext("Trang đầu"), localized_path("/")),
        (short_name(row.province_name), localized_path(f"/tinh/{row.province_slug}")),
        (row.name, url.removeprefix(house().public_url)),
    ]
    return render_template(
        "storefront/producer.html",
        producer=row,
        kind=gettext(catalogue.PRODUCER_KINDS[row.kind]),
        place=place,
        story=paragraphs(pick(row.story, row.story_en)),
        products=cards(rows, now=now),
        panels=_drawn(PRODUCER_PANELS.collect(db, row.id, now)),
        trail=trail,
        canonical_url=url,
        data=[
            structured.organization(name=row.name, url=url, place=place),
            structured.breadcrumbs([(label, house().public_url + to) for label, to in trail]),
        ],
    )


@bp.get("/tinh/<slug>")
@public
def province(slug: str) -> str:
    """What one province sells, and who there makes it."""
    db, now = _begin()
    found = province_by_slug(db, _slug(slug))
    if found is None:
        raise NotFound
    today = clock.today_vn(now)
    filters = Filters(provinces=(found.code,))
    rows = queries.list_rows(db, filters, today=today, now=now)
    counts = _counts(db, filters, queries.catalogue_version(db), now)
    makers = queries.producers_of_province(db, found.code)
    url = _absolute(f"/tinh/{found.slug}")
    trail = [
        (gettext("Trang đầu"), localized_path("/")),
        (gettext("Sản phẩm"), localized_path("/san-pham")),
        (short_name(found.name), url.removeprefix(house().public_url)),
    ]
    every = f"{localized_path('/san-pham')}?tinh={found.slug}"
    return render_template(
        "storefront/province.html",
        province=found,
        name=short_name(found.name),
        products=cards(rows, now=now),
        total=counts.total,
        every_url=every,
        groups=[
            (label, counts.groups[code], f"{every}&nhom={code}")
            for code, label in _groups()
            if counts.groups.get(code)
        ],
        makers=[
            (
                maker.producer_name,
                maker.products,
                localized_path("/nha-san-xuat/") + maker.producer_slug,
            )
            for maker in makers
        ],
        trail=trail,
        canonical_url=url,
        data=[structured.breadcrumbs([(label, house().public_url + to) for label, to in trail])],
    )


# Maps for robots.


@bp.get("/sitemap.xml")
@public
def site_map() -> Response:
    """Every public page in both languages; an index of parts once there are many products."""
    db, _now = _begin()
    parts = -(-queries.largest_product_id(db) // SITE_MAP_PRODUCTS)
    if parts <= 1:
        return _site_map([*_units(db), *_product_pages(db, 1)])
    body = render_template(
        "storefront/sitemap_index.xml", parts=range(parts + 1), origin=house().public_url
    )
    return Response(body, mimetype="application/xml")


@bp.get("/sitemap-<int:part>.xml")
@public
def site_map_part(part: int) -> Response:
    """Part 0: home, provinces, producers; part n: products by blocks of ids."""
    db, _now = _begin()
    if part > MAX_ID // SITE_MAP_PRODUCTS:
        raise NotFound
    pages = _product_pages(db, part) if part else _units(db)
    if not pages:
        raise NotFound
    return _site_map(pages)


def _units(db: Session) -> list[tuple[str, str]]:
    producers, provinces = queries.site_map_units(db)
    return [
        *((path, "") for path in ("/", "/san-pham", "/phien-live")),
        *((f"/tinh/{slug}", "") for slug in provinces),
        *((f"/nha-san-xuat/{slug}", "") for slug in producers),
    ]


def _product_pages(db: Session, part: int) -> list[tuple[str, str]]:
    first = (part - 1) * SITE_MAP_PRODUCTS
    rows = queries.site_map_products(db, after=first, until=first + SITE_MAP_PRODUCTS)
    return [(f"/san-pham/{row.slug}", row.updated_at.strftime("%Y-%m-%d")) for row in rows]


def _site_map(pages: list[tuple[str, str]]) -> Response:
    body = render_template("storefront/sitemap.xml", pages=pages, origin=house().public_url)
    return Response(body, mimetype="application/xml")


@bp.get("/robots.txt")
@public
def robots() -> Response:
    """Robots may read what is public; workspaces, baskets and search results are no use to them."""
    page_ends_at()
    closed = ("/ban-hang", "/clb", "/can-bo", "/tai-khoan", "/gio-hang", "/dat-hang", "/don-hang")
    lines = [
        "User-agent: *",
        *(f"Disallow: {prefix}{path}" for path in closed for prefix in ("", "/en")),
        "Disallow: /*?q=",
        f"Sitemap: {house().public_url}/sitemap.xml",
    ]
    return Response("\n".join(lines) + "\n", mimetype="text/plain")
