"""The page of a verified club."""

from flask import render_template
from markupsafe import Markup

from livestream.clubs import queries, rules
from livestream.clubs.routes.base import Page, bp
from livestream.clubs.slots import CLUB_PANELS
from shop.core import clock
from shop.places.queries import get_province
from shop.web.access import public
from shop.web.request import read_session


@bp.get("/cau-lac-bo/<slug>")
@public
def show(slug: str) -> Page:
    """A verified club: who they are, their channels, what is on."""
    db = read_session()
    club = queries.get_public_club(db, slug)
    rows = [row for row in queries.resources_of(db, club.id, active_only=True) if row.is_own]
    now = clock.now()
    panels = CLUB_PANELS.collect(db, club.id, now)
    return render_template(
        "livestream/clubs/public.html",
        club=club,
        label=rules.CLUB_LABELS[club.kind],
        province=get_province(db, club.province_code),
        channels=[row.resource for row in rows if row.resource.kind == "channel"],
        hosts=[row.resource for row in rows if row.resource.kind == "host"],
        platforms=rules.PLATFORM_NAMES,
        panels=[Markup(render_template(p.template, **p.context)) for p in panels],  # noqa: S704
    )
