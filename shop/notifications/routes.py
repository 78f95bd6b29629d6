"""The inbox."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shop.core import clock
from shop.core.text import N_
from shop.notifications import queries, services
from shop.notifications.models import InboxItem
from shop.notifications.rules import MessageKind, Payload
from shop.web.access import actor, signed_in
from shop.web.i18n import gettext as _
from shop.web.pagination import Page, page_number
from shop.web.request import read_session, write_session

bp = Blueprint("notifications", __name__)

PAGE_SIZE = 30


class _Known(dict[str, Any]):
    """A payload in which what an old message never held reads as a blank."""

    def __missing__(self, _name: str) -> str:
        return "…"


def _line(item: InboxItem) -> dict[str, object]:
    kind, payload = services.kind_of(item.kind), _Known(item.payload)
    return {
        "id": item.id,
        "title": _(kind.title) % payload if kind else item.kind,
        "url": _url(kind, item.payload),
        "at": item.at,
        "is_read": item.read_at is not None,
    }


def _url(kind: MessageKind | None, payload: Payload) -> str:
    try:
        return kind.url_of(payload) if kind else ""
    except KeyError:
        return ""


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
    url = _line(item)["url"]
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
