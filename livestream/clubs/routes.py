"""Pages of clubs: joining, home, what a club uses and when, the queue of staff, the public page."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from markupsafe import Markup
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from livestream.clubs import forms, queries, rules, services
from livestream.clubs.models import Club, Resource
from livestream.clubs.slots import CLUB_PANELS
from shop.accounts.models import Person
from shop.accounts.queries import members_of
from shop.accounts.rules import require_club, require_staff, staff_scope_of
from shop.core import clock
from shop.core.errors import Conflict, DomainError, Invalid, NotFound
from shop.core.text import N_
from shop.places.queries import get_province, list_provinces
from shop.web.access import actor, public, role, signed_in
from shop.web.errors import status_of
from shop.web.forms import Form
from shop.web.i18n import gettext as _
from shop.web.request import read_session, write_session
from shop.web.workspaces import CLUB_TODO

bp = Blueprint("clubs", __name__)

Page = tuple[str, int] | str | Response


def chosen_club(db: Session, *, manager: bool = False) -> Club:
    """The club this request is about: ``club_id`` if given, else the actor's first.

    Raises NotFound for a club that is not theirs, NotAllowed when the role is too small.
    """
    mine = actor().clubs
    typed = request.values.get("club_id", "")
    if typed:
        club_id = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0
    else:
        managed = [club for club, held in mine.items() if held == "manager"]
        club_id = min(managed or mine, default=0)
    require_club(actor(), club_id, manager=manager)
    return queries.get_club(db, club_id)


def _failed(form: Form, error: DomainError) -> int:
    form.add_error(error)
    return status_of(error)


# Joining


@bp.route("/clb/dang-ky", methods=["GET", "POST"])
@signed_in
def register() -> Page:
    """Register a club; the person who does is its first manager."""
    form = forms.ClubForm.read() if request.method == "POST" else forms.ClubForm()
    provinces = list_provinces(read_session())
    form.province_code.choices = [(row.code, row.name) for row in provinces]
    if request.method == "GET":
        return render_template("livestream/clubs/register.html", form=form)
    if not form.validate():
        return render_template("livestream/clubs/register.html", form=form), 422
    db = write_session()
    club = services.register_club(
        db,
        person_id=actor().id(),
        name=form.name.data,
        kind=form.kind.data,
        province_code=get_province(db, form.province_code.data).code,
        place=form.place.data,
        about=form.about.data,
        now=clock.now(),
    )
    db.commit()
    flash(_(N_("Đã gửi đăng ký. Cán bộ Đoàn sẽ xác minh câu lạc bộ.")), "ok")
    return redirect(url_for("clubs.resources", club_id=club.id), 303)


@bp.get("/clb")
@signed_in
def home() -> Page:
    """What waits for the club's people; for everyone else how to join."""
    db = read_session()
    clubs = queries.clubs_of(db, actor().clubs.keys())
    return render_template(
        "livestream/clubs/home.html",
        clubs=clubs,
        states=rules.CLUB_STATES,
        todos=CLUB_TODO.collect(db, actor()) if clubs else [],
        invitations=_invitations(db),
    )


def _invitations(db: Session) -> list[Any]:
    person = db.get_one(Person, actor().id())
    return queries.invitations_for(db, [x for x in (person.email, person.phone) if x])


@bp.get("/clb/loi-moi")
@signed_in
def invitations() -> Page:
    """Clubs that ask this person to join."""
    found = _invitations(read_session())
    return render_template("livestream/clubs/invitations.html", invitations=found)


@bp.post("/clb/loi-moi/<int:invitation_id>")
@signed_in
def answer_invitation(invitation_id: int) -> Page:
    """Accept or decline: field ``answer`` = agree | decline."""
    form = forms.AnswerForm.read()
    if not form.validate():
        raise Invalid
    db = write_session()
    services.answer_invitation(
        db,
        invitation_id=invitation_id,
        person_id=actor().id(),
        is_accepted=form.answer.data == "agree",
        now=clock.now(),
    )
    db.commit()
    return redirect(url_for("clubs.home"), 303)


# The club's own pages


