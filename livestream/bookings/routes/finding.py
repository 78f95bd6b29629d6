"""When there is room: so many minutes, this host, any studio, this week."""

from datetime import datetime, timedelta

from flask import render_template, request

from livestream.bookings import forms
from livestream.bookings.routes.base import Page, bp
from livestream.clubs.models import RESOURCE_KINDS
from livestream.clubs.queries import resources_of
from livestream.clubs.routes.base import chosen_club
from livestream.clubs.rules import RESOURCE_LABELS
from livestream.sessions.queries import find_slots
from livestream.sessions.timing import MAX_MINUTES, MIN_MINUTES, VN, Interval, epoch
from shop.core import clock
from shop.web.access import role
from shop.web.forms import parse_whole
from shop.web.request import read_session

ANY = "any"
SPANS = {"tuan": 7, "hai-tuan": 14, "thang": 30}
LIMIT = 12


@bp.get("/clb/phien/gio-trong")
@role("club")
def free_slots() -> Page:
    """Free starts: ``host``, ``channel``, ``studio``, ``kit`` each an id, ``any`` or empty;
    ``minutes``; ``starts_at`` the hour preferred; ``trong`` = tuan | hai-tuan | thang.
    """
    db = read_session()
    club = chosen_club(db)
    now = clock.now()
    usable = [row.resource for row in resources_of(db, club.id, active_only=True)]
    asked = {kind: request.args.get(kind, "") for kind in RESOURCE_KINDS}
    fixed = [one for one in usable if asked[one.kind] == str(one.id)]
    groups = [
        [one.id for one in usable if one.kind == kind]
        for kind in RESOURCE_KINDS
        if asked[kind] == ANY
    ]
    minutes = parse_whole(request.args.get("minutes", "")[:9]) or 60
    minutes = min(max(minutes, MIN_MINUTES), MAX_MINUTES)
    around = _around(request.args.get("starts_at", ""), now)
    span = request.args.get("trong", "tuan")
    by_id = {one.id: one for one in usable}
    offers = []
    is_asked = bool(fixed or groups)
    if is_asked and all(groups):
        start = max(now, around.replace(hour=0, minute=0))
        offers = find_slots(
            db,
            fixed=[one.id for one in fixed],
            any_of=groups,
            length=timedelta(minutes=minutes),
            window=Interval(epoch(start), epoch(start) + SPANS.get(span, 7) * 86_400),
            around=around,
            now=now,
            limit=LIMIT,
            is_daily=True,
        )
    return render_template(
        "livestream/bookings/free.html",
        club=club,
        usable={kind: [one for one in usable if one.kind == kind] for kind in RESOURCE_KINDS},
        asked=asked,
        labels=RESOURCE_LABELS,
        minutes=minutes,
        around=around.strftime("%Y-%m-%dT%H:%M"),
        span=span,
        is_asked=is_asked,
        offers=[
            (
                slot.starts_at,
                slot.starts_at.astimezone(VN).strftime("%Y-%m-%dT%H:%M"),
                [by_id[one] for one in slot.resource_ids],
            )
            for slot in offers
        ],
    )


def _around(raw: str, now: datetime) -> datetime:
    """The hour preferred; by default tomorrow at eight in the evening."""
    typed = forms.moment(raw)
    if typed is not None and 2000 < typed.year < 2100:
        return typed.replace(tzinfo=VN)
    tomorrow = now.astimezone(VN) + timedelta(days=1)
    return tomorrow.replace(hour=20, minute=0, second=0, microsecond=0)
