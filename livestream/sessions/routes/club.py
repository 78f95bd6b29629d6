"""The club's desk: week grid, new sessions, one session and every step with it."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from livestream.campaigns.queries import open_campaigns
from livestream.clubs.models import Club, Resource
from livestream.clubs.queries import clubs_of, resources_of
from livestream.clubs.routes.base import chosen_club
from livestream.clubs.rules import RESOURCE_LABELS
from livestream.sessions import forms, queries, services, states
from livestream.sessions.forms import WishRow
from livestream.sessions.models import LiveSession
from livestream.sessions.queries import LaneHold
from livestream.sessions.routes.frame import (
    Page,
    bad_shape,
    bp,
    do_step,
    fill_choices,
    hold_hours,
    seen_by_club,
    session_page,
)
from livestream.sessions.timing import VN, week_start
from shop.catalogue.queries import variants_for_sale
from shop.core import clock
from shop.core.errors import Conflict, Invalid, NotAllowed
from shop.core.text import N_
from shop.web.access import actor, role
from shop.web.errors import status_of
from shop.web.forms import parse_whole
from shop.web.i18n import gettext as _
from shop.web.request import read_session, write_session

FOUND_PRODUCTS = 24


@dataclass(frozen=True)
class GridLane:
    """A resource's week: seven lists of holds."""

    resource: Resource
    days: list[list[LaneHold]]


def _asked_week(raw: str, now: datetime) -> date:
    try:
        day = date.fromisoformat(raw)
    except ValueError:
        day = clock.today_vn(now)
    earliest, latest = date(2020, 1, 1), date(2100, 1, 1)
    return week_start(min(max(day, earliest), latest))


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


def _on_day(holds: list[LaneHold], resource_id: int, day: date) -> list[LaneHold]:
    return [
        hold
        for hold in holds
        if hold.resource_id == resource_id and hold.starts_at.astimezone(VN).date() == day
    ]


# A new session


@bp.get("/clb/phien/moi")
@role("club")
def new_session() -> Page:
    """The form; ``variant_id`` (repeated), ``q`` to look for products, ``starts_at`` and the like
    fill it.
    """
    db = read_session()
    club = chosen_club(db, manager=True)
    given = {
        name: request.args[name]
        for name in ("title", "minutes", "host_id", "channel_id", "studio_id", "kit_id")
        if request.args.get(name)
    }
    form = forms.SessionForm(request.args) if given else forms.SessionForm()
    form.submit_key.data = secrets.token_urlsafe(16)
    form.starts_at.data = _moment(request.args.get("starts_at", "")) or _next_evening()
    form.minutes.data = form.minutes.data or 60
    try:
        rows = forms.typed_rows(request.args)
    except Invalid:
        rows = []
    return _new_page(db, club, form, rows)


def _moment(raw: str) -> datetime | None:
    try:
        return datetime.fromisoformat(raw).replace(tzinfo=None)
    except ValueError:
        return None


def _next_evening() -> datetime:
    tomorrow = clock.now().astimezone(VN) + timedelta(days=1)
    return tomorrow.replace(hour=20, minute=0, second=0, microsecond=0, tzinfo=None)


def _new_page(
    db: Session,
    club: Club,
    form: forms.SessionForm,
    rows: list[WishRow],
    *,
    status: int = 200,
    offers: tuple[datetime, ...] = (),
) -> Page:
    _prepare(db, club, form)
    words = request.values.get("q", "").strip()[:80]
    chosen = variants_for_sale(
        db, [row.variant_id for row in rows], today=clock.today_vn(clock.now())
    )
    page = render_template(
        "livestream/sessions/new.html",
        form=form,
        club=club,
        clubs=clubs_of(db, [c for c, held in actor().clubs.items() if held == "manager"]),
        rows=[(row, chosen[row.variant_id]) for row in rows if row.variant_id in chosen],
        words=words,
        found=queries.find_variants(db, words, limit=FOUND_PRODUCTS),
        offers=offers,
    )
    return page, status


