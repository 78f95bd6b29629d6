"""Calendar feeds: ``/lich/<feed>.ics``."""

from flask import Response

from livestream.campaigns.queries import public_campaign
from livestream.clubs.queries import club_of_token, get_public_club
from livestream.sessions import queries
from livestream.sessions.calendars import build_calendar, calendar_answer
from livestream.sessions.models import LiveSession
from livestream.sessions.queries.rows import with_club
from livestream.sessions.routes.frame import bp
from shop.core import clock
from shop.core.text import N_
from shop.web.access import public
from shop.web.i18n import gettext as _
from shop.web.i18n import language, pick
from shop.web.request import house, read_session

ALL = "cong-khai"
CLUB = "clb-"
CAMPAIGN = "chien-dich-"
SESSION = "phien-"


@bp.get("/lich/<feed>.ics")
@public
def calendar(feed: str) -> Response:
    """``cong-khai`` everything public, ``clb-<slug>`` a club, ``chien-dich-<slug>`` a campaign,
    ``phien-<slug>`` one session, a club's secret token its own sessions with proposals.
    """
    db = read_session()
    now = clock.now()
    is_private = False
    if feed == ALL:
        name = _(N_("Phiên live Chợ Phiên"))
        rows = queries.feed_rows(db, now=now)
    elif feed.startswith(CLUB):
        club = get_public_club(db, feed.removeprefix(CLUB))
        name, rows = club.name, queries.feed_rows(db, now=now, club_id=club.id)
    elif feed.startswith(CAMPAIGN):
        campaign = public_campaign(db, feed.removeprefix(CAMPAIGN))
        name = pick(campaign.name, campaign.name_en)
        rows = queries.feed_rows(db, now=now, campaign_id=campaign.id)
    elif feed.startswith(SESSION):
        live = queries.public_session(db, feed.removeprefix(SESSION))
        name = pick(live.title, live.title_en)
        rows = queries.session_rows(db, with_club().where(LiveSession.id == live.id))
    else:
        own = club_of_token(db, feed)
        is_private = True
        name = own.name
        rows = queries.feed_rows(db, now=now, club_id=own.id, is_private=True)
    body = build_calendar(
        rows,
        name=name,
        public_url=house().public_url,
        is_private=is_private,
        language=language(),
    )
    return calendar_answer(body, is_private=is_private)
