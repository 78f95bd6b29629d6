"""Sessions of the actor's clubs that lie outside somebody's hours since those changed."""

from flask import render_template

from livestream.sessions import states
from livestream.sessions.queries.unfit import unfit_sessions
from livestream.sessions.routes.frame import Page, bp
from shop.core import clock
from shop.web.access import actor, role
from shop.web.request import read_session


@bp.get("/clb/phien/lech-lich")
@role("club")
def unfit() -> Page:
    """Which coming sessions no longer fit, and because of whom or what."""
    rows = unfit_sessions(read_session(), now=clock.now(), club_ids=actor().clubs.keys())
    return render_template("livestream/sessions/unfit.html", rows=rows, states=states)
