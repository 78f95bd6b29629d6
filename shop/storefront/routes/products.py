"""One product: everything a buyer wants to know, and the way into the basket."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Response, render_template, request
from sqlalchemy.orm import Session

from shop.catalogue import rules as catalogue
from shop.catalogue.pictures import scan_name
from shop.contacts.queries import Reach, reach_of
from shop.core import clock
from shop.core.errors import NotFound
from shop.core.money import format_vnd
from shop.notifications.services.following import can_mail
from shop.stock.queries import prices
from shop.stock.rules import LivePrice
from shop.storefront import queries, structured
from shop.storefront.cards import cards
from shop.storefront.queries import AnyRow
from shop.storefront.routes.delivery import Delivery, delivery_of, province_options
from shop.storefront.routes.frame import (
    absolute,
    begin,
    bp,
    drawn_halves,
    group_url,
    known_slug,
    share_words,
)
from shop.storefront.rules import UnitPrice, availability, holds, unit_price
from shop.storefront.stories import sections_of, told
from shop.web.access import actor, public
from shop.web.assets import localized_path
from shop.web.i18n import gettext, pick
from shop.web.page_cache import page_ends_at
from shop.web.request import house, read_session
from shop.web.share_pictures import ShareCard, share_answer, share_url
from shop.web.workspaces import PRODUCT_PANELS
from shop.wishes import queries as wishes
from shop.wishes.cookie import WISH_COOKIE


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
    packed_weight_g: int
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
    template: str,
    db: Session,
    row: Any,
    photos: Sequence[Any],
    *,
    now: datetime,
    sections: Sequence[Any] | None = None,
    **further: Any,
) -> str:
    """The page of a product, also of a draft: ``row`` and ``sections`` then hold what its maker
    typed; else the stored parts of the story are read where there are any."""
    today = clock.today_vn(now)
    variants = queries.variant_rows(db, row.id, now=now)
    live = prices(db, [variant.id for variant in variants if variant.may_be_live], now)
    page_ends_at(*(price.ends_at for price in live.values()))
    sizes = [_size(variant, live.get(variant.id)) for variant in variants]
    papers = queries.certificate_rows(db, row.id, row.producer_id)
    beside = queries.cards_beside(
        db,
        row.id,
        producer_id=row.producer_id,
        producer_slug=row.producer_slug,
        commune=(row.place or "") if row.commune_code else "",
        today=today,
    )
    panels = PRODUCT_PANELS.collect(db, row.id, now)
    above, below = drawn_halves(panels)
    if sections is None:
        sections = queries.section_rows(db, row.id) if row.has_sections else []
    name = pick(row.name, row.name_en)
    summary = pick(row.summary, row.summary_en)
    url = absolute(f"/san-pham/{row.slug}")
    trail = _trail(row, name, url)
    card = share_card(row, photos, sizes)
    delivery = delivery_of(
        db,
        [(size.packed_weight_g, size.price_vnd) for size in sizes if not row.is_service],
        origin=row.province_code,
        producer_id=row.producer_id,
        has_rates=row.has_rates,
    )
    return render_template(
        template,
        nav="products",
        product=row,
        name=name,
        summary=summary,
        story=told(row.story, row.story_en),
        sections=sections_of(sections),
        sizes=sizes,
        is_sold_out=not row.is_service and all(size.available <= 0 for size in sizes),
        eye=_eye_of(db, row.id, sizes),
        delivery=delivery,
        provinces=province_options(db, delivery.province_code) if delivery else "",
        photos=photos,
        facts=_facts(row),
        papers=[paper for paper in papers if holds(paper, today)],
        lapsed=[paper for paper in papers if not holds(paper, today)],
        paper_kinds={code: gettext(label) for code, label in catalogue.CERTIFICATE_KINDS.items()},
        months=catalogue.season_months(row.season_mask),
        month=today.month,
        panels=above,
        panels_below=below,
        producer_kind=gettext(catalogue.PRODUCER_KINDS[row.producer_kind]),
        reach=reach_of(db, row.producer_id, today=today) if row.has_contacts else Reach(),
        siblings=cards(beside.of_maker, now=now),
        neighbours=cards(beside.of_commune, now=now),
        trail=trail,
        share=share_words(_passed_on(name, row.producer_name), url),
        share_image=house().public_url + share_url(localized_path(_share_path(row.slug)), card),
        canonical_url=url,
        data=_data(
            row,
            photos,
            sizes,
            name=name,
            url=url,
            trail=trail,
            delivery=delivery,
            more=[panel.data for panel in panels],
        ),
        **further,
    )


def _passed_on(name: str, producer: str) -> str:
    return gettext("%(title)s, của %(by)s, trên Chợ Phiên", title=name, by=producer)


@dataclass(frozen=True)
class Eye:
    """What the visitor keeps an eye on here."""

    can_be_told: bool
    """Whether "tell me when it is back" works for this visitor: an account, or mail for guests."""
    is_wished: bool = False
    waited: frozenset[int] = frozenset()
    """Sizes of which this person will be told when they are back."""


def _eye_of(db: Session, product_id: int, sizes: Sequence[Size]) -> Eye:
    """Asked only for visitors with a list or an account: everyone else has nothing here."""
    person_id = actor().person_id
    can_be_told = person_id is not None or can_mail()
    if person_id is None and not WISH_COOKIE.token():
        return Eye(can_be_told)
    is_wished = wishes.has_wish(
        db, product_id, token_hash=WISH_COOKIE.token_hash(), person_id=person_id
    )
    if person_id is None or all(size.available > 0 for size in sizes):
        return Eye(can_be_told, is_wished)
    return Eye(
        can_be_told, is_wished, wishes.waited_variants(db, f"person:{person_id}", product_id)
    )


def _share_path(slug: str) -> str:
    return f"/san-pham/{slug}/anh-chia-se.jpg"


def share_card(row: Any, photos: Sequence[Any], sizes: Sequence[Size]) -> ShareCard:
    """What the product's share picture says. The everyday price: a live one ends too soon."""
    each = [size.old_price_vnd or size.price_vnd for size in sizes]
    figure = format_vnd(min(each)) if each else ""
    if each and min(each) != max(each):
        figure = gettext("từ %(price)s", price=figure)
    cover = photos[0] if photos else None
    return ShareCard(
        title=pick(row.name, row.name_en),
        by=row.producer_name,
        place=row.place or "",
        figure=figure,
        stars=row.stars,
        photo_sha=cover.sha if cover else None,
        photo_note=gettext("Hình minh họa") if cover and cover.is_illustration else "",
        note=gettext("Giá là số liệu minh họa") if row.is_demo and each else "",
    )


