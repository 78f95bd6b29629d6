"""Codes that may have been copied: the desk of staff and that of producers."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from shop.accounts.rules import staff_scope_of
from shop.core import clock
from shop.core.db import MAX_ID
from shop.traceability.forms import NoteForm
from shop.traceability.queries import alerts
from shop.traceability.queries.alerts import Whose
from shop.traceability.rules.clones import UnknownAlert
from shop.traceability.services import clones
from shop.web.access import actor, role
from shop.web.i18n import gettext
from shop.web.pagination import Page, page_number
from shop.web.request import read_session, write_session

bp = Blueprint("alerts", __name__)


def _of_staff() -> Whose:
    return Whose(provinces=staff_scope_of(actor()))


def _of_producer() -> Whose:
    return Whose(producers=tuple(actor().producers))


@bp.get("/can-bo/ma-nghi-van")
@role("staff")
def staff() -> str:
    """Alerts in the staff's provinces."""
    return _desk(_of_staff(), "traceability/alerts_staff.html", ".staff")


@bp.get("/ban-hang/ma-nghi-van")
@role("producer")
def producer() -> str:
    """Alerts about the producer's own codes."""
    return _desk(_of_producer(), "traceability/alerts_producer.html", ".producer")


def _desk(whose: Whose, template: str, endpoint: str) -> str:
    state = "closed" if request.args.get("tt") == "da-dong" else "open"
    number = page_number(request.args.get("trang"))
    rows, total = alerts.alerts(read_session(), whose, state=state, page=number)
    shown = "da-dong" if state == "closed" else None
    page = Page(number, alerts.PAGE_SIZE, total, lambda n: url_for(endpoint, trang=n, tt=shown))
    return render_template(template, rows=rows, page=page, state=state, home=url_for(endpoint))


@bp.post("/can-bo/ma-nghi-van/<int:alert_id>")
@role("staff")
def staff_decide(alert_id: int) -> BaseResponse:
    """Close an alert with a note, or open it again."""
    return _decide(alert_id, _of_staff(), is_staff=True)


@bp.post("/ban-hang/ma-nghi-van/<int:alert_id>")
@role("producer")
def producer_decide(alert_id: int) -> BaseResponse:
    """The same for one's own codes; red ones are closed by staff."""
    return _decide(alert_id, _of_producer(), is_staff=False)


def _decide(alert_id: int, whose: Whose, *, is_staff: bool) -> BaseResponse:
    if alert_id > MAX_ID:
        raise UnknownAlert
    form = NoteForm.read()
    db = write_session()
    found = alerts.alert_of(db, alert_id, whose)
    if form.lam.data == "mo-lai":
        clones.reopen_alert(db, alert_id=found.id, actor_id=actor().id(), now=clock.now())
    else:
        clones.close_alert(
            db,
            alert_id=found.id,
            note=form.note.data or "",
            is_staff=is_staff,
            actor_id=actor().id(),
            now=clock.now(),
        )
    db.commit()
    done = gettext("Đã mở lại cảnh báo.") if form.lam.data == "mo-lai" else gettext("Đã đóng.")
    flash(done, "ok")
    return redirect(url_for(".staff" if is_staff else ".producer"), 303)
