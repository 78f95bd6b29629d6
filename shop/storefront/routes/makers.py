"""Who makes it: a producer."""

from flask import render_template

from shop.catalogue import rules as catalogue
from shop.core import clock
from shop.core.errors import NotFound
from shop.places.rules import short_name
from shop.storefront import queries, structured
from shop.storefront.cards import cards
from shop.storefront.routes.frame import (
    absolute,
    begin,
    bp,
    drawn,
    known_slug,
)
from shop.storefront.rules import paragraphs
from shop.web.access import public
from shop.web.assets import localized_path
from shop.web.i18n import gettext, pick
from shop.web.request import house
from shop.web.workspaces import PRODUCER_PANELS


@bp.get("/nha-san-xuat/<slug>")
@public
def producer(slug: str) -> str:
    """Who makes it: story, place, everything they sell."""
    db, now = begin()
    row = queries.producer_row(db, known_slug(slug))
    if row is None:
        raise NotFound
    rows = queries.cards_of_producer(db, row.slug, today=clock.today_vn(now), limit=60)
    place = ", ".join(filter(None, (row.commune_name, row.province_name)))
    url = absolute(f"/nha-san-xuat/{row.slug}")
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
        panels=drawn(PRODUCER_PANELS.collect(db, row.id, now)),
        trail=trail,
        canonical_url=url,
        data=[
            structured.organization(name=row.name, url=url, place=place),
            structured.breadcrumbs([(label, house().public_url + to) for label, to in trail]),
        ],
    )
