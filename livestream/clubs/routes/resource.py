"""One host, channel, studio or kit: name, buffers, hours, days off."""

from flask import flash, redirect, render_template, request, url_for
from markupsafe import Markup
from sqlalchemy.orm import Session

from livestream.clubs import forms, queries, rules, services
from livestream.clubs.models import Resource
from livestream.clubs.policies import policy_of
from livestream.clubs.routes.base import Page, bp
from livestream.clubs.slots import RESOURCE_PANELS
from shop.core import clock
from shop.core.errors import Invalid, NotFound
from shop.core.text import N_
from shop.web.access import actor, role
from shop.web.forms import Form
from shop.web.i18n import gettext as _
from shop.web.request import read_session, write_session


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
    now = clock.now()
    today = clock.today_vn(now)
    weekly = queries.weekly_hours(db, resource.id)
    return render_template(
        "livestream/clubs/resource.html",
        resource=resource,
        is_keeper=actor().clubs.get(resource.owner_club_id) == "manager",
        form=filled.get("form")
        or forms.ResourceForm(
            obj=resource, data={"meets_requirements": resource.requirements_met_at is not None}
        ),
        policy=policy_of(resource.platform) if resource.kind == "channel" else None,
        hours_form=filled.get("hours") or forms.HoursForm(data=forms.hours_data(weekly)),
        day_form=filled.get("day") or forms.ExceptionForm(),
        exceptions=queries.exceptions_of(db, resource.id, since=today),
        labels=rules.RESOURCE_LABELS,
        clock_text=rules.clock_text,
        panels=[
            Markup(render_template(panel.template, **panel.context))  # noqa: S704
            for panel in RESOURCE_PANELS.collect(db, resource.id, now)
        ],
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
        meets_requirements=form.meets_requirements.data,
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


@bp.post("/clb/nguon-luc/<int:resource_id>/ngay/bo")
@role("club")
def drop_exception(resource_id: int) -> Page:
    """The usual hours hold again on ``day``."""
    form = forms.DayForm.read()
    db = write_session()
    kept = _editable(db, resource_id)
    if not form.validate():
        raise Invalid(N_("Chọn một ngày trong danh sách."))
    services.drop_exception(
        db, resource_id=kept.id, day=form.day.data, actor_id=actor().id(), now=clock.now()
    )
    db.commit()
    flash(_(N_("Đã bỏ ngày này.")), "ok")
    return redirect(url_for("clubs.resource", resource_id=resource_id), 303)
