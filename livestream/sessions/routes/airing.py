"""On air, and off it again."""

from sqlalchemy.orm import Session

from livestream.sessions import forms, services
from livestream.sessions.models import LiveSession
from livestream.sessions.routes.frame import Page, bad_shape, bp, do_step
from livestream.sessions.routes.steps import stop_step
from shop.core import clock
from shop.core.text import N_
from shop.web.access import actor, role


@bp.post("/clb/phien/<public_id>/len-song")
@role("club")
def go_live(public_id: str) -> Page:
    """Start: for everyone of the club."""

    def step(db: Session, live: LiveSession) -> None:
        services.go_live(db, public_id=live.public_id, actor_id=actor().id(), now=clock.now())

    said = N_("Đang lên sóng.")
    return do_step(public_id, "club", step, said=said, manager=False, onward="/len-song")


@bp.post("/clb/phien/<public_id>/ket-thuc")
@role("club")
def end(public_id: str) -> Page:
    """End."""

    def step(db: Session, live: LiveSession) -> None:
        services.end_session(db, public_id=live.public_id, actor_id=actor().id(), now=clock.now())

    return do_step(public_id, "club", step, said=N_("Phiên đã kết thúc."), manager=False)


@bp.post("/clb/phien/<public_id>/dung")
@role("club")
def stop(public_id: str) -> Page:
    """Stop at once: ``reason``."""
    form = forms.ReasonForm.read()
    if not form.validate():
        return bad_shape(public_id, "club", reason=form)
    step = stop_step(form)
    return do_step(public_id, "club", step, said=N_("Phiên đã dừng."), manager=False)
