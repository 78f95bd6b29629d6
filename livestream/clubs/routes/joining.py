"""Becoming part of it: a club registers, a person answers an invitation."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from livestream.clubs import forms, queries, rules, services
from livestream.clubs.routes.base import Page, bp
from shop.accounts.models import Person
from shop.core import clock
from shop.core.errors import Invalid
from shop.core.text import N_
from shop.places.queries import get_province, list_provinces
from shop.web.access import actor, signed_in
from shop.web.i18n import gettext as _
from shop.web.request import read_session, write_session
from shop.web.workspaces import CLUB_TODO


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
