"""The run sheet: order and minutes, words for products, print, the order taker's screen."""

from flask import Blueprint, flash, redirect, render_template, request, url_for

from livestream.clubs.queries import get_club
from livestream.runsheets import forms, queries, services
from livestream.runsheets.queries import Line, Sheet
from livestream.runsheets.rules.points import SOURCE_LABELS
from livestream.runsheets.rules.sheet import ADDABLE, KIND_LABELS
from livestream.sessions import states
from livestream.sessions.models import LiveSession
from livestream.sessions.queries import item_rows
from livestream.sessions.routes.frame import Page, Space, seen_by_club, seen_by_staff
from shop.core import clock
from shop.core.clock import today_vn
from shop.core.errors import Conflict, DomainError, Invalid, NotFound
from shop.core.text import N_
from shop.web.access import actor, role
from shop.web.errors import status_of
from shop.web.i18n import gettext as _
from shop.web.request import read_session, write_session

bp = Blueprint("runsheets", __name__)


def _page(
    live: LiveSession,
    space: Space,
    *,
    status: int = 200,
    refused: DomainError | None = None,
    form: forms.SheetForm | None = None,
) -> Page:
    db, now = read_session(), clock.now()
    sheet = queries.load_sheet(db, live, now=now)
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
        products=_products(sheet),
        form=form or forms.SheetForm(),
        kinds=KIND_LABELS,
        addable=ADDABLE,
        sources=SOURCE_LABELS,
        states=states,
        can_edit=can_edit,
        refused=refused,
        typed=request.form,
    )
    return page, status


def _products(sheet: Sheet) -> list[Line]:
    return [line for line in sheet.lines if line.part.kind == "product"]


@bp.get("/clb/phien/<public_id>/bang-chay")
@role("club")
def show(public_id: str) -> Page:
    """The run sheet of a session of the actor's club."""
    return _page(seen_by_club(read_session(), public_id), "club")


@bp.get("/can-bo/phien/<public_id>/bang-chay")
@role("staff")
def show_staff(public_id: str) -> Page:
    """The same for staff, to read what will be said."""
    return _page(seen_by_staff(read_session(), public_id), "staff")


@bp.post("/clb/phien/<public_id>/bang-chay")
@role("club")
def save(public_id: str) -> Page:
    """Keep the sheet: ``part`` repeated in order, ``minutes_KEY``, ``title_KEY``, ``note_KEY``;
    ``step`` = ``up:KEY``, ``down:KEY``, ``drop:KEY``, ``add`` (``add_kind``, ``add_minutes``,
    ``add_item``) or ``fit``."""
    form = forms.SheetForm.read()
    if not form.validate():
        live = seen_by_club(read_session(), public_id, manager=True)
        return _page(live, "club", status=422, refused=Invalid(), form=form)
    db = write_session()
    live = seen_by_club(db, public_id, manager=True)
    try:
        _save(public_id, form)
    except (Conflict, Invalid) as error:
        db.rollback()
        live = seen_by_club(read_session(), public_id)
        return _page(live, "club", status=status_of(error), refused=error, form=form)
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


@bp.get("/clb/phien/<public_id>/bang-chay/<int:item_id>")
@role("club")
def words(public_id: str, item_id: int) -> Page:
    """One product of the sheet: what may be said, and the host's own words."""
    live = seen_by_club(read_session(), public_id)
    return _words_page(live, item_id)


def _words_page(
    live: LiveSession,
    item_id: int,
    *,
    form: forms.WordsForm | None = None,
    status: int = 200,
    refused: DomainError | None = None,
) -> Page:
    db, now = read_session(), clock.now()
    item = queries.get_item(db, live, item_id)
    row = next(one for one in item_rows(db, live.id, now=now) if one.item.id == item_id)
    script = queries.scripts_of(db, [item_id]).get(item_id)
    good, gone = queries.points_of(db, [item], on=today_vn(live.ends_at), now=now)[item_id]
    typed = form.words.data if form else (script.words if script else "")
    page = render_template(
        "livestream/runsheets/words.html",
        live=live,
        item=item,
        row=row,
        points=good,
        gone=gone,
        left_out=set(script.left_out) if script else set(),
        form=form or forms.WordsForm(data={"words": typed}),
        remarks=queries.words_to_reconsider(db, live, words=typed or "", stars=row.sale.stars),
        window=queries.windows_of(db, [item_id]).get(item_id),
        sources=SOURCE_LABELS,
        policies=queries.policies_of(db, live),
        can_edit=live.state in services.OPEN_STATES,
        refused=refused,
    )
    return page, status


@bp.post("/clb/phien/<public_id>/bang-chay/<int:item_id>")
@role("club")
def save_words(public_id: str, item_id: int) -> Page:
    """Keep the words for a product: ``words``, and ``keep`` repeated: points on the sheet.

    Hosts write too: they are the ones who say it.
    """
    form = forms.WordsForm.read()
    if not form.validate():
        live = seen_by_club(read_session(), public_id)
        return _words_page(live, item_id, form=form, status=422, refused=Invalid())
    db, now = write_session(), clock.now()
    live = seen_by_club(db, public_id)
    item = queries.get_item(db, live, item_id)
    good, _gone = queries.points_of(db, [item], on=today_vn(live.ends_at), now=now)[item_id]
    kept = set(request.form.getlist("keep"))
    try:
        services.save_words(
            db,
            public_id=public_id,
            item_id=item_id,
            words=form.words.data,
            left_out=[point.key for point in good if point.key not in kept],
            actor_id=actor().id(),
            now=now,
        )
    except Conflict as error:
        db.rollback()
        live = seen_by_club(read_session(), public_id)
        return _words_page(live, item_id, form=form, status=409, refused=error)
    db.commit()
    flash(_(N_("Đã lưu lời dẫn.")), "ok")
    return redirect(url_for(".words", public_id=public_id, item_id=item_id), 303)


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
        now=now,
    )


@bp.get("/clb/phien/<public_id>/man-hinh-2")
@role("club")
def second_screen(public_id: str) -> Page:
    """For whoever takes orders: codes, prices as they are now, what is left."""
    live = seen_by_club(read_session(), public_id)
    if live.state in {"draft", "expired", "cancelled"}:
        raise NotFound
    db, now = read_session(), clock.now()
    rows = item_rows(db, live.id, now=now)
    return render_template(
        "livestream/runsheets/second_screen.html",
        live=live,
        rows=rows,
        windows=queries.windows_of(db, [row.item.id for row in rows]),
        vouchers=queries.vouchers_of(db, live),
        policies=queries.policies_of(db, live),
        now=now,
    )
