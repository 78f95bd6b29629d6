"""Reporting a violation: anyone, of any public thing; and following the case."""

import re
from typing import Final

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from shop.accounts.routes.base import digest, source_digest
from shop.core import clock
from shop.core.errors import NotFound
from shop.core.text import CROCKFORD, N_
from shop.reviews import queries, rules, services
from shop.reviews.forms import ReportForm
from shop.reviews.models import ViolationReport
from shop.reviews.queries import Subject
from shop.reviews.routes.base import attempt, bp, fresh_key, show
from shop.web.access import actor, has_signed_link, public, sign, signed_link
from shop.web.i18n import gettext
from shop.web.limits import limiter
from shop.web.request import read_session, write_session

_CODE: Final = re.compile(f"[{CROCKFORD}]{{{services.CODE_LENGTH}}}")


def _subject(kind_slug: str, row_id: int) -> Subject:
    """The public thing of the address. Raises NotFound."""
    kind = rules.KIND_SLUGS.get(kind_slug)
    if kind is None:
        raise NotFound
    found = queries.subject_of(read_session(), kind, row_id)
    if not found.is_public:
        raise NotFound
    return found


def _page(subject: Subject, form: ReportForm, status: int = 200) -> ResponseReturnValue:
    return show("report_form.html", status, subject=subject, form=form)


@bp.get("/bao-vi-pham/<kind>/<int:row_id>")
@public
def report_form(kind: str, row_id: int) -> ResponseReturnValue:
    """The form, open to guests."""
    subject = _subject(kind, row_id)
    return _page(subject, ReportForm(kind=subject.kind, submit_key=fresh_key()))


@bp.post("/bao-vi-pham/<kind>/<int:row_id>")
@limiter.limit("10 per minute;40 per hour")
@public
def file_report(kind: str, row_id: int) -> ResponseReturnValue:
    """Open a case."""
    subject = _subject(kind, row_id)
    form = ReportForm(request.form, kind=subject.kind)
    if not form.validate():
        return _page(subject, form, 422)
    made: list[ViolationReport] = []

    def do() -> None:
        made.append(
            services.file_report(
                write_session(),
                kind=subject.kind,
                subject_id=subject.id,
                draft=form.draft(),
                reporter_key=_reporter_key(),
                reporter_id=actor().person_id,
                submit_key=form.submit_key.data,
                now=clock.now(),
            )
        )

    status = attempt(form, do)
    if status:
        write_session().rollback()
        return _page(subject, form, status)
    write_session().commit()
    flash(gettext(N_("Cảm ơn bạn đã báo. Cán bộ của tỉnh sẽ xem xét.")), "ok")
    code = made[0].code
    return redirect(url_for(".follow_report", code=code, k=sign("violation", code)), 303)


def _reporter_key() -> str:
    """Who reports: the person, or for guests their network and browser, which nobody can read."""
    if actor().is_signed_in:
        return f"person:{actor().id()}"
    agent = request.headers.get("User-Agent", "")[:400]
    return digest("reporter", f"{source_digest()}|{agent}")


@bp.get("/bao-vi-pham/theo-doi/<code>")
@signed_link("violation")
def follow_report(code: str) -> ResponseReturnValue:
    """How the case stands, for whoever filed it."""
    found = queries.report_by_code(read_session(), code) if _CODE.fullmatch(code) else None
    is_own = found is not None and (
        has_signed_link() or found.reporter_id == actor().person_id is not None
    )
    if found is None or not is_own:
        raise NotFound
    subject = queries.subject_of(read_session(), found.subject_kind, found.subject_id)
    return show("report_state.html", case=found, subject=subject)