def _prepare(db: Session, club: Club, form: forms.SessionForm) -> None:
    """Fill the choices with what the club may book."""
    form.club_id.data = club.id
    fill_choices(form, resources_of(db, club.id, active_only=True))
    campaigns = db.scalars(open_campaigns(clock.now())).all()
    form.campaign_id.choices = [
        ("", _(N_("Không thuộc chiến dịch"))),
        *((str(campaign.id), campaign.name) for campaign in campaigns),
    ]


@bp.post("/clb/phien/moi")
@role("club")
def create_session() -> Page:
    """Make a session: ``action`` = propose (default) takes the resources at once, or draft."""
    form = forms.SessionForm.read()
    reading = read_session()
    club = chosen_club(reading, manager=True)
    _prepare(reading, club, form)
    rows: list[WishRow] = []
    try:
        rows = forms.typed_rows()
        if not form.validate():
            return _new_page(reading, club, form, rows, status=422)
        live = _create(club, form, rows)
    except (Conflict, Invalid, NotAllowed) as error:
        write_session().rollback()
        form.add_error(error)
        offers = getattr(error, "offers", ())
        status = status_of(error)
        return _new_page(reading, club, form, rows, status=status, offers=offers)
    return redirect(url_for("sessions.club_session", public_id=live.public_id), 303)


def _create(club: Club, form: forms.SessionForm, rows: list[WishRow]) -> LiveSession:
    wanted = forms.wishes(rows)
    starts_at = forms.aware(form.starts_at.data)
    watch_url = forms.check_link(form.watch_url.data)
    now = clock.now()
    db = write_session()
    live = services.create_session(
        db,
        club_id=club.id,
        title=form.title.data,
        title_en=form.title_en.data or None,
        starts_at=starts_at,
        minutes=form.minutes.data or 0,
        host_ids=forms.chosen_ids(form.host_id),
        channel_ids=forms.chosen_ids(form.channel_id),
        studio_ids=forms.chosen_ids(form.studio_id),
        kit_ids=forms.chosen_ids(form.kit_id),
        items=wanted,
        about=form.about.data,
        watch_url=watch_url,
        campaign_id=next(iter(forms.chosen_ids(form.campaign_id)), None),
        submit_key=form.submit_key.data,
        actor_id=actor().id(),
        now=now,
    )
    if request.form.get("action") != "draft" and live.state == "draft":
        services.propose_session(
            db,
            public_id=live.public_id,
            actor_id=actor().id(),
            now=now,
            hold_hours=hold_hours(),
            viewer_clubs=actor().clubs.keys(),
        )
        flash(_(N_("Đã đề xuất. Lịch được giữ chỗ trong khi chờ đồng ý.")), "ok")
    db.commit()
    return live


@bp.get("/clb/phien/gio-trong")
@role("club")
def free_slots() -> Page:
    """Free starts for some resources: ``resource_id`` (repeated), ``minutes``, ``starts_at``."""
    db = read_session()
    club = chosen_club(db)
    now = clock.now()
    rows = resources_of(db, club.id, active_only=True)
    asked = set(request.args.getlist("resource_id"))
    chosen = [row.resource for row in rows if str(row.resource.id) in asked]
    minutes = min(max(parse_whole(request.args.get("minutes", "")[:9]) or 60, 15), 780)
    around = _moment(request.args.get("starts_at", "")) or _next_evening()
    is_near = 2000 < around.year < 2100
    offers = (
        queries.free_slots(
            db,
            [resource.id for resource in chosen],
            length=timedelta(minutes=minutes),
            around=around.replace(tzinfo=VN),
            now=now,
            limit=12,
        )
        if chosen and is_near
        else []
    )
    return render_template(
        "livestream/sessions/free.html",
        club=club,
        rows=rows,
        chosen=chosen,
        labels=RESOURCE_LABELS,
        minutes=minutes,
        around=around.strftime("%Y-%m-%dT%H:%M"),
        offers=[(offer, offer.astimezone(VN).strftime("%Y-%m-%dT%H:%M")) for offer in offers],
    )


# One session


@bp.get("/clb/phien/<public_id>")
@role("club")
def club_session(public_id: str) -> Page:
    """Everything about one session of the actor's club."""
    return session_page(seen_by_club(read_session(), public_id), "club")


