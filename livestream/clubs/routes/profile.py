"""What the club says of itself, and its calendars."""

from flask import flash, redirect, render_template, request, url_for

from livestream.clubs import forms, services
from livestream.clubs.models import Club
from livestream.clubs.routes.base import Page, bp, chosen_club
from shop.core import clock
from shop.core.text import N_
from shop.places.queries import commune_options
from shop.web.access import actor, role
from shop.web.i18n import gettext as _
from shop.web.request import read_session, write_session


@bp.route("/clb/ho-so", methods=["GET", "POST"])
@role("club")
def profile() -> Page:
    """What the public page says, and the club's calendars."""
    if request.method == "GET":
        club = chosen_club(read_session())
        form = forms.ProfileForm(obj=club)
        _fill_communes(form, club)
        return render_template("livestream/clubs/profile.html", form=form, club=club)
    form = forms.ProfileForm.read()
    club = chosen_club(read_session(), manager=True)
    _fill_communes(form, club)
    if not form.validate():
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
        commune_code=form.commune_code.data or None,
        actor_id=actor().id(),
        now=clock.now(),
    )
    db.commit()
    flash(_(N_("Đã lưu.")), "ok")
    return redirect(url_for("clubs.profile", club_id=club.id), 303)


def _fill_communes(form: forms.ProfileForm, club: Club) -> None:
    found = commune_options(read_session(), club.province_code)
    form.commune_code.choices = [("", _(N_("Chưa chọn"))), *found]


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
