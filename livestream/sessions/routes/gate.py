"""The document gate of a session as a table, for its club and for staff."""

from typing import Literal

from flask import render_template

from livestream.sessions import gate, queries, states
from livestream.sessions.models import LiveSession
from livestream.sessions.routes.frame import Page, Space, bp, seen_by_club, seen_by_staff
from livestream.sessions.rules import rule_labels
from livestream.sessions.services.deciding import overridden
from shop.core import clock
from shop.web.access import actor, role
from shop.web.request import read_session


def gate_page(live: LiveSession, space: Literal[Space, "commune"]) -> Page:
    """The table in the frame of who looks."""
    db = read_session()
    plan = queries.load_plan(db, live, now=clock.now(), viewer_clubs=actor().clubs.keys())
    return render_template(
        "livestream/sessions/gate.html",
        frame=f"workspaces/{'account' if space == 'commune' else space}.html",
        space=space,
        live=live,
        gate=gate.gate_of(plan, overridden(db, live)),
        overrides=queries.overrides_of(db, live.id),
        labels=gate.STATE_LABELS,
        rule_labels=rule_labels(),
        states=states,
    )


@bp.get("/clb/phien/<public_id>/giay-to")
@role("club")
def club_gate(public_id: str) -> Page:
    """Which papers are there, which are missing, and who brings them."""
    return gate_page(seen_by_club(read_session(), public_id), "club")


@bp.get("/can-bo/phien/<public_id>/giay-to")
@role("staff")
def staff_gate(public_id: str) -> Page:
    """The same for staff of the club's province."""
    return gate_page(seen_by_staff(read_session(), public_id), "staff")
