"""Feeds that Google and Meta fetch by themselves."""

from contextlib import suppress
from datetime import datetime, time, timedelta

from flask import Response, request, send_file

from shop.core import clock
from shop.core.errors import NotFound
from shop.marketplaces.routes.base import bp
from shop.marketplaces.services.feeds import FEEDS, TYPES, write_feed
from shop.marketplaces.services.kept_feeds import kept_feed
from shop.web.access import public
from shop.web.page_cache import page_ends_at
from shop.web.request import house, read_session


@bp.get("/feed/<name>")
@public
def feed(name: str) -> Response:
    """``google.xml`` or ``meta.csv``, whole, with an ETag of its bytes: the file that the job
    keeps, else written now and kept in memory until something public changes or the day ends."""
    if name not in FEEDS:
        raise NotFound
    now, storage, kind = clock.now(), house().storage, f"{TYPES[name]}; charset=utf-8"
    kept = kept_feed(read_session(), name=name, now=now)
    if kept is not None:
        with suppress(FileNotFoundError):
            return send_file(
                storage.path(kept.stored_name),
                mimetype=kind,
                etag=kept.stored_name.partition(".")[0],
                last_modified=kept.made_at,
            )
    day = clock.today_vn(now)
    page_ends_at(datetime.combine(day + timedelta(days=1), time.min, clock.VN))
    body = write_feed(read_session(), storage, name=name, day=day, public_url=house().public_url)
    answer = Response(body, content_type=kind)
    answer.add_etag()
    answer.make_conditional(request)
    return answer
