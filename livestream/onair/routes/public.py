"""What buyers see while a session is on air: a piece of its page, asked for every few seconds."""

import hashlib
from datetime import datetime, timedelta
from typing import Any, Final

from flask import Response, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from livestream.onair import queries
from livestream.onair.queries import View
from livestream.onair.routes.frame import bp
from livestream.sessions.models import LiveSession
from livestream.sessions.queries import public_session
from shop.core import clock
from shop.web.access import public
from shop.web.page_cache import page_ends_at
from shop.web.request import read_session

KEPT_FOR: Final = timedelta(seconds=3)
"""How old what a viewer sees may be: a thousand viewers then cost one reading in this time."""


def on_air_context(db: Session, live: LiveSession, now: datetime) -> dict[str, Any]:
    """What the piece shows; tells the page cache when the clock changes it."""
    view = queries.view_of(db, live, now=now)
    page_ends_at(now + KEPT_FOR, *(edge for edge in _edges(view) if edge > now))
    return {"live": live, "view": view, "now": now}


def _edges(view: View) -> list[datetime]:
    """When prices begin and end."""
    found = [edge for row in view.rows for edge in (row.price_from, row.price_until)]
    return [edge for edge in found if edge is not None]


@bp.get("/phien-live/<slug>/dang-live")
@public
def on_air(slug: str) -> BaseResponse:
    """The piece alone; 304 when nothing changed."""
    db, now = read_session(), clock.now()
    live = public_session(db, slug)
    body = render_template("livestream/onair/_on_air.html", **on_air_context(db, live, now))
    response = Response(body, mimetype="text/html")
    response.headers["Cache-Control"] = "no-cache"
    response.headers["X-Robots-Tag"] = "noindex"
    response.set_etag(hashlib.sha256(body.encode()).hexdigest()[:32])
    return response.make_conditional(request)
