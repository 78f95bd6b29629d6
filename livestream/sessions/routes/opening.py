"""One address of a session for everyone who is told of it: it leads each to their own page."""

from flask import redirect, url_for
from sqlalchemy.orm import Session

from livestream.clubs.queries import get_club
from livestream.sessions import queries
from livestream.sessions.models import LiveSession
from livestream.sessions.routes.frame import Page, bp
from shop.core.errors import NotFound
from shop.web.access import actor, signed_in
from shop.web.request import read_session


@bp.get("/mo-phien/<public_id>")
@signed_in
def open_session(public_id: str) -> Page:
    """To the desk of the club, the province, the commune or the producer; else the public page."""
    db = read_session()
    return redirect(_page_for(db, queries.get_session(db, public_id)))


def _page_for(db: Session, live: LiveSession) -> str:
    """Where the actor sees the session. Raises NotFound when nowhere."""
    club, who = get_club(db, live.club_id), actor()
    is_asked = live.state != "draft"
    if live.club_id in who.clubs:
        return url_for(".club_session", public_id=live.public_id)
    if who.is_staff_of(club.province_code):
        if is_asked:
            return url_for(".staff_session", public_id=live.public_id)
        return url_for(".staff_queue")
    if is_asked and club.commune_code in who.communes:
        return url_for(".commune_session", public_id=live.public_id)
    if is_asked and queries.shows_goods_of(db, live.id, list(who.producers)):
        return url_for(".consents")
    if live.state in queries.WAS_PUBLIC and live.confirmed_by is not None:
        return url_for(".show_public", slug=live.slug)
    raise NotFound
