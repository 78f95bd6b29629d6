"""Staff verify clubs and hosts."""

from flask import flash, redirect, render_template, url_for

from livestream.clubs import forms, queries, rules, services
from livestream.clubs.models import Resource
from livestream.clubs.routes.base import Page, bp, failed
from shop.accounts.rules import require_staff, staff_scope_of
from shop.core import clock
from shop.core.errors import Conflict, Invalid, NotFound
from shop.core.text import N_
from shop.places.queries import list_provinces
from shop.web.access import actor, role
from shop.web.i18n import gettext as _
from shop.web.request import read_session, write_session


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
        status = failed(form, error)
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