@bp.route("/clb/ho-so", methods=["GET", "POST"])
@role("club")
def profile() -> Page:
    """What the public page says, and the club's calendars."""
    if request.method == "GET":
        club = chosen_club(read_session())
        form = forms.ProfileForm(obj=club)
        return render_template("livestream/clubs/profile.html", form=form, club=club)
    form = forms.ProfileForm.read()
    if not form.validate():
        club = chosen_club(read_session(), manager=True)
        return render_template("livestream/clubs/profile.html", form=form, club=club), 422
    db = write_session()
    club = chosen_club(db, manager=True)
    services.change_club(
        db,
        club_id=club.id,
        name=form.name.data,
        place=form.place.data,
        about=form.about.data,
        about_en=form.about_en.data or None,
        actor_id=actor().id(),
        now=clock.now(),
    )
    db.commit()
    flash(_(N_("Đã lưu.")), "ok")
    return redirect(url_for("clubs.profile", club_id=club.id), 303)


@bp.post("/clb/ho-so/lich-moi")
@role("club")
def renew_feed() -> Page:
    """Close the private calendar's address and open a new one."""
    db = write_session()
    club = chosen_club(db, manager=True)
    services.renew_feed_token(db, club_id=club.id, actor_id=actor().id(), now=clock.now())
    db.commit()
    return redirect(url_for("clubs.profile", club_id=club.id), 303)


@bp.post("/clb/ho-so/gui-lai")
@role("club")
def resubmit() -> Page:
    """A refused club asks again."""
    db = write_session()
    club = chosen_club(db, manager=True)
    services.resubmit_club(db, club_id=club.id, actor_id=actor().id(), now=clock.now())
    db.commit()
    return redirect(url_for("clubs.home"), 303)


def _resources_page(status: int = 200, club: Club | None = None, **filled: Form) -> tuple[str, int]:
    """The page with everything the club uses; ``filled`` are forms that came back with errors."""
    db = read_session()
    club = club or chosen_club(db)
    page = render_template(
        "livestream/clubs/resources.html",
        club=club,
        clubs=queries.clubs_of(db, actor().clubs.keys()),
        is_manager=actor().clubs.get(club.id) == "manager",
        rows=queries.resources_of(db, club.id),
        requests=queries.share_requests(db, [club.id]),
        members=members_of(db, "club", club.id),
        invited=queries.open_invitations(db, club.id),
        labels=rules.RESOURCE_LABELS,
        platforms=rules.PLATFORM_NAMES,
        channel_form=filled.get("channel") or forms.ChannelForm(),
        place_form=filled.get("place") or forms.PlaceForm(),
        code_form=filled.get("code") or forms.CodeForm(),
        invite_form=filled.get("invite") or forms.InviteForm(),
    )
    return page, status


@bp.get("/clb/nguon-luc")
@role("club")
def resources() -> Page:
    """Hosts, channel accounts, studios and kit of the club, and its people."""
    return _resources_page()


def _done(club: Club) -> Response:
    flash(_(N_("Đã lưu.")), "ok")
    return redirect(url_for("clubs.resources", club_id=club.id), 303)


@bp.post("/clb/nguon-luc/kenh")
@role("club")
def add_channel() -> Page:
    """Declare a channel account: ``platform``, ``handle``, ``name``."""
    form = forms.ChannelForm.read()
    if not form.validate():
        return _resources_page(422, channel=form)
    db = write_session()
    club = chosen_club(db, manager=True)
    try:
        services.add_resource(
            db,
            club_id=club.id,
            kind="channel",
            name=form.name.data,
            platform=form.platform.data,
            handle=form.handle.data,
            province_code=club.province_code,
            buffer_before_minutes=0,
            buffer_after_minutes=0,
            actor_id=actor().id(),
            now=clock.now(),
        )
    except Conflict as error:
        db.rollback()
        return _resources_page(_failed(form, error), channel=form)
    db.commit()
    return _done(club)


@bp.post("/clb/nguon-luc/phong")
@role("club")
def add_place() -> Page:
    """Add a studio or kit: ``kind``, ``name``, buffers in minutes."""
    form = forms.PlaceForm.read()
    if not form.validate():
        return _resources_page(422, place=form)
    db = write_session()
    club = chosen_club(db, manager=True)
    services.add_resource(
        db,
        club_id=club.id,
        kind=form.kind.data,
        name=form.name.data,
        province_code=club.province_code,
        buffer_before_minutes=form.buffer_before_minutes.data or 0,
        buffer_after_minutes=form.buffer_after_minutes.data or 0,
        actor_id=actor().id(),
        now=clock.now(),
    )
    db.commit()
    return _done(club)


