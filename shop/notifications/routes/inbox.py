"""The inbox, and what a person wants by mail."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shop.core import clock
from shop.core.text import N_
from shop.notifications import queries, services
from shop.notifications.forms import LevelForm
from shop.notifications.models import InboxItem
from shop.notifications.routes.base import bp, title_of, url_of
from shop.web.access import actor, signed_in
from shop.web.i18n import gettext as _
from shop.web.pagination import Page, page_number
from shop.web.request import read_session, write_session

PAGE_SIZE = 30
MAIL = "email"


def _line(item: InboxItem) -> dict[str, object]:
    return {
        "id": item.id,
        "title": title_of(item.kind, item.payload),
        "url": url_of(item.kind, item.payload),
        "at": item.at,
        "is_read": item.read_at is not None,
    }


@bp.get("/tai-khoan/tin-nhan")
@signed_in
def inbox() -> ResponseReturnValue:
    """A person's messages, newest first."""
    db, person_id = read_session(), actor().id()
    page = Page(
        number=page_number(request.args.get("trang")),
        size=PAGE_SIZE,
        total=queries.inbox_size(db, person_id),
        url=lambda n: url_for(".inbox", trang=n),
    )
    items = queries.inbox_page(db, person_id, limit=page.size, offset=page.offset)
    return render_template(
        "notifications/inbox.html", lines=[_line(item) for item in items], page=page
    )


@bp.post("/tai-khoan/tin-nhan/<int:item_id>/da-doc")
@signed_in
def open_item(item_id: int) -> ResponseReturnValue:
    """Mark a message as read and go where it leads."""
    db = write_session()
    item = services.mark_read(db, person_id=actor().id(), item_id=item_id, now=clock.now())
    db.commit()
    url = url_of(item.kind, item.payload)
    return redirect(f"{request.script_root}{url}" if url else url_for(".inbox"), 303)


@bp.post("/tai-khoan/tin-nhan/da-doc")
@signed_in
def read_all() -> ResponseReturnValue:
    """Mark every message as read."""
    db = write_session()
    services.mark_all_read(db, person_id=actor().id(), now=clock.now())
    db.commit()
    flash(_(N_("Đã đánh dấu mọi tin là đã đọc.")), "ok")
    return redirect(url_for(".inbox"), 303)


@bp.get("/tai-khoan/tin-nhan/cach-nhan")
@signed_in
def preferences() -> ResponseReturnValue:
    """What the person wants by mail."""
    db, person_id = read_session(), actor().id()
    form = LevelForm(level=queries.level_of(db, person_id, MAIL))
    return _show_preferences(form)


@bp.post("/tai-khoan/tin-nhan/cach-nhan")
@signed_in
def choose_preferences() -> ResponseReturnValue:
    """Keep what the person wants by mail."""
    form = LevelForm.read()
    if not form.validate():
        return _show_preferences(form), 422
    db = write_session()
    services.choose_level(db, person_id=actor().id(), channel=MAIL, level=form.level.data)
    db.commit()
    flash(_(N_("Đã lưu cách nhận tin.")), "ok")
    return redirect(url_for(".preferences"), 303)


def _show_preferences(form: LevelForm) -> str:
    me = f"person:{actor().id()}"
    reach = queries.reaches_of(read_session(), [me]).get(me)
    return render_template(
        "notifications/preferences.html", form=form, address=reach.email if reach else None
    )
