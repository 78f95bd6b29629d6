"""What staff do about codes: look into buyers' suspicions."""

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as BaseResponse

from shop.accounts.rules import staff_scope_of
from shop.core import clock
from shop.core.db import MAX_ID
from shop.traceability import queries, services
from shop.traceability.rules.lots import UnknownLot
from shop.web.access import actor, role
from shop.web.i18n import gettext
from shop.web.request import read_session, write_session

bp = Blueprint("trace_staff", __name__)


@bp.get("/can-bo/ma-nghi-van")
@role("staff")
def reports() -> str:
    """Suspicions that nobody looked into yet."""
    rows = queries.reports_waiting(read_session(), staff_scope_of(actor()))
    return render_template("traceability/reports.html", rows=rows)


@bp.post("/can-bo/ma-nghi-van/<int:report_id>")
@role("staff")
def handle(report_id: int) -> BaseResponse:
    """Note that a suspicion was looked into."""
    if report_id > MAX_ID:
        raise UnknownLot
    db = write_session()
    found = queries.report_for(db, report_id, staff_scope_of(actor()))
    services.handle_report(db, report_id=found.report.id, actor_id=actor().id(), now=clock.now())
    db.commit()
    flash(gettext("Đã ghi nhận là đã xem."), "ok")
    return redirect(url_for(".reports"), 303)