@bp.post("/clb/phien/<public_id>/de-xuat")
@role("club")
def propose(public_id: str) -> Page:
    """Propose a draft."""
    form = forms.VersionForm.read()
    if not form.validate():
        return bad_shape(public_id, "club", version=form)

    def step(db: Session, live: LiveSession) -> None:
        services.propose_session(
            db,
            public_id=live.public_id,
            actor_id=actor().id(),
            now=clock.now(),
            hold_hours=hold_hours(),
            version=form.version.data,
            viewer_clubs=actor().clubs.keys(),
        )

    return do_step(public_id, "club", step, said=N_("Đã đề xuất và giữ chỗ."))


@bp.post("/clb/phien/<public_id>/rut")
@role("club")
def withdraw(public_id: str) -> Page:
    """Take a proposal back."""
    form = forms.VersionForm.read()
    if not form.validate():
        return bad_shape(public_id, "club", version=form)

    def step(db: Session, live: LiveSession) -> None:
        services.withdraw_proposal(
            db,
            public_id=live.public_id,
            actor_id=actor().id(),
            now=clock.now(),
            version=form.version.data,
        )

    return do_step(public_id, "club", step, said=N_("Đã rút về bản nháp."))


def confirm_step(form: forms.VersionForm, capacity: Any) -> Any:
    """The step that makes a proposal firm."""

    def step(db: Session, live: LiveSession) -> None:
        services.confirm_session(
            db,
            public_id=live.public_id,
            actor_id=actor().id(),
            capacity=capacity,
            now=clock.now(),
            version=form.version.data,
            viewer_clubs=actor().clubs.keys(),
        )

    return step


def cancel_step(form: forms.ReasonForm) -> Any:
    """The step that calls a session off."""

    def step(db: Session, live: LiveSession) -> None:
        services.cancel_session(
            db,
            public_id=live.public_id,
            actor_id=actor().id(),
            now=clock.now(),
            reason=form.reason.data,
            version=form.version.data,
        )

    return step


def move_step(form: forms.MoveForm, capacity: Any) -> Any:
    """The step that gives a session another time or other resources."""

    def step(db: Session, live: LiveSession) -> None:
        named = {"host": form.host_id, "channel": form.channel_id}
        named |= {"studio": form.studio_id, "kit": form.kit_id}
        is_choosing = any(field.raw_data for field in named.values())
        services.move_session(
            db,
            public_id=live.public_id,
            starts_at=forms.aware(form.starts_at.data),
            minutes=form.minutes.data or 0,
            actor_id=actor().id(),
            capacity=capacity,
            now=clock.now(),
            version=form.version.data,
            resources={kind: forms.chosen_ids(field) for kind, field in named.items()}
            if is_choosing
            else None,
            viewer_clubs=actor().clubs.keys(),
        )

    return step


@bp.post("/clb/phien/<public_id>/chot")
@role("club")
def confirm(public_id: str) -> Page:
    """A second manager makes an ordinary session firm."""
    form = forms.VersionForm.read()
    if not form.validate():
        return bad_shape(public_id, "club", version=form)
    return do_step(public_id, "club", confirm_step(form, "manager"), said=N_("Phiên đã chốt."))


@bp.post("/clb/phien/<public_id>/huy")
@role("club")
def cancel(public_id: str) -> Page:
    """Call a session off: ``reason``."""
    form = forms.ReasonForm.read()
    if not form.validate():
        return bad_shape(public_id, "club", reason=form)
    return do_step(public_id, "club", cancel_step(form), said=N_("Phiên đã hủy."))


@bp.post("/clb/phien/<public_id>/doi-gio")
@role("club")
def move(public_id: str) -> Page:
    """Move a session: ``starts_at``, ``minutes`` and the resources' ids as in the new form."""
    form = read_move_form(public_id)
    if not form.validate():
        return bad_shape(public_id, "club", move=form)
    said = N_("Đã đổi giờ.")
    return do_step(public_id, "club", move_step(form, "manager"), said=said, move=form)


