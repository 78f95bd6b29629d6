"""Calls to make: whom no channel reaches is told by people, with ready words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shop.core import clock
from shop.core.text import N_
from shop.notifications import queries, services
from shop.notifications.forms import CallForm
from shop.notifications.models import CallTask
from shop.notifications.routes.base import body_of, bp, title_of, url_of
from shop.notifications.rules import OUTCOMES, Reach
from shop.web.access import actor, role
from shop.web.i18n import gettext as _
from shop.web.pagination import Page, page_number
from shop.web.request import house, read_session, write_session

PAGE_SIZE = 30
FRAMES = {
    "producer": "workspaces/producer.html",
    "club": "workspaces/club.html",
    "province": "workspaces/staff.html",
}


@dataclass(frozen=True)
class CallCard:
    """One call as the page shows it."""

    id: int
    name: str
    phone: str | None
    words: str
    """What to say or to paste into Zalo, in the language of who is called."""
    language: str
    created_at: datetime
    tries: int
    last_try_at: datetime | None
    outcome: str | None
    note: str
    settled_at: datetime | None
    form: CallForm


def _card(task: CallTask, reaches: Mapping[str, Reach], form: CallForm | None) -> CallCard:
    reach = reaches.get(task.recipient)
    url = url_of(task.kind, task.payload)
    spoken = reach.language if reach else "vi"
    prefix = house().public_url + ("/en" if spoken == "en" else "")
    words = [
        title_of(task.kind, task.payload, spoken),
        body_of(task.kind, task.payload, spoken),
        f"{prefix}{url}" if url else "",
    ]
    return CallCard(
        id=task.id,
        name=reach.name if reach else "",
        phone=reach.phone if reach else None,
        words="\n".join(filter(None, words)),
        language=spoken,
        created_at=task.created_at,
        tries=task.tries,
        last_try_at=task.last_try_at,
        outcome=OUTCOMES.get(task.outcome or ""),
        note=task.note,
        settled_at=task.settled_at,
        form=form or CallForm(),
    )


def _show(desk_kind: str, *, failed: tuple[int, CallForm] | None = None) -> str:
    db, is_open = read_session(), request.args.get("muc") != "xong"
    open_ones = queries.open_call_count(db, actor(), desk_kind)
    settled = queries.settled_call_count(db, actor(), desk_kind)
    endpoint = f".{desk_kind}_calls"
    page = Page(
        number=page_number(request.args.get("trang")),
        size=PAGE_SIZE,
        total=open_ones if is_open else settled,
        url=lambda n: url_for(endpoint, muc=None if is_open else "xong", trang=n),
    )
    tasks = queries.call_page(
        db, actor(), desk_kind, is_open=is_open, limit=page.size, offset=page.offset
    )
    reaches = queries.reaches_of(db, [task.recipient for task in tasks])
    forms = dict([failed]) if failed else {}
    return render_template(
        "notifications/calls.html",
        frame=FRAMES[desk_kind],
        endpoint=endpoint,
        desk_kind=desk_kind,
        calls=[_card(task, reaches, forms.get(task.id)) for task in tasks],
        is_open=is_open,
        open_ones=open_ones,
        settled=settled,
        page=page,
    )


def _record(desk_kind: str, task_id: int) -> ResponseReturnValue:
    form = CallForm.read()
    if not form.validate():
        return _show(desk_kind, failed=(task_id, form)), 422
    db = write_session()
    services.record_call(
        db,
        actor=actor(),
        desk_kind=desk_kind,
        task_id=task_id,
        outcome=form.outcome.data,
        note=form.note.data,
        now=clock.now(),
    )
    db.commit()
    flash(_(N_("Đã ghi kết quả cuộc gọi.")), "ok")
    return redirect(url_for(f".{desk_kind}_calls"), 303)


@bp.get("/ban-hang/can-goi")
@role("producer")
def producer_calls() -> ResponseReturnValue:
    """Calls that a producer's people make to buyers."""
    return _show("producer")


@bp.post("/ban-hang/can-goi/<int:task_id>")
@role("producer")
def record_producer_call(task_id: int) -> ResponseReturnValue:
    """Write down how a producer's call went."""
    return _record("producer", task_id)


@bp.get("/clb/can-goi")
@role("club")
def club_calls() -> ResponseReturnValue:
    """Calls that a club's people make."""
    return _show("club")


@bp.post("/clb/can-goi/<int:task_id>")
@role("club")
def record_club_call(task_id: int) -> ResponseReturnValue:
    """Write down how a club's call went."""
    return _record("club", task_id)


@bp.get("/can-bo/can-goi")
@role("staff", "admin")
def province_calls() -> ResponseReturnValue:
    """Calls that staff of a province make."""
    return _show("province")


@bp.post("/can-bo/can-goi/<int:task_id>")
@role("staff", "admin")
def record_province_call(task_id: int) -> ResponseReturnValue:
    """Write down how a call by staff went."""
    return _record("province", task_id)
