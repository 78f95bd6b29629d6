"""One session of the club: its page, the handshake, its time, its words."""

from sqlalchemy.orm import Session

from livestream.sessions import forms, services
from livestream.sessions.models import LiveSession
from livestream.sessions.routes.frame import (
    Page,
    bad_shape,
    bp,
    do_step,
    hold_hours,
    seen_by_club,
    session_page,
)
from livestream.sessions.routes.steps import cancel_step, confirm_step, move_step, read_move_form
from shop.core import clock
from shop.core.text import N_
from shop.web.access import actor, role
from shop.web.request import read_session


@bp.get("/clb/phien/<public_id>")
@role("club")
def club_session(public_id: str) -> Page:
    """Everything about one session of the actor's club."""
    return session_page(seen_by_club(read_session(), public_id), "club")


@bp.post("/clb/phien/<public_id>/de-xuat")
@role("club")
def propose(public_id: str) -> Page:
    """Propose a draft."""
    form = forms.VersionForm.read()
    if not form.validate():
        return bad_shape(public_id, "club", version=form)

    def step(db: Session, live: LiveSession) -> None:
        services.propose_session(
            db,
            public_id=live.public_id,
            actor_id=actor().id(),
            now=clock.now(),
            hold_hours=hold_hours(),
            version=form.version.data,
            viewer_clubs=actor().clubs.keys(),
        )

    return do_step(public_id, "club", step, said=N_("Đã đề xuất và giữ chỗ."))


@bp.post("/clb/phien/<public_id>/rut")
@role("club")
def withdraw(public_id: str) -> Page:
    """Take a proposal back."""
    form = forms.VersionForm.read()
    if not form.validate():
        return bad_shape(public_id, "club", version=form)

    def step(db: Session, live: LiveSession) -> None:
        services.withdraw_proposal(
            db,
            public_id=live.public_id,
            actor_id=actor().id(),
            now=clock.now(),
            version=form.version.data,
        )

    return do_step(public_id, "club", step, said=N_("Đã rút về bản nháp."))


@bp.post("/clb/phien/<public_id>/chot")
@role("club")
def confirm(public_id: str) -> Page:
    """A second manager makes an ordinary session firm."""
    form = forms.VersionForm.read()
    if not form.validate():
        return bad_shape(public_id, "club", version=form)
    return do_step(public_id, "club", confirm_step(form, "manager"), said=N_("Phiên đã chốt."))


@bp.post("/clb/phien/<public_id>/huy")
@role("club")
def cancel(public_id: str) -> Page:
    """Call a session off: ``reason``."""
    form = forms.ReasonForm.read()
    if not form.validate():
        return bad_shape(public_id, "club", reason=form)
    return do_step(public_id, "club", cancel_step(form), said=N_("Phiên đã hủy."))


@bp.post("/clb/phien/<public_id>/doi-gio")
@role("club")
def move(public_id: str) -> Page:
    """Move a session: ``starts_at``, ``minutes`` and the resources' ids as in the new form."""
    form = read_move_form(public_id)
    if not form.validate():
        return bad_shape(public_id, "club", move=form)
    said = N_("Đã đổi giờ.")
    return do_step(public_id, "club", move_step(form, "manager"), said=said, move=form)


@bp.post("/clb/phien/<public_id>/sua")
@role("club")
def change_words(public_id: str) -> Page:
    """Change title, link and words."""
    form = forms.WordsForm.read()
    if not form.validate():
        return bad_shape(public_id, "club", words=form)

    def step(db: Session, live: LiveSession) -> None:
        services.change_session(
            db,
            public_id=live.public_id,
            title=form.title.data,
            title_en=form.title_en.data or None,
            about=form.about.data,
            watch_url=forms.check_link(form.watch_url.data),
            actor_id=actor().id(),
            now=clock.now(),
            version=form.version.data,
        )

    return do_step(public_id, "club", step, said=N_("Đã lưu."), words=form)
