"""Steps about a session's place: wait, take or hand back an offer, swap, hand over, put right."""

from sqlalchemy.orm import Session

from livestream.bookings import forms, services
from livestream.bookings.routes.base import Page, bp
from livestream.sessions.forms import ReasonForm, VersionForm
from livestream.sessions.models import LiveSession
from livestream.sessions.queries import get_session
from livestream.sessions.routes.frame import bad_shape, do_step, hold_hours
from livestream.sessions.services import was_on_air
from shop.accounts.rules import require_club
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
    form = forms.SwapForm.read()
    if not form.validate():
        return bad_shape(public_id, "club", swap=form)

    def step(db: Session, live: LiveSession) -> None:
        other = get_session(db, str(form.other.data))
        require_club(actor(), other.club_id, manager=True)
        services.swap_sessions(
            db,
            first=live.public_id,
            second=other.public_id,
            actor_id=actor().id(),
            capacity="manager",
            now=clock.now(),
            viewer_clubs=actor().clubs.keys(),
        )

    return do_step(public_id, "club", step, said=N_("Hai phiên đã đổi giờ cho nhau."), swap=form)


@bp.post("/clb/phien/<public_id>/ban-giao")
@role("club")
def hand_over(public_id: str) -> Page:
    """Another host takes over: ``from_host``, ``to_host``, ``reason``."""
    form = forms.HandOverForm.read()
    if not form.validate():
        return bad_shape(public_id, "club", hand_over=form)

    def step(db: Session, live: LiveSession) -> None:
        services.hand_over(
            db,
            public_id=live.public_id,
            from_host=form.from_host.data or 0,
            to_host=form.to_host.data or 0,
            reason=form.reason.data or "",
            actor_id=actor().id(),
            now=clock.now(),
            viewer_clubs=actor().clubs.keys(),
        )

    said = N_("Đã đổi người dẫn.")
    return do_step(public_id, "club", step, said=said, hand_over=form)


@bp.post("/clb/phien/<public_id>/da-phat")
@role("club")
def put_right(public_id: str) -> Page:
    """It was on air after all, within a day: ``reason``."""
    form = ReasonForm.read()
    if not form.validate():
        return bad_shape(public_id, "club", reason=form)

    def step(db: Session, live: LiveSession) -> None:
        was_on_air(
            db,
            public_id=live.public_id,
            reason=form.reason.data or "",
            actor_id=actor().id(),
            now=clock.now(),
        )

    return do_step(public_id, "club", step, said=N_("Đã ghi là phiên có phát."))
