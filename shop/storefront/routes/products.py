"""One product: everything a buyer wants to know, and the way into the basket."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import render_template
from sqlalchemy.orm import Session

from shop.catalogue import rules as catalogue
from shop.core import clock
from shop.core.errors import NotFound
from shop.stock.queries import prices
from shop.stock.rules import LivePrice
from shop.storefront import queries, structured
from shop.storefront.cards import cards
from shop.storefront.queries import AnyRow
from shop.storefront.routes.frame import absolute, begin, bp, drawn, group_url, known_slug
from shop.storefront.rules import UnitPrice, availability, paragraphs, unit_price
from shop.web.access import public
from shop.web.assets import localized_path
from shop.web.i18n import gettext, pick
from shop.web.page_cache import page_ends_at
from shop.web.request import house
from shop.web.workspaces import PRODUCT_PANELS


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
    db, now = begin()
    rows = queries.product_rows(db, known_slug(slug), today=clock.today_vn(now))
    if not rows or rows[0].is_listed is None:
        raise NotFound
    row, photos = rows[0], [picture for picture in rows if picture.sha]
    if not row.is_listed:
        return _gone(db, row, now)
    return drawn_product("storefront/product.html", db, row, photos, now=now)


def drawn_product(
    template: str, db: Session, row: Any, photos: Sequence[Any], *, now: datetime, **further: Any
) -> str:
    """The page of a product, also of a draft: ``row`` then holds what its maker typed."""
    today = clock.today_vn(now)
    variants = queries.variant_rows(db, row.id, now=now)
    live = prices(db, [variant.id for variant in variants if variant.may_be_live], now)
    page_ends_at(*(price.ends_at for price in live.values()))
    sizes = [_size(variant, live.get(variant.id)) for variant in variants]
    papers = queries.certificate_rows(db, row.id, row.producer_id)
    siblings = queries.cards_of_producer(db, row.producer_slug, today=today, but=row.id, limit=4)
    name = pick(row.name, row.name_en)
    url = absolute(f"/san-pham/{row.slug}")
    trail = _trail(row, name, url)
    images = [_absolute_media(f"{photo.sha}-1200.jpg") for photo in photos]
    summary = pick(row.summary, row.summary_en)
    panels = PRODUCT_PANELS.collect(db, row.id, now)
    return render_template(
        template,
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
        panels=drawn([panel for panel in panels if not panel.is_below]),
        panels_below=drawn([panel for panel in panels if panel.is_below]),
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
                more=[panel.data for panel in panels],
            ),
            structured.breadcrumbs([(label, house().public_url + to) for label, to in trail]),
        ],
        **further,
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
        (pick(group.label, group.label_en), group_url(group.code)),
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
        recall_code=row.recall_code,
    )
    return page, 410
