"""Slot templates of a club, and the sessions of coming weeks made from one."""

import secrets
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from flask import flash, redirect, render_template, url_for
from sqlalchemy.orm import Session

from livestream.bookings import forms, services
from livestream.bookings.models import SlotTemplate
from livestream.bookings.routes.base import Page, bp
from livestream.bookings.services.repeating import (
    get_template,
    resources_of_templates,
    templates_of,
)
from livestream.clubs.models import Club
from livestream.clubs.queries import clubs_of, resources_of
from livestream.clubs.routes.base import chosen_club
from livestream.clubs.rules import RESOURCE_LABELS, WEEKDAYS, clock_text
from livestream.sessions.forms import aware, chosen_ids
from livestream.sessions.routes.frame import fill_choices, hold_hours
from shop.core import clock
from shop.core.errors import Conflict, DomainError, Invalid, NotAllowed
from shop.core.text import N_
from shop.web.access import actor, role
from shop.web.errors import status_of
from shop.web.forms import Form
from shop.web.i18n import ngettext
from shop.web.request import read_session, write_session


def _page(
    club: Club | None = None,
    *,
    status: int = 200,
    form: forms.TemplateForm | None = None,
    series: forms.SeriesForm | None = None,
    template_id: int = 0,
    refused: DomainError | None = None,
    booked: Any = None,
) -> Page:
    db = read_session()
    club = club or chosen_club(db)
    usable = resources_of(db, club.id, active_only=True)
    templates = templates_of(db, club.id)
    taken = resources_of_templates(db, [one.id for one in templates])
    by_id = {row.resource.id: row.resource for row in usable}
    form = form or forms.TemplateForm()
    fill_choices(form, usable)
    page = render_template(
        "livestream/bookings/templates.html",
        club=club,
        clubs=clubs_of(db, actor().clubs.keys()),
        is_manager=actor().clubs.get(club.id) == "manager",
        rows=[
            (
                one,
                [by_id[key] for key in taken.get(one.id, ()) if key in by_id],
                series if series and one.id == template_id else _series_form(one),
            )
            for one in templates
        ],
        form=form,
        open_id=template_id,
        refused=refused,
        booked=booked,
        missed=getattr(refused, "missed", ()) or getattr(booked, "missed", ()),
        weekdays=WEEKDAYS,
        clock_text=clock_text,
        labels=RESOURCE_LABELS,
    )
    return page, status


def _series_form(template: SlotTemplate) -> forms.SeriesForm:
    today = clock.today_vn(clock.now())
    ahead = (template.weekday - today.weekday()) % 7 or 7
    return forms.SeriesForm(
        data={
            "title": template.name,
            "first_day": today + timedelta(days=ahead),
            "weeks": 4,
            "taken": "free",
            "submit_key": secrets.token_urlsafe(16),
        }
    )


@bp.get("/clb/phien/khung-gio")
@role("club")
def slot_templates() -> Page:
    """A club's usual slots, and booking several weeks from one."""
    return _page()


@bp.post("/clb/phien/khung-gio")
@role("club")
def save_template() -> Page:
    """Keep a usual slot: ``name``, ``weekday``, ``start``, ``minutes``, resources."""
    reading = read_session()
    club = chosen_club(reading, manager=True)
    form = forms.TemplateForm.read()
    fill_choices(form, resources_of(reading, club.id, active_only=True))
    if not form.validate():
        return _page(club, status=422, form=form)
    db = write_session()
    try:
        services.save_template(
            db,
            club_id=club.id,
            name=form.name.data or "",
            weekday=int(form.weekday.data),
            start_minute=form.start_minute(),
            minutes=form.minutes.data or 0,
            resources=_chosen(form),
            actor_id=actor().id(),
            now=clock.now(),
        )
    except (Conflict, Invalid) as error:
        db.rollback()
        form.add_error(error)
        return _page(club, status=status_of(error), form=form)
    db.commit()
    return redirect(url_for("bookings.slot_templates", club_id=club.id), 303)


def _chosen(form: Form) -> dict[str, Sequence[int]]:
    return {kind: chosen_ids(form[f"{kind}_id"]) for kind in ("host", "channel", "studio", "kit")}


@bp.post("/clb/phien/khung-gio/<int:template_id>/bo")
@role("club")
def drop_template(template_id: int) -> Page:
    """Forget a usual slot."""
    db = write_session()
    club = chosen_club(db, manager=True)
    services.drop_template(db, club_id=club.id, template_id=template_id)
    db.commit()
    return redirect(url_for("bookings.slot_templates", club_id=club.id), 303)


@bp.post("/clb/phien/khung-gio/<int:template_id>/dat")
@role("club")
def book_series(template_id: int) -> Page:
    """Book several weeks: ``title``, ``title_en``, ``first_day``, ``weeks``, ``taken`` = free or
    all."""
    form = forms.SeriesForm.read()
    reading = read_session()
    club = chosen_club(reading, manager=True)
    get_template(reading, club.id, template_id)
    if not form.validate():
        return _page(club, status=422, series=form, template_id=template_id)
    db = write_session()
    try:
        booked = _book(db, club.id, template_id, form)
    except (Conflict, Invalid, NotAllowed) as error:
        db.rollback()
        form.add_error(error)
        status = status_of(error)
        return _page(club, status=status, series=form, template_id=template_id, refused=error)
    number = len(booked.session_ids)
    db.commit()
    words = ngettext("Đã đề xuất %(num)s phiên.", "Đã đề xuất %(num)s phiên.", number)
    if booked.missed:
        return _page(club, template_id=template_id, booked=booked)
    flash(words, "ok")
    return redirect(url_for("bookings.club_week", club_id=club.id, tuan=form.first_day.data), 303)


def _book(db: Session, club_id: int, template_id: int, form: forms.SeriesForm) -> services.Booked:
    template = get_template(db, club_id, template_id)
    taken = resources_of_templates(db, [template.id]).get(template.id, [])
    kinds: dict[str, Sequence[int]] = {
        kind: [
            row.resource.id
            for row in resources_of(db, club_id)
            if row.resource.kind == kind and row.resource.id in taken
        ]
        for kind in RESOURCE_LABELS
    }
    hour, minute = divmod(template.start_minute, 60)
    return services.book_series(
        db,
        club_id=club_id,
        title=form.title.data or template.name,
        title_en=form.title_en.data or None,
        first=aware(_first(form, time(hour, minute))),
        weeks=form.weeks.data or 1,
        minutes=template.minutes,
        resources=kinds,
        taken=form.taken.data,
        submit_key=form.submit_key.data or "",
        actor_id=actor().id(),
        now=clock.now(),
        hold_hours=hold_hours(),
        viewer_clubs=actor().clubs.keys(),
    )


def _first(form: forms.SeriesForm, at: time) -> datetime:
    day = form.first_day.data
    if day is None:
        raise Invalid(N_("Chọn ngày bắt đầu."), field="first_day")
    return datetime.combine(day, at)