@bp.post("/clb/nguon-luc/toi-dan")
@role("club")
def add_me() -> Page:
    """The person asking becomes a host of the club."""
    db = write_session()
    club = chosen_club(db)
    services.add_host(
        db, club_id=club.id, person_id=actor().id(), actor_id=actor().id(), now=clock.now()
    )
    db.commit()
    return _done(club)


@bp.post("/clb/nguon-luc/muon")
@role("club")
def ask_to_share() -> Page:
    """Ask another club for what it keeps: field ``code``."""
    form = forms.CodeForm.read()
    if not form.validate():
        return _resources_page(422, code=form)
    db = write_session()
    club = chosen_club(db, manager=True)
    try:
        services.ask_to_share(
            db,
            club_id=club.id,
            code=form.code.data.upper(),
            actor_id=actor().id(),
            now=clock.now(),
        )
    except (Invalid, Conflict) as error:
        db.rollback()
        return _resources_page(_failed(form, error), code=form)
    db.commit()
    return _done(club)


@bp.post("/clb/nguon-luc/chia-se/<int:link_id>")
@role("club")
def answer_share(link_id: int) -> Page:
    """Let another club use it, or not: ``answer`` = agree | decline."""
    form = forms.AnswerForm.read()
    if not form.validate():
        return _resources_page(422)
    db = write_session()
    club = chosen_club(db, manager=True)
    services.answer_share(
        db,
        link_id=link_id,
        club_id=club.id,
        is_agreed=form.answer.data == "agree",
        actor_id=actor().id(),
        now=clock.now(),
    )
    db.commit()
    return _done(club)


@bp.post("/clb/nguon-luc/moi")
@role("club")
def invite() -> Page:
    """Ask a person to join: ``login``, ``role``."""
    form = forms.InviteForm.read()
    if not form.validate():
        return _resources_page(422, invite=form)
    db = write_session()
    club = chosen_club(db, manager=True)
    services.invite(
        db,
        club_id=club.id,
        login=form.login_key(),
        role=form.role.data,
        actor_id=actor().id(),
        now=clock.now(),
    )
    db.commit()
    flash(_(N_("Đã gửi lời mời. Người đó sẽ thấy khi đăng nhập.")), "ok")
    return redirect(url_for("clubs.resources", club_id=club.id), 303)


def _editable(db: Session, resource_id: int) -> Resource:
    """What the actor may change: their club keeps it, or it is them. Raises NotFound."""
    resource = db.get(Resource, resource_id)
    if resource is None:
        raise NotFound
    is_keeper = actor().clubs.get(resource.owner_club_id) == "manager"
    if not is_keeper and resource.person_id != actor().person_id:
        raise NotFound
    return resource


def _resource_page(db: Session, resource: Resource, **filled: Form) -> str:
    today = clock.today_vn(clock.now())
    weekly = queries.weekly_hours(db, resource.id)
    return render_template(
        "livestream/clubs/resource.html",
        resource=resource,
        is_keeper=actor().clubs.get(resource.owner_club_id) == "manager",
        form=filled.get("form") or forms.ResourceForm(obj=resource),
        hours_form=filled.get("hours") or forms.HoursForm(data=forms.hours_data(weekly)),
        day_form=filled.get("day") or forms.ExceptionForm(),
        exceptions=queries.exceptions_of(db, resource.id, since=today),
        labels=rules.RESOURCE_LABELS,
        clock_text=rules.clock_text,
    )


@bp.route("/clb/nguon-luc/<int:resource_id>", methods=["GET", "POST"])
@role("club")
def resource(resource_id: int) -> Page:
    """A host, channel, studio or kit: name, buffers, hours."""
    if request.method == "GET":
        db = read_session()
        return _resource_page(db, _editable(db, resource_id))
    form = forms.ResourceForm.read()
    if not form.validate():
        db = read_session()
        return _resource_page(db, _editable(db, resource_id), form=form), 422
    db = write_session()
    kept = _editable(db, resource_id)
    services.change_resource(
        db,
        resource_id=kept.id,
        club_id=kept.owner_club_id,
        name=form.name.data,
        buffer_before_minutes=form.buffer_before_minutes.data or 0,
        buffer_after_minutes=form.buffer_after_minutes.data or 0,
        is_active=form.is_active.data,
        actor_id=actor().id(),
        now=clock.now(),
    )
    db.commit()
    flash(_(N_("Đã lưu.")), "ok")
    return redirect(url_for("clubs.resource", resource_id=resource_id), 303)


