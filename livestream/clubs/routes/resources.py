"""Everything the club uses, and its people: one page with its forms."""

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from livestream.clubs import forms, queries, rules, services
from livestream.clubs.models import Club
from livestream.clubs.routes.base import Page, bp, chosen_club, failed
from shop.accounts.queries import members_of
from shop.core import clock
from shop.core.errors import Conflict, DomainError, Invalid, NotAllowed
from shop.core.text import N_
from shop.web.access import actor, role
from shop.web.errors import status_of
from shop.web.forms import Form
from shop.web.i18n import gettext as _
from shop.web.i18n import say
from shop.web.request import read_session, write_session


def _resources_page(
    status: int = 200,
    club: Club | None = None,
    refused: DomainError | None = None,
    **filled: Form,
) -> tuple[str, int]:
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
        refused=say(refused) if refused else "",
        me=actor().person_id,
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
        return _resources_page(failed(form, error), channel=form)
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
    try:
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
    except Conflict as error:
        db.rollback()
        return _resources_page(failed(form, error), place=form)
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
        return _resources_page(failed(form, error), code=form)
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


@bp.post("/clb/nguon-luc/thanh-vien/<int:person_id>/bo")
@role("club")
def leave_club(person_id: int) -> Page:
    """A manager takes a person out of the club, or somebody goes by themselves."""
    db = write_session()
    club = chosen_club(db)
    try:
        services.leave_club(
            db, club_id=club.id, person_id=person_id, actor_id=actor().id(), now=clock.now()
        )
    except (Conflict, NotAllowed) as error:
        db.rollback()
        return _resources_page(status_of(error), club, refused=error)
    db.commit()
    if person_id == actor().person_id:
        flash(_(N_("Bạn đã rời câu lạc bộ.")), "ok")
        return redirect(url_for("clubs.home"), 303)
    flash(_(N_("Đã đưa người này ra khỏi câu lạc bộ.")), "ok")
    return redirect(url_for("clubs.resources", club_id=club.id), 303)
