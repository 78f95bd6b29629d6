"""The week of a club: its resources as lanes, its sessions below."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import render_template, request

from livestream.clubs.models import Resource
from livestream.clubs.queries import clubs_of, resources_of
from livestream.clubs.routes.base import chosen_club
from livestream.clubs.rules import RESOURCE_LABELS
from livestream.sessions import queries, states
from livestream.sessions.queries import LaneHold
from livestream.sessions.routes.frame import Page, bp
from livestream.sessions.timing import VN, week_start
from shop.core import clock
from shop.web.access import actor, role
from shop.web.request import read_session


@dataclass(frozen=True)
class GridLane:
    """A resource's week: seven lists of holds."""

    resource: Resource
    days: list[list[LaneHold]]


@bp.get("/clb/phien")
@role("club")
def club_week() -> Page:
    """The week of a club: its resources as lanes, its sessions below; ``tuan`` is any day of it."""
    db = read_session()
    now = clock.now()
    club = chosen_club(db)
    monday = _asked_week(request.args.get("tuan", ""), now)
    days = [monday + timedelta(days=n) for n in range(7)]
    usable = [row.resource for row in resources_of(db, club.id, active_only=True)]
    holds = queries.week_holds(
        db, [resource.id for resource in usable], club_id=club.id, first=monday, now=now
    )
    lanes = [
        GridLane(resource, [_on_day(holds, resource.id, day) for day in days])
        for resource in usable
    ]
    coming = queries.session_rows(
        db, queries.sessions_of_clubs([club.id], since=now - timedelta(days=1)).limit(100)
    )
    return render_template(
        "livestream/sessions/week.html",
        club=club,
        clubs=clubs_of(db, actor().clubs.keys()),
        lanes=lanes,
        days=days,
        today=clock.today_vn(now),
        monday=monday,
        coming=coming,
        labels=RESOURCE_LABELS,
        states=states,
        is_manager=actor().clubs.get(club.id) == "manager",
        week=lambda day, shift: (day + timedelta(days=shift)).isoformat(),
    )


def _asked_week(raw: str, now: datetime) -> date:
    try:
        day = date.fromisoformat(raw)
    except ValueError:
        day = clock.today_vn(now)
    earliest, latest = date(2020, 1, 1), date(2100, 1, 1)
    return week_start(min(max(day, earliest), latest))


def _on_day(holds: list[LaneHold], resource_id: int, day: date) -> list[LaneHold]:
    return [
        hold
        for hold in holds
        if hold.resource_id == resource_id and hold.starts_at.astimezone(VN).date() == day
    ]