def read_move_form(public_id: str) -> forms.MoveForm:
    """The move form with the choices of the session's club."""
    db = read_session()
    form = forms.MoveForm.read()
    fill_choices(
        form, resources_of(db, queries.get_session(db, public_id).club_id, active_only=True)
    )
    return form


@bp.post("/clb/phien/<public_id>/sua")
@role("club")
def change_words(public_id: str) -> Page:
    """Change title, link and words."""
    form = forms.WordsForm.read()
    if not form.validate():
        return bad_shape(public_id, "club", words=form)

    def step(db: Session, live: LiveSession) -> None:
        services.change_session(
            db,
            public_id=live.public_id,
            title=form.title.data,
            title_en=form.title_en.data or None,
            about=form.about.data,
            watch_url=forms.check_link(form.watch_url.data),
            actor_id=actor().id(),
            now=clock.now(),
            version=form.version.data,
        )

    return do_step(public_id, "club", step, said=N_("Đã lưu."), words=form)


@bp.post("/clb/phien/<public_id>/san-pham")
@role("club")
def add_item(public_id: str) -> Page:
    """Add a product: ``variant_id``, ``item_minutes``, ``live_price_vnd``, ``set_aside``."""
    form = forms.ItemForm.read()
    if not form.validate():
        return bad_shape(public_id, "club", item=form)

    def step(db: Session, live: LiveSession) -> None:
        services.add_item(
            db,
            public_id=live.public_id,
            wish=form.wish(),
            actor_id=actor().id(),
            now=clock.now(),
            version=form.version.data,
        )

    return do_step(public_id, "club", step, said=N_("Đã thêm sản phẩm."), item=form)


@bp.post("/clb/phien/<public_id>/san-pham/<int:item_id>")
@role("club")
def change_item(public_id: str, item_id: int) -> Page:
    """Change a line-up item, or take it out with ``action`` = remove."""
    form = forms.ItemForm.read()
    is_removal = request.form.get("action") == "remove"
    if not is_removal and not form.validate():
        return bad_shape(public_id, "club", item=form)

    def step(db: Session, live: LiveSession) -> None:
        if is_removal:
            services.remove_item(
                db,
                public_id=live.public_id,
                item_id=item_id,
                actor_id=actor().id(),
                now=clock.now(),
            )
            return
        services.change_item(
            db,
            public_id=live.public_id,
            item_id=item_id,
            wish=form.wish(),
            actor_id=actor().id(),
            now=clock.now(),
            version=form.version.data,
        )

    return do_step(public_id, "club", step, said=N_("Đã lưu."), item=form)


@bp.post("/clb/phien/<public_id>/len-song")
@role("club")
def go_live(public_id: str) -> Page:
    """Start: for everyone of the club."""

    def step(db: Session, live: LiveSession) -> None:
        services.go_live(db, public_id=live.public_id, actor_id=actor().id(), now=clock.now())

    return do_step(public_id, "club", step, said=N_("Đang lên sóng."), manager=False)


@bp.post("/clb/phien/<public_id>/ket-thuc")
@role("club")
def end(public_id: str) -> Page:
    """End."""

    def step(db: Session, live: LiveSession) -> None:
        services.end_session(db, public_id=live.public_id, actor_id=actor().id(), now=clock.now())

    return do_step(public_id, "club", step, said=N_("Phiên đã kết thúc."), manager=False)


@bp.post("/clb/phien/<public_id>/dung")
@role("club")
def stop(public_id: str) -> Page:
    """Stop at once: ``reason``."""
    form = forms.ReasonForm.read()
    if not form.validate():
        return bad_shape(public_id, "club", reason=form)
    step = stop_step(form)
    return do_step(public_id, "club", step, said=N_("Phiên đã dừng."), manager=False)


def stop_step(form: forms.ReasonForm) -> Any:
    """The step that stops a live session."""

    def step(db: Session, live: LiveSession) -> None:
        services.stop_session(
            db,
            public_id=live.public_id,
            reason=form.reason.data,
            actor_id=actor().id(),
            now=clock.now(),
        )

    return step
