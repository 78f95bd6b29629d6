"""The club enters how a session went, looks at plan against actual, and settles it."""

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from livestream.onair.queries import channels_of
from livestream.results import services
from livestream.results.forms import CloseForm, FiguresForm, FileForm, item_figures
from livestream.results.queries.settlements import statements_of
from livestream.results.queries.sheets import result_sheet
from livestream.results.queries.timing import actual_minutes, stretch_rows
from livestream.results.routes.frame import WORDS, Page, bp, club_session
from livestream.results.rules.settling import NotOver
from livestream.results.services.figures import typed_of
from livestream.results.services.parts import OVER
from livestream.runsheets.rules.sheet import KIND_LABELS
from livestream.sessions.models import LiveSession
from shop.core import clock
from shop.core.errors import Conflict, DomainError, Invalid
from shop.core.text import N_
from shop.web.access import actor, role
from shop.web.errors import status_of
from shop.web.i18n import gettext as _
from shop.web.request import read_session, write_session


def channel_options(db: Session, live: LiveSession) -> list[tuple[str, str]]:
    """The session's channel accounts for a pick list."""
    return [(str(one.id), one.name) for one in channels_of(db, live.id)]


def result_page(
    live: LiveSession,
    *,
    form: FiguresForm | None = None,
    refused: DomainError | None = None,
    status: int = 200,
) -> Page:
    """A session's result, with what was typed kept when something was refused."""
    db = read_session()
    live = club_session(db, live.public_id)
    if live.state not in OVER:
        raise NotOver
    sheet = result_sheet(db, live)
    statements = statements_of(db, session_id=live.id)
    disputed = {one.producer.id for one in statements if one.settlement.state == "disputed"}
    page = render_template(
        "livestream/results/result.html",
        live=live,
        sheet=sheet,
        form=form or FiguresForm(obj=sheet.result),
        file_form=FileForm().offer(channel_options(db, live)),
        typed={row.item.id: typed_of(row) for row in sheet.items},
        posted=request.form if form else {},
        refused=refused,
        statements=statements,
        disputed=disputed,
        minutes=actual_minutes(db, live),
        stretches=stretch_rows(db, live),
        kinds=KIND_LABELS,
        is_manager=actor().clubs.get(live.club_id) == "manager",
        **WORDS,
    )
    return page, status


@bp.get("/clb/phien/<public_id>/ket-qua")
@role("club")
def show(public_id: str) -> Page:
    """Plan against actual, product by product."""
    return result_page(club_session(read_session(), public_id))


@bp.post("/clb/phien/<public_id>/ket-qua")
@role("club")
def save(public_id: str) -> Page:
    """Keep the typed figures."""
    form = FiguresForm.read()
    live = club_session(read_session(), public_id, manager=True)
    if not form.validate():
        return result_page(live, form=form, refused=Invalid(), status=422)
    ids = [row.item.id for row in result_sheet(read_session(), live).items]
    db = write_session()
    try:
        services.save_figures(
            db,
            live=club_session(db, public_id, manager=True),
            figures=form.figures(),
            items=item_figures(request.form.to_dict(), ids),
            actor_id=actor().id(),
            now=clock.now(),
        )
    except (Conflict, Invalid) as error:
        db.rollback()
        return result_page(live, form=form, refused=error, status=status_of(error))
    db.commit()
    flash(_(N_("Đã lưu kết quả.")), "ok")
    return redirect(url_for(".show", public_id=public_id), 303)


@bp.post("/clb/phien/<public_id>/ket-qua/chot")
@role("club")
def close(public_id: str) -> Page:
    """Settle the session: figures become final and each producer gets a statement."""
    form = CloseForm.read()
    live = club_session(read_session(), public_id, manager=True)
    if not form.validate():
        return result_page(live, refused=Invalid(), status=422)
    db = write_session()
    club_session(db, public_id, manager=True)
    try:
        services.close_result(
            db,
            public_id=public_id,
            takes_stock=bool(form.takes_stock.data),
            actor_id=actor().id(),
            now=clock.now(),
            version=form.version.data,
        )
    except (Conflict, Invalid) as error:
        db.rollback()
        return result_page(live, refused=error, status=status_of(error))
    db.commit()
    flash(_(N_("Đã đối soát phiên và gửi bảng quyết toán cho người sản xuất.")), "ok")
    return redirect(url_for(".show", public_id=public_id), 303)
