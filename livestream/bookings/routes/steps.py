"""Steps about a session's place: wait, take or hand back an offer, swap, hand over, put right."""

from sqlalchemy.orm import Session

from livestream.bookings import forms, services
from livestream.bookings.routes.base import Page, bp
from livestream.sessions.forms import ReasonForm, VersionForm
from livestream.sessions.models import LiveSession
from livestream.sessions.routes.frame import (
    Space,
    bad_shape,
    do_step,
    hold_hours,
    seen_by_club,
    seen_by_staff,
)
from livestream.sessions.services import record_absence, was_on_air
from shop.core import clock
from shop.core.text import N_
from shop.web.access import actor, role


@bp.post("/clb/phien/<public_id>/cho")
@role("club")
def wait(public_id: str) -> Page:
    """Let a draft wait for its time."""
    form = VersionForm.read()
    if not form.validate():
        return bad_shape(public_id, "club", version=form)

    def step(db: Session, live: LiveSession) -> None:
        services.join_queue(
            db,
            public_id=live.public_id,
            actor_id=actor().id(),
            now=clock.now(),
            version=form.version.data,
        )

    said = N_("Đã vào danh sách chờ. Khi có chỗ, bạn được báo và có 2 giờ để nhận.")
    return do_step(public_id, "club", step, said=said)


@bp.post("/clb/phien/<public_id>/roi-cho")
@role("club")
def stop_waiting(public_id: str) -> Page:
    """Leave the queue, or hand an offer back."""

    def step(db: Session, live: LiveSession) -> None:
        services.leave_queue(db, public_id=live.public_id, actor_id=actor().id(), now=clock.now())

    return do_step(public_id, "club", step, said=N_("Đã rời danh sách chờ."))


@bp.post("/clb/phien/<public_id>/nhan-cho")
@role("club")
def take_offer(public_id: str) -> Page:
    """Take what the waiting list offers."""

    def step(db: Session, live: LiveSession) -> None:
        services.take_offer(
            db,
            public_id=live.public_id,
            actor_id=actor().id(),
            now=clock.now(),
            hold_hours=hold_hours(),
        )

    return do_step(
        public_id, "club", step, said=N_("Đã nhận chỗ. Người sản xuất và cán bộ được hỏi ý kiến.")
    )


@bp.post("/clb/phien/<public_id>/doi-cho")
@role("club")
def swap(public_id: str) -> Page:
    """Change places with another session of the club: ``other``."""
    return _swap(public_id, "club")


@bp.post("/can-bo/phien/<public_id>/doi-cho")
@role("staff")
def staff_swap(public_id: str) -> Page:
    """Staff let two sessions of their provinces change places: ``other``."""
    return _swap(public_id, "staff")


@bp.post("/clb/phien/<public_id>/ban-giao")
@role("club")
def hand_over(public_id: str) -> Page:
    """Another host takes over: ``from_host``, ``to_host``, ``reason``."""
    return _hand_over(public_id, "club")


@bp.post("/can-bo/phien/<public_id>/ban-giao")
@role("staff")
def staff_hand_over(public_id: str) -> Page:
    """Staff give a session to another host of its club."""
    return _hand_over(public_id, "staff")


@bp.post("/clb/phien/<public_id>/vang-mat")
@role("club")
def absence(public_id: str) -> Page:
    """Somebody did not come: ``who``, ``reason``, ``is_off`` when nothing went on air."""
    return _absence(public_id, "club")


@bp.post("/can-bo/phien/<public_id>/vang-mat")
@role("staff")
def staff_absence(public_id: str) -> Page:
    """The same, seen by staff."""
    return _absence(public_id, "staff")


@bp.post("/clb/phien/<public_id>/da-phat")
@role("club")
def put_right(public_id: str) -> Page:
    """It was on air after all, within a day: ``reason``."""
    return _put_right(public_id, "club")


@bp.post("/can-bo/phien/<public_id>/da-phat")
@role("staff")
def staff_put_right(public_id: str) -> Page:
    """The same, known to staff."""
    return _put_right(public_id, "staff")


def _seen_in(db: Session, public_id: str, space: Space) -> LiveSession:
    """A session the actor may change in this space. Raises NotFound, NotAllowed."""
    if space == "staff":
        return seen_by_staff(db, public_id)
    return seen_by_club(db, public_id, manager=True)


def _swap(public_id: str, space: Space) -> Page:
    form = forms.SwapForm.read()
    if not form.validate():
        return bad_shape(public_id, space, swap=form)

    def step(db: Session, live: LiveSession) -> None:
        other = _seen_in(db, str(form.other.data), space)
        services.swap_sessions(
            db,
            first=live.public_id,
            second=other.public_id,
            actor_id=actor().id(),
            capacity="staff" if space == "staff" else "manager",
            now=clock.now(),
            viewer_clubs=actor().clubs.keys(),
        )

    return do_step(public_id, space, step, said=N_("Hai phiên đã đổi giờ cho nhau."), swap=form)


def _hand_over(public_id: str, space: Space) -> Page:
    form = forms.HandOverForm.read()
    if not form.validate():
        return bad_shape(public_id, space, hand_over=form)

    def step(db: Session, live: LiveSession) -> None:
        services.hand_over(
            db,
            public_id=live.public_id,
            from_host=form.from_host.data or 0,
            to_host=form.to_host.data or 0,
            reason=form.reason.data or "",
            actor_id=actor().id(),
            capacity="staff" if space == "staff" else "manager",
            now=clock.now(),
            viewer_clubs=actor().clubs.keys(),
        )

    said = N_("Đã đổi người dẫn.")
    return do_step(public_id, space, step, said=said, hand_over=form)


def _absence(public_id: str, space: Space) -> Page:
    form = forms.AbsenceForm.read()
    if not form.validate():
        return bad_shape(public_id, space, absence=form)

    def step(db: Session, live: LiveSession) -> None:
        record_absence(
            db,
            public_id=live.public_id,
            absent=form.absent(),
            reason=form.reason.data or "",
            is_off=form.is_off.data,
            actor_id=actor().id(),
            now=clock.now(),
        )

    return do_step(public_id, space, step, said=N_("Đã ghi vắng mặt."), absence=form)


def _put_right(public_id: str, space: Space) -> Page:
    form = ReasonForm.read()
    if not form.validate():
        return bad_shape(public_id, space, reason=form)

    def step(db: Session, live: LiveSession) -> None:
        was_on_air(
            db,
            public_id=live.public_id,
            reason=form.reason.data or "",
            actor_id=actor().id(),
            now=clock.now(),
        )

    return do_step(public_id, space, step, said=N_("Đã ghi là phiên có phát."))
