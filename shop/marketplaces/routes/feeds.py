"""Feeds that Google and Meta fetch by themselves."""

from datetime import datetime, time, timedelta

from flask import Response, request

from shop.core import clock
from shop.core.errors import NotFound
from shop.marketplaces import registry
from shop.marketplaces.routes.base import bp
from shop.marketplaces.services.feeds import FEEDS, TYPES, feed_items
from shop.web.access import public
from shop.web.page_cache import page_ends_at
from shop.web.request import house, read_session


@bp.get("/feed/<name>")
@public
def feed(name: str) -> Response:
    """``google.xml`` or ``meta.csv``: whole, with an ETag, kept until something public changes or
    the day ends."""
    if name not in FEEDS:
        raise NotFound
    channel, write = FEEDS[name]
    profile, day = registry.profile_called(channel), clock.today_vn(clock.now())
    page_ends_at(datetime.combine(day + timedelta(days=1), time.min, clock.VN))
    items = feed_items(
        read_session(),
        house().storage,
        profile=profile,
        day=day,
        public_url=house().public_url,
    )
    body = write(profile, items, house().public_url)
    answer = Response(body, content_type=f"{TYPES[name]}; charset=utf-8")
    answer.add_etag()
    answer.make_conditional(request)
    return answer
