"""The document gate of a session as a table, for its club and for staff."""

from flask import render_template

from livestream.sessions import gate, queries, states
from livestream.sessions.models import LiveSession
from livestream.sessions.routes.frame import Page, Space, bp, seen_by_club, seen_by_staff
from livestream.sessions.services.deciding import overridden
from shop.core import clock
from shop.web.access import actor, role
from shop.web.request import read_session


def _page(live: LiveSession, space: Space) -> Page:
    db = read_session()
    plan = queries.load_plan(db, live, now=clock.now(), viewer_clubs=actor().clubs.keys())
    return render_template(
        "livestream/sessions/gate.html",
        frame=f"workspaces/{space}.html",
        space=space,
        live=live,
        gate=gate.gate_of(plan, overridden(db, live)),
        overrides=queries.overrides_of(db, live.id),
        labels=gate.STATE_LABELS,
        states=states,
    )


@bp.get("/clb/phien/<public_id>/giay-to")
@role("club")
def club_gate(public_id: str) -> Page:
    """Which papers are there, which are missing, and who brings them."""
    return _page(seen_by_club(read_session(), public_id), "club")


@bp.get("/can-bo/phien/<public_id>/giay-to")
@role("staff")
def staff_gate(public_id: str) -> Page:
    """The same for staff of the club's province."""
    return _page(seen_by_staff(read_session(), public_id), "staff")
