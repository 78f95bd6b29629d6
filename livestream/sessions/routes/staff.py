"""Staff's queue: what clubs propose, what stands against it, the decision."""

from flask import render_template, url_for
from sqlalchemy import true
from sqlalchemy.orm import Session

from livestream.clubs.models import Club
from livestream.sessions import forms, services
from livestream.sessions.models import LiveSession
from livestream.sessions.routes.desks import desk_lists
from livestream.sessions.routes.frame import (
    Page,
    bad_shape,
    bp,
    do_step,
    seen_by_staff,
    session_page,
)
from livestream.sessions.routes.steps import (
    cancel_step,
    confirm_step,
    move_step,
    read_move_form,
    stop_step,
)
from shop.accounts.rules import staff_scope_of
from shop.core import clock
from shop.core.text import N_
from shop.web.access import actor, role
from shop.web.request import read_session


@bp.get("/can-bo/phien")
@role("staff")
def staff_queue() -> Page:
    """What is on air in the actor's provinces, what waits, and what is coming."""
    scope = staff_scope_of(actor())
    clubs = true() if scope is None else Club.province_code.in_(scope)
    return render_template(
        "livestream/sessions/staff_queue.html",
        **desk_lists(read_session(), clubs, url_for(".staff_queue")),
    )


@bp.get("/can-bo/phien/<public_id>")
@role("staff")
def staff_session(public_id: str) -> Page:
    """Everything about one session of the actor's provinces."""
    return session_page(seen_by_staff(read_session(), public_id), "staff")


@bp.post("/can-bo/phien/<public_id>/chot")
@role("staff")
def staff_confirm(public_id: str) -> Page:
    """Make a proposal firm."""
    form = forms.VersionForm.read()
    if not form.validate():
        return bad_shape(public_id, "staff", version=form)
    return do_step(public_id, "staff", confirm_step(form, "staff"), said=N_("Phiên đã chốt."))


@bp.post("/can-bo/phien/<public_id>/bo-qua")
@role("staff")
def staff_override(public_id: str) -> Page:
    """Let a warning pass by name: ``rule``, ``reason``."""
    form = forms.OverrideForm.read()
    if not form.validate():
        return bad_shape(public_id, "staff", override=form)

    def step(db: Session, live: LiveSession) -> None:
        services.override_warning(
            db,
            public_id=live.public_id,
            rule=form.rule.data,
            reason=form.reason.data,
            actor_id=actor().id(),
            now=clock.now(),
        )

    return do_step(public_id, "staff", step, said=N_("Đã ghi tên và lý do."))


@bp.post("/can-bo/phien/<public_id>/huy")
@role("staff")
def staff_cancel(public_id: str) -> Page:
    """Call a session off: ``reason``."""
    form = forms.ReasonForm.read()
    if not form.validate():
        return bad_shape(public_id, "staff", reason=form)
    return do_step(public_id, "staff", cancel_step(form), said=N_("Phiên đã hủy."))


@bp.post("/can-bo/phien/<public_id>/doi-gio")
@role("staff")
def staff_move(public_id: str) -> Page:
    """Move a session, firm ones too."""
    form = read_move_form(public_id)
    if not form.validate():
        return bad_shape(public_id, "staff", move=form)
    said = N_("Đã đổi giờ.")
    return do_step(public_id, "staff", move_step(form, "staff"), said=said, move=form)


@bp.post("/can-bo/phien/<public_id>/dung")
@role("staff")
def staff_stop(public_id: str) -> Page:
    """Stop a live session at once: ``reason``."""
    form = forms.ReasonForm.read()
    if not form.validate():
        return bad_shape(public_id, "staff", reason=form)
    return do_step(public_id, "staff", stop_step(form), said=N_("Phiên đã dừng."))
