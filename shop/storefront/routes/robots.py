"""Maps and rules for robots."""

from typing import Final

from flask import Response, render_template
from sqlalchemy.orm import Session

from shop.catalogue.rules import SLUGS
from shop.core.db import MAX_ID
from shop.core.errors import NotFound
from shop.storefront import queries
from shop.storefront.routes.frame import begin, bp
from shop.web.access import public
from shop.web.page_cache import page_ends_at
from shop.web.request import house

SITE_MAP_PRODUCTS: Final = 10_000
"""Products in one part of the site map: two addresses each, 50,000 may be in a file."""


@bp.get("/sitemap.xml")
@public
def site_map() -> Response:
    """Every public page in both languages; an index of parts once there are many products."""
    db, _now = begin()
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
    db, _now = begin()
    if part > MAX_ID // SITE_MAP_PRODUCTS:
        raise NotFound
    pages = _product_pages(db, part) if part else _units(db)
    if not pages:
        raise NotFound
    return _site_map(pages)


def _units(db: Session) -> list[tuple[str, str]]:
    producers, provinces, kinds = queries.site_map_units(db)
    return [
        *((path, "") for path in ("/", "/san-pham", "/phien-live")),
        *((f"/nhom/{SLUGS[code]}", "") for code in kinds),
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
