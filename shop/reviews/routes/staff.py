"""Staff of the provinces: what waits for a look, what is hidden, violation reports."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from shop.accounts.rules import staff_scope_of
from shop.core import clock
from shop.core.errors import NotFound
from shop.core.text import N_
from shop.reviews import queries, rules, services
from shop.reviews.forms import DecisionForm, ModerationForm
from shop.reviews.routes.base import asked_id, asked_page, attempt, bp, show
from shop.reviews.services import SaidKind
from shop.web.access import actor, role, sign
from shop.web.i18n import gettext
from shop.web.request import read_session, write_session

_PAGES: dict[SaidKind, str] = {"review": "staff_reviews.html", "question": "staff_questions.html"}
_BACK: dict[SaidKind, str] = {"review": ".staff_reviews", "question": ".staff_questions"}


@bp.get("/can-bo/danh-gia")
@role("staff")
def staff_reviews() -> ResponseReturnValue:
    """Reviews of the provinces' products by state."""
    return _desk("review", asked_id())


@bp.get("/can-bo/hoi-dap")
@role("staff")
def staff_questions() -> ResponseReturnValue:
    """Questions about the provinces' products by state."""
    return _desk("question", asked_id())


def _desk(
    kind: SaidKind, only: int, form: ModerationForm | None = None, status: int = 200
) -> ResponseReturnValue:
    db, scope = read_session(), staff_scope_of(actor())
    held = dict(zip(("review", "question"), queries.count_held(db, scope), strict=True))
    asked = request.args.get("trang_thai", "")
    state = asked if asked in queries.STAFF_TABS else "held" if held[kind] else "shown"
    listed = queries.reviews_in_state if kind == "review" else queries.questions_in_state
    rows, page = asked_page(
        lambda limit, offset: listed(db, scope, state, only=only, limit=limit, offset=offset)
    )
    return show(
        _PAGES[kind],
        status,
        rows=rows,
        page=page,
        state="" if only else state,
        only=only,
        held=held,
        form=form,
        blank=ModerationForm(),
    )


@bp.post("/can-bo/danh-gia/<int:review_id>")
@role("staff")
def judge_review(review_id: int) -> ResponseReturnValue:
    """Hide a review or its reply, or let it be seen."""
    return _judge("review", review_id)


@bp.post("/can-bo/hoi-dap/<int:question_id>")
@role("staff")
def judge_question(question_id: int) -> ResponseReturnValue:
    """Hide a question or its answer, or let it be seen."""
    return _judge("question", question_id)


def _judge(kind: SaidKind, row_id: int) -> ResponseReturnValue:
    form = ModerationForm.read()
    if not form.validate():
        return _desk(kind, row_id, form, 422)
    status = attempt(form, lambda: _decide(kind, row_id, form))
    if status:
        write_session().rollback()
        return _desk(kind, row_id, form, status)
    write_session().commit()
    flash(gettext(N_("Đã ghi quyết định.")), "ok")
    return redirect(url_for(_BACK[kind]), 303)


def _decide(kind: SaidKind, row_id: int, form: ModerationForm) -> None:
    given: dict[str, Any] = {
        "kind": kind,
        "row_id": row_id,
        "actor_id": actor().id(),
        "note": form.note.data or "",
        "now": clock.now(),
    }
    if form.decision.data == "show":
        services.show(write_session(), **given)
        return
    verb = services.hide if form.decision.data == "hide" else services.hide_reply
    verb(write_session(), reason=form.reason.data or "", **given)


# Violation reports


@bp.get("/can-bo/bao-cao-vi-pham")
@role("staff")
def report_queue() -> ResponseReturnValue:
    """The provinces' cases by state."""
    db, scope = read_session(), staff_scope_of(actor())
    asked = request.args.get("trang_thai", "open")
    state = asked if asked in rules.REPORT_STATES else "open"
    rows, page = asked_page(
        lambda limit, offset: queries.reports_in_state(db, scope, state, limit=limit, offset=offset)
    )
    wanted = [(row.ViolationReport.subject_kind, row.ViolationReport.subject_id) for row in rows]
    return show(
        "report_queue.html",
        rows=rows,
        page=page,
        state=state,
        subjects=queries.subjects_of(db, wanted),
    )


@bp.get("/can-bo/bao-cao-vi-pham/<int:report_id>")
@role("staff")
def report(report_id: int) -> ResponseReturnValue:
    """One case and the decision on it."""
    return _report_page(report_id, DecisionForm())


def _report_page(report_id: int, form: DecisionForm, status: int = 200) -> ResponseReturnValue:
    db = read_session()
    found = queries.report_in_scope(db, report_id, staff_scope_of(actor()))
    if found is None:
        raise NotFound
    case = found.ViolationReport
    return show(
        "report.html",
        status,
        case=case,
        words=found.ViolationWords,
        subject=queries.subject_of(db, case.subject_kind, case.subject_id),
        others=queries.same_subject(db, case),
        form=form,
        now=clock.now(),
    )


@bp.post("/can-bo/bao-cao-vi-pham/<int:report_id>")
@role("staff")
def decide_report(report_id: int) -> ResponseReturnValue:
    """Settle a case."""
    form = DecisionForm.read()
    if not form.validate():
        return _report_page(report_id, form, 422)
    case = queries.report_in_scope(read_session(), report_id, staff_scope_of(actor()))
    if case is None:
        raise NotFound

    def do() -> None:
        services.decide_report(
            write_session(),
            report_id=report_id,
            decision=form.settled(),
            actor_id=actor().id(),
            now=clock.now(),
            link_key=sign("violation", case.ViolationReport.code),
        )

    status = attempt(form, do)
    if status:
        write_session().rollback()
        return _report_page(report_id, form, status)
    write_session().commit()
    flash(gettext(N_("Đã ghi kết luận. Người báo đã được nhắn.")), "ok")
    return redirect(url_for(".report_queue"), 303)
