"""The inbox, and what a person wants by mail."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shop.core import clock
from shop.core.text import N_
from shop.notifications import push, queries, services
from shop.notifications.forms import DeviceForm, LevelForm
from shop.notifications.models import InboxItem
from shop.notifications.routes.base import bp, title_of, url_of
from shop.notifications.rules import BadDevice
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


@bp.post("/tai-khoan/tin-nhan/thiet-bi")
@signed_in
def allow_device() -> ResponseReturnValue:
    """Show notifications on this browser, which the person has just allowed."""
    form = DeviceForm.read()
    if not form.validate():
        raise BadDevice
    db = write_session()
    services.allow_device(
        db,
        person_id=actor().id(),
        endpoint=form.endpoint.data or "",
        p256dh=form.p256dh.data or "",
        auth=form.auth.data or "",
        device=form.device.data or "",
        now=clock.now(),
    )
    db.commit()
    flash(_(N_("Đã bật thông báo trên thiết bị này.")), "ok")
    return redirect(url_for(".preferences"), 303)


@bp.post("/tai-khoan/tin-nhan/thiet-bi/<int:device_id>/tat")
@signed_in
def drop_device(device_id: int) -> ResponseReturnValue:
    """No more notifications on one browser."""
    db = write_session()
    services.drop_device(db, person_id=actor().id(), device_id=device_id)
    db.commit()
    flash(_(N_("Đã tắt thông báo trên thiết bị đó.")), "ok")
    return redirect(url_for(".preferences"), 303)


def _show_preferences(form: LevelForm) -> str:
    db, person_id = read_session(), actor().id()
    me = f"person:{person_id}"
    reach = queries.reaches_of(db, [me]).get(me)
    key = services.post().push_key
    return render_template(
        "notifications/preferences.html",
        form=form,
        address=reach.email if reach else None,
        push_key=push.public_text(push.load_key(key)) if services.is_pushing() else None,
        devices=queries.devices_of(db, person_id),
        device_form=DeviceForm(),
    )
