"""The producer's desks: reviews to reply to, questions to answer."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from shop.core import clock
from shop.core.text import N_
from shop.reviews import queries, services
from shop.reviews.forms import ReplyForm
from shop.reviews.routes.base import asked_id, asked_page, attempt, bp, show
from shop.web.access import actor, role
from shop.web.i18n import gettext
from shop.web.limits import limiter
from shop.web.request import read_session, write_session


def _own() -> list[int]:
    return sorted(actor().producers)


def _desk(
    template: str,
    count: Callable[..., dict[str, int]],
    rows_of: Callable[..., Any],
    only: int,
    form: ReplyForm | None,
    status: int,
) -> ResponseReturnValue:
    """Rows of the own products under the tab asked for; ``only``: the id of a single one, or 0."""
    db, own = read_session(), _own()
    counts = count(db, own)
    asked = request.args.get("muc", "")
    tab = asked if asked in counts else "cho" if counts["cho"] else "tat-ca"
    rows, page = asked_page(
        lambda limit, offset: rows_of(db, own, tab, only=only, limit=limit, offset=offset)
    )
    shown = "" if only else tab
    return show(
        template, status, rows=rows, page=page, tab=shown, only=only, counts=counts, form=form
    )


@bp.get("/ban-hang/danh-gia")
@role("producer")
def review_desk() -> ResponseReturnValue:
    """Reviews of the own products, those without a reply first."""
    return _review_desk(asked_id())


def _review_desk(
    only: int, form: ReplyForm | None = None, status: int = 200
) -> ResponseReturnValue:
    return _desk(
        "review_desk.html", queries.count_reviews, queries.reviews_of_producers, only, form, status
    )


@bp.post("/ban-hang/danh-gia/<int:review_id>/tra-loi")
@limiter.limit("60 per minute")
@role("producer")
def reply(review_id: int) -> ResponseReturnValue:
    """Reply to a review, or change the reply."""
    return _answer(
        review_id,
        lambda text: services.reply_review(
            write_session(),
            review_id=review_id,
            text=text,
            actor_id=actor().id(),
            now=clock.now(),
        ),
        _review_desk,
        ".review_desk",
    )


@bp.get("/ban-hang/hoi-dap")
@role("producer")
def question_desk() -> ResponseReturnValue:
    """Questions about the own products, those without an answer first."""
    return _question_desk(asked_id())


def _question_desk(
    only: int, form: ReplyForm | None = None, status: int = 200
) -> ResponseReturnValue:
    return _desk(
        "question_desk.html",
        queries.count_questions,
        queries.questions_of_producers,
        only,
        form,
        status,
    )


@bp.post("/ban-hang/hoi-dap/<int:question_id>/tra-loi")
@limiter.limit("60 per minute")
@role("producer")
def answer(question_id: int) -> ResponseReturnValue:
    """Answer a question, or change the answer."""
    return _answer(
        question_id,
        lambda text: services.answer_question(
            write_session(),
            question_id=question_id,
            text=text,
            actor_id=actor().id(),
            now=clock.now(),
        ),
        _question_desk,
        ".question_desk",
    )


def _answer(
    row_id: int,
    do: Callable[[str], Any],
    desk: Callable[[int, ReplyForm, int], ResponseReturnValue],
    back: str,
) -> ResponseReturnValue:
    """Say one word in the producer's name; a refusal shows that one row with what was typed."""
    form = ReplyForm.read()
    if not form.validate():
        return desk(row_id, form, 422)
    status = attempt(form, lambda: do(form.text.data))
    if status:
        write_session().rollback()
        return desk(row_id, form, status)
    write_session().commit()
    flash(gettext(N_("Đã đăng lời đáp.")), "ok")
    return redirect(url_for(back), 303)