@bp.get("/san-pham/<slug>/anh-chia-se.jpg")
@public
def share_picture(slug: str) -> Response:
    """The picture that a shared link of the product shows."""
    now, db = clock.now(), read_session()
    rows = queries.product_rows(db, known_slug(slug), today=clock.today_vn(now))
    if not rows or not rows[0].is_listed:
        raise NotFound
    sizes = [_size(variant, None) for variant in queries.variant_rows(db, rows[0].id, now=now)]
    return share_answer(share_card(rows[0], [row for row in rows if row.sha], sizes))


@bp.get("/giay-chung-nhan/<int:certificate_id>.jpg")
@public
def paper_scan(certificate_id: int) -> Response:
    """The scan of a paper in force; others are for their producer and staff."""
    today = clock.today_vn(clock.now())
    sha = queries.public_scan(read_session(), certificate_id, today=today)
    storage = house().storage
    if sha is None or not storage.has(scan_name(sha)):
        raise NotFound
    answer = Response(storage.read(scan_name(sha)), mimetype="image/jpeg")
    answer.set_etag(sha)
    answer.headers["Cache-Control"] = "public, no-cache"
    answer.make_conditional(request)
    return answer


def _data(
    row: Any,
    photos: Sequence[Any],
    sizes: Sequence[Size],
    *,
    name: str,
    url: str,
    trail: list[tuple[str, str]],
    delivery: Delivery | None,
    more: Sequence[Mapping[str, object]],
) -> list[dict[str, Any]]:
    """schema.org data of what the page shows."""
    origin = house().public_url
    return [
        structured.product(
            name=name,
            description=pick(row.summary, row.summary_en) or name,
            url=url,
            images=[f"{origin}/media/{photo.sha}-1200.jpg" for photo in photos],
            producer=structured.Maker(
                row.producer_name, absolute(f"/nha-san-xuat/{row.producer_slug}"), row.place or ""
            ),
            category=trail[2][0],
            offers=[_offer(size, row) for size in sizes],
            delivery=delivery.cost if delivery and not delivery.province_code else None,
            rating=(row.rating_sum, row.rating_count) if row.rating_count else None,
            is_service=row.is_service,
            more=more,
        ),
        structured.breadcrumbs([(label, origin + to) for label, to in trail]),
    ]


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
        packed_weight_g=variant.packed_weight_g,
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
