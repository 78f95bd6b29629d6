"""The own account: what waits for a judgement, own reviews, questions and reports."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from shop.core import clock
from shop.core.text import N_
from shop.reviews import queries, rules, services
from shop.reviews.routes.base import asked_page, bp, show
from shop.web.access import actor, signed_in
from shop.web.i18n import gettext
from shop.web.request import read_session, write_session

MOST_WAITING = 30


@bp.get("/tai-khoan/danh-gia")
@signed_in
def own_reviews() -> ResponseReturnValue:
    """What was delivered and not judged yet, and the own reviews."""
    db, me, now = read_session(), actor().id(), clock.now()
    rows, page = asked_page(
        lambda limit, offset: queries.own_reviews(db, me, limit=limit, offset=offset)
    )
    waiting = queries.lines_to_review(db, me, limit=MOST_WAITING) if page.number == 1 else []
    open_ids = {
        row.Review.id
        for row in rows
        if rules.may_edit(row.Review.state, row.Review.created_at, now)
    }
    return show("own_reviews.html", waiting=waiting, rows=rows, page=page, open_ids=open_ids)


@bp.get("/tai-khoan/hoi-dap")
@signed_in
def own_questions() -> ResponseReturnValue:
    """The own questions and what became of them."""
    db, me = read_session(), actor().id()
    rows, page = asked_page(
        lambda limit, offset: queries.own_questions(db, me, limit=limit, offset=offset)
    )
    return show("own_questions.html", rows=rows, page=page)


@bp.post("/tai-khoan/hoi-dap/<int:question_id>/go")
@signed_in
def withdraw_question(question_id: int) -> ResponseReturnValue:
    """Take a question back."""
    db = write_session()
    services.withdraw_question(db, question_id=question_id, person_id=actor().id(), now=clock.now())
    db.commit()
    flash(gettext(N_("Đã gỡ câu hỏi.")), "ok")
    return redirect(url_for(".own_questions"), 303)


@bp.get("/tai-khoan/bao-vi-pham")
@signed_in
def own_reports() -> ResponseReturnValue:
    """The own reports and how they ended."""
    db, me = read_session(), actor().id()
    rows, page = asked_page(
        lambda limit, offset: queries.own_reports(db, me, limit=limit, offset=offset)
    )
    subjects = queries.subjects_of(db, [(row.subject_kind, row.subject_id) for row in rows])
    return show("own_reports.html", rows=rows, page=page, subjects=subjects)
