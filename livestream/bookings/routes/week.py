"""The week and the month of a club: people, channels and places as lanes; moving on the grid."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from livestream.bookings import forms, queries, services
from livestream.bookings.queries import Laid, Week
from livestream.bookings.routes.base import Page, bp
from livestream.clubs.models import RESOURCE_KINDS, Resource
from livestream.clubs.queries import bookable_hours, clubs_of, resources_of
from livestream.clubs.routes.base import chosen_club_id
from livestream.clubs.rules import RESOURCE_LABELS, parse_clock
from livestream.sessions import states
from livestream.sessions.models import LiveSession
from livestream.sessions.queries import get_session, resource_names
from livestream.sessions.timing import VN, Interval, day_interval, epoch, hold_range, week_start
from shop.accounts.rules import require_club
from shop.core import clock
from shop.core.errors import Conflict, DomainError, Invalid, NotAllowed
from shop.core.text import N_
from shop.web.access import actor, role
from shop.web.errors import status_of
from shop.web.forms import parse_whole
from shop.web.i18n import gettext as _
from shop.web.request import read_session, write_session

Target = Literal["", "free", "busy"]


@dataclass(frozen=True)
class Cell:
    """A day of a lane."""

    day: date
    ids: list[int]
    is_off: bool
    """The lane keeps hours and has none on this day."""
    target: Target = ""
    """Whether the session that is being moved would fit here at its hour."""


@dataclass(frozen=True)
class GridLane:
    """A resource's week."""

    resource: Resource
    cells: list[Cell]


@dataclass(frozen=True)
class Moving:
    """The session that is being moved, and to which hour."""

    live: LiveSession
    minute: int
    resources: list[Resource]

    @property
    def time(self) -> str:
        return f"{self.minute // 60:02d}:{self.minute % 60:02d}"

    def fits(self, week: Week, lane: Resource, day: date) -> bool:
        """Whether everything it needs is free on ``day``, ``lane`` in place of its own kind."""
        start = datetime.combine(day, datetime.min.time(), VN) + timedelta(minutes=self.minute)
        end = start + (self.live.ends_at - self.live.starts_at)
        is_own = any(one.id == lane.id for one in self.resources)
        others = [one for one in self.resources if is_own or one.kind != lane.kind]
        return all(
            week.is_free(
                one.id,
                hold_range(
                    start,
                    end,
                    before_minutes=one.buffer_before_minutes,
                    after_minutes=one.buffer_after_minutes,
                ),
                self.live.id,
            )
            for one in ([*others] if is_own else [*others, lane])
        )


@bp.get("/clb/phien")
@role("club")
def club_week() -> Page:
    """The week of a club: ``tuan`` is any day of it, ``nhom`` one kind of lane, ``chuyen`` what
    moves to hour ``gio``. ``xem=thang`` shows the month ``thang`` instead, of one lane ``nguon``.
    """
    db = read_session()
    club_id = chosen_club_id()
    if request.args.get("xem") == "thang":
        return _month_page(db, club_id)
    return _week_page(db, club_id, _asked_move(db, club_id))


@bp.post("/clb/phien/<public_id>/chuyen")
@role("club")
def place(public_id: str) -> Page:
    """Move a session on the grid: ``to`` = ``<resource>:<day>`` with ``time``, or ``at``."""
    form = forms.PlaceForm.read()
    db = write_session()
    live = get_session(db, public_id)
    require_club(actor(), live.club_id, manager=True)
    club_id = live.club_id
    try:
        if not form.validate():
            raise Invalid(N_("Chọn một ngày trên lịch và giờ dạng 20:00."))
        starts_at, resource_id = form.target()
        services.place_session(
            db,
            public_id=public_id,
            starts_at=starts_at,
            resource_id=resource_id,
            actor_id=actor().id(),
            capacity="manager",
            now=clock.now(),
            version=form.version.data,
            viewer_clubs=actor().clubs.keys(),
        )
    except (Conflict, Invalid, NotAllowed) as error:
        db.rollback()
        reading = read_session()
        moving = _moving(reading, get_session(reading, public_id), str(form.time.data or ""))
        return _week_page(reading, club_id, moving, refused=error), status_of(error)
    db.commit()
    flash(_(N_("Đã chuyển phiên.")), "ok")
    day = starts_at.astimezone(VN).date()
    return redirect(url_for("bookings.club_week", club_id=club_id, tuan=day.isoformat()), 303)


def _asked_move(db: Session, club_id: int) -> Moving | None:
    asked = request.args.get("chuyen", "")
    if not asked or actor().clubs.get(club_id) != "manager":
        return None
    live = get_session(db, asked)
    require_club(actor(), live.club_id, manager=True)
    if live.state not in states.MOVABLE_STATES or live.club_id != club_id:
        return None
    return _moving(db, live, request.args.get("gio", ""))


def _moving(db: Session, live: LiveSession, typed: str) -> Moving:
    local = live.starts_at.astimezone(VN)
    minute = parse_clock(typed)
    if minute is None or minute >= 1440:
        minute = local.hour * 60 + local.minute
    return Moving(live, minute, list(resource_names(db, live.id)))


