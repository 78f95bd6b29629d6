"""The run sheet: order and minutes, print, the order taker's screen."""

from flask import flash, redirect, render_template, request, url_for

from livestream.clubs.queries import get_club
from livestream.runsheets import forms, queries, services
from livestream.runsheets.pages import said
from livestream.runsheets.routes.frame import bp, is_priced_here, products_of
from livestream.runsheets.rules.points import SOURCE_LABELS
from livestream.runsheets.rules.sheet import ADDABLE, KIND_LABELS
from livestream.sessions import states
from livestream.sessions.models import LiveSession
from livestream.sessions.queries import find_variants
from livestream.sessions.routes.frame import Page, Space, seen_by_club, seen_by_staff
from livestream.sessions.services.deciding import papers_against
from shop.core import clock
from shop.core.errors import Conflict, DomainError, Invalid
from shop.core.text import N_
from shop.web.access import actor, role
from shop.web.errors import status_of
from shop.web.i18n import gettext as _
from shop.web.request import read_session, write_session

FOUND_PRODUCTS = 12
MAX_LOOKED_FOR = 60


def sheet_page(
    live: LiveSession,
    space: Space,
    *,
    status: int = 200,
    refused: DomainError | None = None,
    form: forms.SheetForm | None = None,
) -> Page:
    db, now = read_session(), clock.now()
    sheet = queries.load_sheet(db, live, now=now)
    looked_for = request.args.get("tim", "")[:MAX_LOOKED_FOR]
    can_edit = (
        space == "club"
        and actor().clubs.get(live.club_id) == "manager"
        and live.state in services.OPEN_STATES
    )
    page = render_template(
        "livestream/runsheets/sheet.html",
        frame=f"workspaces/{space}.html",
        space=space,
        live=live,
        club=get_club(db, live.club_id),
        sheet=sheet,
        products=products_of(sheet),
        form=form or forms.SheetForm(),
        kinds=KIND_LABELS,
        addable=ADDABLE,
        sources=SOURCE_LABELS,
        said=said,
        states=states,
        can_edit=can_edit,
        can_add=can_edit and is_priced_here(live),
        looked_for=looked_for,
        found=find_variants(db, looked_for, limit=FOUND_PRODUCTS),
        refused=refused,
        papers=papers_against(db, live, now=now),
        typed=request.form,
    )
    return page, status


@bp.get("/clb/phien/<public_id>/bang-chay")
@role("club")
def show(public_id: str) -> Page:
    """The run sheet of a session of the actor's club; ``tim`` looks for products to add."""
    return sheet_page(seen_by_club(read_session(), public_id), "club")


@bp.get("/can-bo/phien/<public_id>/bang-chay")
@role("staff")
def show_staff(public_id: str) -> Page:
    """The same for staff, to read what will be said."""
    return sheet_page(seen_by_staff(read_session(), public_id), "staff")


@bp.post("/clb/phien/<public_id>/bang-chay")
@role("club")
def save(public_id: str) -> Page:
    """Keep the sheet: ``part`` repeated in order, ``minutes_KEY``, ``title_KEY``, ``note_KEY``;
    ``step`` = ``up:KEY``, ``down:KEY``, ``drop:KEY``, ``add`` (``add_kind``, ``add_minutes``,
    ``add_item``) or ``fit``."""
    form = forms.SheetForm.read()
    if not form.validate():
        live = seen_by_club(read_session(), public_id, manager=True)
        return sheet_page(live, "club", status=422, refused=Invalid(), form=form)
    db = write_session()
    live = seen_by_club(db, public_id, manager=True)
    try:
        _save(public_id, form)
    except (Conflict, Invalid) as error:
        db.rollback()
        live = seen_by_club(read_session(), public_id)
        return sheet_page(live, "club", status=status_of(error), refused=error, form=form)
    db.commit()
    flash(_(N_("Đã lưu bảng chạy.")), "ok")
    return redirect(url_for(".show", public_id=public_id), 303)


def _save(public_id: str, form: forms.SheetForm) -> None:
    db, now, step = write_session(), clock.now(), forms.pressed()
    item_id = form.add_item.data if form.add_kind.data == "flash" else None
    services.save_sheet(
        db,
        public_id=public_id,
        wished=forms.typed_parts(),
        actor_id=actor().id(),
        now=now,
        version=form.version.data,
        move=step.move,
        drop=step.drop,
        add=(form.add_kind.data or "", form.add_minutes.data or 5, item_id)
        if step.is_adding
        else None,
    )
    if step.is_fitting:
        services.fit_sheet(db, public_id=public_id, actor_id=actor().id(), now=now)


@bp.get("/clb/phien/<public_id>/bang-chay/in")
@role("club")
def print_out(public_id: str) -> Page:
    """The sheet on paper (A4) or to keep on a phone where there is no network."""
    live = seen_by_club(read_session(), public_id)
    db, now = read_session(), clock.now()
    sheet = queries.load_sheet(db, live, now=now)
    return render_template(
        "livestream/runsheets/print.html",
        live=live,
        club=get_club(db, live.club_id),
        sheet=sheet,
        kinds=KIND_LABELS,
        said=said,
        now=now,
    )
