"""When there is room: so many minutes, this host, any studio, this week."""

from datetime import datetime, timedelta

from flask import render_template, request

from livestream.bookings import forms
from livestream.bookings.routes.base import Page, bp
from livestream.clubs.models import RESOURCE_KINDS, Resource
from livestream.clubs.queries import resources_of
from livestream.clubs.routes.base import chosen_club
from livestream.clubs.rules import RESOURCE_LABELS
from livestream.sessions.queries import find_slots
from livestream.sessions.timing import MAX_AHEAD, MAX_MINUTES, MIN_MINUTES, VN, Interval, epoch
from shop.core import clock
from shop.core.text import N_
from shop.web.access import role
from shop.web.forms import parse_whole
from shop.web.i18n import gettext as _
from shop.web.request import read_session

ANY = "any"
SPANS = {"tuan": 7, "hai-tuan": 14, "thang": 30}
LIMIT = 12
USUAL_MINUTES = 60


@bp.get("/clb/phien/gio-trong")
@role("club")
def free_slots() -> Page:
    """Free starts: ``host``, ``channel``, ``studio``, ``kit`` each an id, ``any`` or empty;
    ``minutes``; ``starts_at`` the hour preferred; ``trong`` = tuan | hai-tuan | thang. What nobody
    can mean is said beside its field (422).
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
    typed_minutes = request.args.get("minutes", "")[:9]
    minutes = parse_whole(typed_minutes) if typed_minutes else USUAL_MINUTES
    typed_hour = request.args.get("starts_at", "")
    around = _around(typed_hour, now)
    errors = _errors(asked, usable, minutes, around, now)
    span = request.args.get("trong", "tuan")
    by_id = {one.id: one for one in usable}
    offers = []
    is_asked = bool(fixed or groups) and not errors
    if is_asked and all(groups) and minutes and around:
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
    page = render_template(
        "livestream/bookings/free.html",
        club=club,
        usable={kind: [one for one in usable if one.kind == kind] for kind in RESOURCE_KINDS},
        asked=asked,
        labels=RESOURCE_LABELS,
        minutes=typed_minutes or USUAL_MINUTES,
        around=around.strftime("%Y-%m-%dT%H:%M") if around else "",
        errors=errors,
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
    return (page, 422) if errors else page


def _errors(
    asked: dict[str, str],
    usable: list[Resource],
    minutes: int | None,
    around: datetime | None,
    now: datetime,
) -> dict[str, str]:
    """What cannot be looked for, by field."""
    known = {kind: {str(one.id) for one in usable if one.kind == kind} for kind in asked}
    found = {
        kind: _(N_("Câu lạc bộ không dùng được mục này. Hãy chọn lại."))
        for kind, value in asked.items()
        if value not in known[kind] | {"", ANY}
    }
    if minutes is None or not MIN_MINUTES <= minutes <= MAX_MINUTES:
        found["minutes"] = _(N_("Phiên dài từ 15 phút đến 13 giờ."))
    if around is None:
        found["starts_at"] = _(N_("Giờ phát chưa hợp lệ."))
    elif around.date() < clock.today_vn(now):
        found["starts_at"] = _(N_("Giờ bắt đầu đã qua. Hãy chọn một giờ sắp tới."))
    elif around > now + MAX_AHEAD:
        found["starts_at"] = _(N_("Chỉ đặt lịch trong vòng một năm tới."))
    return found


def _around(raw: str, now: datetime) -> datetime | None:
    """The hour preferred, by default tomorrow at eight in the evening; None: no hour."""
    if raw:
        typed = forms.moment(raw)
        return typed.replace(tzinfo=VN) if typed and 2000 < typed.year < 2100 else None
    tomorrow = now.astimezone(VN) + timedelta(days=1)
    return tomorrow.replace(hour=20, minute=0, second=0, microsecond=0)
