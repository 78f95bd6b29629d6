"""The console of a session on air. Without JavaScript every button is a form."""

import hashlib
import json
from typing import Any

from flask import Response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from livestream.onair import queries, services
from livestream.onair.forms import PressForm, read_presses
from livestream.onair.pages import console_state, console_url, now_millis
from livestream.onair.routes.frame import Page, bp, fresh_key, seen_by_club
from livestream.onair.rules.cues import UnknownPress
from livestream.runsheets.pages import said
from livestream.runsheets.queries import policies_of, spoken_of, vouchers_of
from livestream.sessions.models import LiveSession
from livestream.sessions.services.airing import EARLY
from livestream.sessions.services.deciding import papers_against
from shop.core import clock
from shop.core.errors import Conflict, DomainError, Invalid, NotFound
from shop.web.access import actor, role
from shop.web.errors import status_of
from shop.web.i18n import say
from shop.web.limits import limiter
from shop.web.request import read_session, write_session

NO_SCREEN = ("draft", "expired", "cancelled")
"""States without anything to take orders for."""


def _state(live: LiveSession) -> dict[str, Any]:
    db = read_session()
    view = queries.view_of(db, live, now=clock.now())
    return console_state(view, drafts=queries.count_open_drafts(db, live.id))


@bp.get("/clb/phien/<public_id>/len-song")
@role("club")
def console(public_id: str) -> Page:
    """Now, next, and the whole run; the service worker keeps this page for when the net is gone."""
    return _page(seen_by_club(read_session(), public_id))


def _page(live: LiveSession, status: int = 200, refused: DomainError | None = None) -> Page:
    db, now = read_session(), clock.now()
    view = queries.view_of(db, live, now=now)
    drafts = queries.count_open_drafts(db, live.id)
    page = render_template(
        "livestream/onair/console.html",
        live=live,
        view=view,
        now=now,
        drafts=drafts,
        spoken=spoken_of(db, live, [row.item for row in view.rows], now=now),
        said=said,
        state=console_state(view, drafts=drafts),
        can_start=live.state == "confirmed" and live.starts_at - EARLY <= now < live.ends_at,
        fresh_key=fresh_key,
        refused=refused,
        papers=papers_against(db, live, now=now),
    )
    return page, status


@bp.get("/clb/phien/<public_id>/len-song/tin")
@role("club")
def news(public_id: str) -> BaseResponse:
    """The same as JSON; 304 when nothing changed since the script asked last."""
    live = seen_by_club(read_session(), public_id)
    body = json.dumps(_state(live), ensure_ascii=False, separators=(",", ":"))
    response = Response(body, mimetype="application/json")
    response.set_etag(hashlib.sha256(body.encode()).hexdigest()[:32])
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["X-Now"] = str(now_millis())
    return response.make_conditional(request)


@bp.post("/clb/phien/<public_id>/len-song/bam")
@limiter.limit("240 per minute")
@role("club")
def press(public_id: str) -> Page | tuple[dict[str, Any], int]:
    """Take presses in: one from a form, or many as JSON with the outcome of each."""
    if request.mimetype == "application/json":
        return _take_many(public_id)
    db = write_session()
    live = seen_by_club(db, public_id)
    try:
        form = PressForm.read()
        if not form.validate():
            raise UnknownPress
        outcomes = services.take_presses(
            db, public_id=public_id, sent=[form.sent()], actor_id=actor().id(), now=clock.now()
        )
        refused = next((one.refusal for one in outcomes if one.refusal is not None), None)
        if refused is not None:
            raise refused
    except (Conflict, Invalid) as error:
        db.rollback()
        return _page(live, status_of(error), error)
    db.commit()
    return redirect(console_url(live), 303)


def _take_many(public_id: str) -> tuple[dict[str, Any], int]:
    try:
        sent = read_presses()
        db = write_session()
        live = seen_by_club(db, public_id)
        outcomes = services.take_presses(
            db, public_id=public_id, sent=sent, actor_id=actor().id(), now=clock.now()
        )
    except (Conflict, Invalid) as error:
        return {"said": say(error)}, 409 if isinstance(error, Conflict) else 422
    db.commit()
    return {
        "taken": [one.key for one in outcomes if one.refusal is None],
        "refused": {one.key: say(one.refusal) for one in outcomes if one.refusal is not None},
        "state": _state(live),
        "now": now_millis(),
    }, 200


@bp.get("/clb/phien/<public_id>/man-hinh-2")
@role("club")
def second_screen(public_id: str) -> Page:
    """For whoever takes orders: what is on, codes, prices as they are now, what is left."""
    db, now = read_session(), clock.now()
    live = seen_by_club(db, public_id)
    if live.state in NO_SCREEN:
        raise NotFound
    return render_template(
        "livestream/onair/second_screen.html",
        live=live,
        view=queries.view_of(db, live, now=now),
        drafts=queries.count_open_drafts(db, live.id),
        vouchers=vouchers_of(db, live),
        policies=policies_of(db, live),
        now=now,
    )
