"""Figures over time for a club and for staff; codes that credit orders."""

from datetime import timedelta
from typing import Any, Final

from flask import flash, redirect, render_template, request, url_for

from livestream.clubs.rules import PLATFORM_NAMES
from livestream.results import services
from livestream.results.queries import kpi as figures
from livestream.results.queries.sharing import codes_of
from livestream.results.routes.frame import Page, bp, club_session
from livestream.results.rules.charts import WHOLE, bars
from livestream.results.rules.figures import LEAST_SESSIONS, PRIOR_HOURS, rank
from shop.accounts.rules import staff_scope_of
from shop.core import clock
from shop.core.text import N_
from shop.web.access import actor, role
from shop.web.i18n import gettext as _
from shop.web.i18n import show_date
from shop.web.request import house, read_session, write_session

PERIODS: Final = {"30": N_("30 ngày"), "90": N_("90 ngày"), "365": N_("12 tháng")}
MOST_BARS: Final = 12


def _period() -> str:
    asked = request.args.get("ngay", "")
    return asked if asked in PERIODS else "90"


def _context(rows: list[figures.Took], no_shows: int) -> dict[str, Any]:
    newest = list(reversed(rows[:MOST_BARS]))
    return {
        "rows": rows,
        "kpi": figures.kpi(rows, no_shows),
        "bars": bars([(show_date(row.live.starts_at, "dd/MM"), row.net_vnd) for row in newest]),
        "whole": WHOLE,
        "slots": rank(figures.slot_outcomes(rows)),
        "period": _period(),
        "periods": PERIODS,
        "platforms": PLATFORM_NAMES,
        "least": LEAST_SESSIONS,
        "prior": int(PRIOR_HOURS),
    }


@bp.get("/clb/ket-qua")
@role("club")
def club_figures() -> Page:
    """What the actor's clubs brought: ``ngay`` = 30 | 90 | 365."""
    db = read_session()
    since = clock.now() - timedelta(days=int(_period()))
    mine = list(actor().clubs)
    rows = figures.took(db, club_ids=mine, since=since)
    no_shows = figures.count_no_shows(db, club_ids=mine, since=since)
    return render_template(
        "livestream/results/overview.html",
        frame="workspaces/club.html",
        is_staff=False,
        people=rank(figures.host_outcomes(rows)),
        credited=figures.credited(db, club_ids=mine),
        **_context(rows, no_shows),
    )


@bp.get("/can-bo/ket-qua-live")
@role("staff")
def staff_figures() -> Page:
    """What the clubs of the actor's provinces brought: ``ngay`` = 30 | 90 | 365."""
    db = read_session()
    since = clock.now() - timedelta(days=int(_period()))
    scope = staff_scope_of(actor())
    rows = figures.took(db, provinces=scope, since=since)
    no_shows = figures.count_no_shows(db, provinces=scope, since=since)
    return render_template(
        "livestream/results/overview.html",
        frame="workspaces/staff.html",
        is_staff=True,
        people=rank(figures.club_outcomes(rows)),
        credited=[],
        **_context(rows, no_shows),
    )


@bp.get("/clb/phien/<public_id>/chia-se")
@role("club")
def share(public_id: str) -> Page:
    """Addresses to share, one per host."""
    db = read_session()
    live = club_session(db, public_id)
    return render_template(
        "livestream/results/share.html",
        live=live,
        codes=codes_of(db, live.id),
        origin=house().public_url,
    )


@bp.post("/clb/phien/<public_id>/chia-se")
@role("club")
def make_codes(public_id: str) -> Page:
    """Make a code for each host that has none."""
    db = write_session()
    live = club_session(db, public_id)
    services.share_codes(db, live=live, now=clock.now())
    db.commit()
    flash(_(N_("Đã có địa chỉ chia sẻ cho từng người dẫn.")), "ok")
    return redirect(url_for(".share", public_id=public_id), 303)
