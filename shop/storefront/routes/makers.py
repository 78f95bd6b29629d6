"""Who makes it: a producer."""

from collections.abc import Sequence
from typing import Any

from flask import Response, render_template

from shop.catalogue import rules as catalogue
from shop.contacts import queries as contacts
from shop.core import clock
from shop.core.errors import NotFound
from shop.places.rules import short_name
from shop.storefront import queries, structured
from shop.storefront.cards import cards
from shop.storefront.routes.frame import (
    absolute,
    begin,
    bp,
    drawn_halves,
    known_slug,
    share_words,
)
from shop.storefront.rules import holds
from shop.storefront.stories import told
from shop.web.access import public
from shop.web.assets import localized_path
from shop.web.i18n import gettext
from shop.web.request import house, read_session
from shop.web.share_pictures import ShareCard, share_answer, share_url
from shop.web.workspaces import PRODUCER_PANELS


@bp.get("/nha-san-xuat/<slug>")
@public
def producer(slug: str) -> str:
    """Who makes it: story, place, everything they sell."""
    db, now = begin()
    row = queries.producer_row(db, known_slug(slug))
    if row is None:
        raise NotFound
    today = clock.today_vn(now)
    rows = queries.cards_of_producer(db, row.slug, today=today, limit=60)
    reach = contacts.reach_of(db, row.id, today=today)
    papers = queries.certificate_rows(db, 0, row.id)
    place = ", ".join(filter(None, (row.commune_name, row.province_name)))
    url = absolute(f"/nha-san-xuat/{row.slug}")
    above, below = drawn_halves(PRODUCER_PANELS.collect(db, row.id, now))
    card = _share_card(row, place, rows)
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
        story=told(row.story, row.story_en),
        faces=contacts.faces_of(db, row.id),
        papers=[paper for paper in papers if holds(paper, today)],
        paper_kinds={code: gettext(label) for code, label in catalogue.CERTIFICATE_KINDS.items()},
        reach=reach,
        products=cards(rows, now=now),
        panels=above,
        panels_below=below,
        trail=trail,
        name=row.name,
        share=share_words(
            gettext("%(name)s, %(place)s, trên Chợ Phiên", name=row.name, place=place), url
        ),
        share_image=house().public_url + share_url(localized_path(_share_path(slug)), card),
        canonical_url=url,
        data=[
            structured.organization(
                name=row.name,
                url=url,
                place=place,
                about=" ".join(told(row.story, row.story_en).lines)[:500],
                image=f"{house().public_url}/media/{row.photo_sha}-1200.jpg"
                if row.photo_sha
                else "",
                same_as=[one.url for one in reach.outlets if one.standing == "fresh"],
            ),
            structured.breadcrumbs([(label, house().public_url + to) for label, to in trail]),
        ],
    )


def _share_path(slug: str) -> str:
    return f"/nha-san-xuat/{slug}/anh-chia-se.jpg"


def _share_card(row: Any, place: str, products: Sequence[Any]) -> ShareCard:
    """What the producer's share picture says; its newest product stands in for a picture."""
    cover = products[0] if products else None
    photo_sha = row.photo_sha or (cover.photo_sha if cover else None)
    return ShareCard(
        title=row.name,
        by=gettext(catalogue.PRODUCER_KINDS[row.kind]),
        place=place,
        label=gettext("Người làm ra"),
        photo_sha=photo_sha,
        photo_note=gettext("Hình minh họa") if row.is_demo and not row.photo_sha else "",
    )


@bp.get("/nha-san-xuat/<slug>/anh-chia-se.jpg")
@public
def producer_share_picture(slug: str) -> Response:
    """The picture that a shared link of the producer shows."""
    db, today = read_session(), clock.today_vn(clock.now())
    row = queries.producer_row(db, known_slug(slug))
    if row is None:
        raise NotFound
    place = ", ".join(filter(None, (row.commune_name, row.province_name)))
    rows = queries.cards_of_producer(db, row.slug, today=today, limit=1)
    return share_answer(_share_card(row, place, rows))