def _week_page(
    db: Session, club_id: int, moving: Moving | None, *, refused: DomainError | None = None
) -> str:
    now = clock.now()
    clubs = clubs_of(db, actor().clubs.keys())
    club = next(one for one in clubs if one.id == club_id)
    fallback = moving.live.starts_at.astimezone(VN).date() if moving else clock.today_vn(now)
    monday = week_start(_asked_day(request.args.get("tuan", ""), fallback))
    days = [monday + timedelta(days=n) for n in range(7)]
    usable = [row.resource for row in resources_of(db, club.id, active_only=True)]
    window = Interval(day_interval(days[0]).start, day_interval(days[6]).end)
    week = queries.week_of(db, [one.id for one in usable], club_id=club.id, window=window, now=now)
    kind = request.args.get("nhom", "")
    shown = [one for one in usable if kind not in RESOURCE_KINDS or one.kind == kind]
    is_manager = actor().clubs.get(club.id) == "manager"
    return render_template(
        "livestream/bookings/week.html",
        club=club,
        clubs=clubs,
        kinds=[one for one in RESOURCE_KINDS if any(row.kind == one for row in usable)],
        kind=kind if kind in RESOURCE_KINDS else "",
        lanes=_lanes(db, shown, days, week, moving),
        week=week,
        days=days,
        today=clock.today_vn(now),
        monday=monday,
        by_day=_by_day(week, days),
        labels=RESOURCE_LABELS,
        states=states,
        is_manager=is_manager,
        moving=moving,
        refused=refused,
        offers=[
            (offer, offer.astimezone(VN).strftime("%Y-%m-%dT%H:%M"))
            for offer in getattr(refused, "offers", ())
        ],
        shift=lambda day, by: (day + timedelta(days=by)).isoformat(),
    )


def _lanes(
    db: Session, shown: list[Resource], days: list[date], week: Week, moving: Moving | None
) -> list[GridLane]:
    ids = [one.id for one in shown]
    hours = bookable_hours(db, ids, first=days[0], last=days[-1])
    open_days = {resource_id: {span.day for span in spans} for resource_id, spans in hours.items()}
    return [
        GridLane(
            one,
            [
                Cell(
                    day,
                    week.on.get((one.id, day), []),
                    one.id in open_days and day not in open_days[one.id],
                    _target(week, moving, one, day),
                )
                for day in days
            ],
        )
        for one in shown
    ]


def _target(week: Week, moving: Moving | None, lane: Resource, day: date) -> Target:
    if moving is None:
        return ""
    return "free" if moving.fits(week, lane, day) else "busy"


def _by_day(week: Week, days: list[date]) -> list[tuple[date, list[Laid]]]:
    """The club's own sessions of the week, day by day, for the list below the grid."""
    found: dict[date, list[Laid]] = {day: [] for day in days}
    for laid in week.sessions.values():
        if laid.public_id is not None:
            found[laid.day].append(laid)
    return [(day, rows) for day, rows in found.items() if rows]


def _asked_day(raw: str, fallback: date) -> date:
    day = forms.day_of(raw) or fallback
    return min(max(day, date(2020, 1, 1)), date(2100, 1, 1))


def _start_of(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), VN)


def _month_page(db: Session, club_id: int) -> str:
    clubs = clubs_of(db, actor().clubs.keys())
    club = next(one for one in clubs if one.id == club_id)
    now = clock.now()
    today = clock.today_vn(now)
    first = _asked_day(f"{request.args.get('thang', '')[:7]}-01", today).replace(day=1)
    start = week_start(first)
    weeks = [[start + timedelta(days=7 * n + d) for d in range(7)] for n in range(6)]
    weeks = [days for days in weeks if days[0].month == first.month or days[6].month == first.month]
    usable = [row.resource for row in resources_of(db, club.id, active_only=True)]
    asked = parse_whole(request.args.get("nguon", "")[:12])
    chosen = next((one for one in usable if one.id == asked), None)
    window = Interval(epoch(_start_of(weeks[0][0])), day_interval(weeks[-1][6]).end)
    found: dict[date, list[Laid]] = queries.days_of(
        db, club_id=club.id, window=window, now=now, resource_id=chosen.id if chosen else None
    )
    context: dict[str, Any] = {
        "club": club,
        "clubs": clubs,
        "first": first,
        "before": (first - timedelta(days=1)).strftime("%Y-%m"),
        "after": (first + timedelta(days=32)).strftime("%Y-%m"),
        "weeks": weeks,
        "found": found,
        "number": sum(len(rows) for day, rows in found.items() if day.month == first.month),
        "today": today,
        "usable": usable,
        "chosen": chosen,
        "labels": RESOURCE_LABELS,
        "states": states,
        "is_manager": actor().clubs.get(club.id) == "manager",
    }
    return render_template("livestream/bookings/month.html", **context)