@bp.post("/clb/nguon-luc/<int:resource_id>/gio")
@role("club")
def weekly_hours(resource_id: int) -> Page:
    """Set the weekly hours: ``from_0``…``to_6``."""
    form = forms.HoursForm.read()
    db = write_session()
    kept = _editable(db, resource_id)
    if not form.validate():
        return _resource_page(db, kept, hours=form), 422
    try:
        services.set_weekly_hours(
            db,
            resource_id=kept.id,
            hours=form.hours(),
            actor_id=actor().id(),
            now=clock.now(),
        )
    except Invalid as error:
        form.add_error(error)
        return _resource_page(db, kept, hours=form), 422
    db.commit()
    flash(_(N_("Đã lưu.")), "ok")
    return redirect(url_for("clubs.resource", resource_id=resource_id), 303)


@bp.post("/clb/nguon-luc/<int:resource_id>/ngay")
@role("club")
def exception(resource_id: int) -> Page:
    """A day away or with other hours: ``day``, ``from_time``, ``to_time``, ``note``."""
    form = forms.ExceptionForm.read()
    db = write_session()
    kept = _editable(db, resource_id)
    if not form.validate():
        return _resource_page(db, kept, day=form), 422
    try:
        services.set_exception(
            db,
            resource_id=kept.id,
            day=form.day.data,
            hours=form.hours(),
            note=form.note.data,
            actor_id=actor().id(),
            now=clock.now(),
        )
    except Invalid as error:
        form.add_error(error)
        return _resource_page(db, kept, day=form), 422
    db.commit()
    flash(_(N_("Đã lưu.")), "ok")
    return redirect(url_for("clubs.resource", resource_id=resource_id), 303)


# Staff


@bp.get("/can-bo/cau-lac-bo")
@role("staff")
def staff_queue() -> Page:
    """Clubs that wait for verification, and hosts whose identity nobody has checked."""
    return _staff_page(None)


def _staff_page(form: forms.DecisionForm | None) -> str:
    db = read_session()
    scope = staff_scope_of(actor())
    waiting = db.scalars(queries.waiting_clubs(scope).limit(100)).all()
    return render_template(
        "livestream/clubs/staff_queue.html",
        clubs=waiting,
        labels=rules.CLUB_LABELS,
        provinces={row.code: row.name for row in list_provinces(db)},
        hosts=queries.unchecked_hosts(db, scope),
        form=form,
    )


@bp.post("/can-bo/cau-lac-bo/<int:club_id>")
@role("staff")
def decide(club_id: int) -> Page:
    """Verify a club or refuse it: ``decision`` = verify | reject, ``note``."""
    form = forms.DecisionForm.read()
    if not form.validate():
        return _staff_page(form), 422
    db = write_session()
    require_staff(actor(), queries.get_club(db, club_id).province_code)
    try:
        services.decide_club(
            db,
            club_id=club_id,
            is_verified=form.decision.data == "verify",
            note=form.note.data,
            actor_id=actor().id(),
            now=clock.now(),
        )
    except (Invalid, Conflict) as error:
        db.rollback()
        status = _failed(form, error)
        return _staff_page(form), status
    db.commit()
    flash(_(N_("Đã ghi quyết định.")), "ok")
    return redirect(url_for("clubs.staff_queue"), 303)


@bp.post("/can-bo/nguoi-dan/<int:resource_id>")
@role("staff")
def check_identity(resource_id: int) -> Page:
    """Note that a host's identity has been seen."""
    db = write_session()
    host = db.get(Resource, resource_id)
    if host is None:
        raise NotFound
    require_staff(actor(), queries.get_club(db, host.owner_club_id).province_code)
    services.confirm_identity(db, resource_id=resource_id, actor_id=actor().id(), now=clock.now())
    db.commit()
    return redirect(url_for("clubs.staff_queue"), 303)


# Everyone


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
