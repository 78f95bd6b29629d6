"""Asking about a service, and the producer's desk of what was asked. Works without JavaScript."""

import secrets
from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy.orm import Session

from shop.core import clock
from shop.core.errors import Conflict, Invalid, NotFound
from shop.core.text import N_
from shop.enquiries import queries, rules, services
from shop.enquiries.forms import AnswerForm, VisitForm
from shop.enquiries.slots import ENQUIRY_PANELS
from shop.web.access import actor, public, role, signed_in
from shop.web.errors import status_of
from shop.web.headers import not_stored
from shop.web.i18n import gettext as _
from shop.web.i18n import language, pick
from shop.web.limits import limiter
from shop.web.pagination import Page, page_number
from shop.web.request import read_session, write_session

bp = Blueprint("enquiries", __name__)

PAGE_SIZE = 30


def _form_page(slug: str, form: VisitForm, status: int = 200) -> ResponseReturnValue:
    asked = queries.service_by_slug(read_session(), slug[:120])
    if asked is None:
        raise NotFound
    return (
        render_template(
            "enquiries/ask.html",
            form=form,
            asked=asked,
            name=pick(asked.name, asked.name_en),
            today=clock.today_vn(clock.now()),
        ),
        status,
    )


@bp.get("/hoi-dat/moi/<slug>")
@public
def ask_form(slug: str) -> ResponseReturnValue:
    """The empty form."""
    return _form_page(slug, VisitForm(submit_key=secrets.token_urlsafe(16), name=actor().name))


@bp.post("/hoi-dat/moi/<slug>")
@limiter.limit("10 per hour")
@public
def ask(slug: str) -> ResponseReturnValue:
    """Ask; pressing twice leads to the same enquiry."""
    form = VisitForm.read()
    if not form.validate():
        return _form_page(slug, form, 422)
    if not form.submit_key.data:
        form.submit_key.data = secrets.token_urlsafe(16)
    db = write_session()
    try:
        enquiry = services.ask_for_visit(
            db,
            slug=slug[:120],
            visit=form.visit(language()),
            buyer_id=actor().person_id,
            now=clock.now(),
        )
    except (Invalid, Conflict) as refusal:
        db.rollback()
        form.add_error(refusal)
        return _form_page(slug, form, status_of(refusal))
    code = enquiry.code
    db.commit()
    flash(_(N_("Đã gửi câu hỏi. Giữ địa chỉ trang này để xem trả lời.")), "ok")
    return redirect(url_for(".show", code=code), 303)


def _panels(thread: queries.Thread, is_desk: bool) -> list[Markup]:
    """What features above add to an enquiry's page."""
    panels = ENQUIRY_PANELS.collect(read_session(), thread.enquiry.id, is_desk, clock.now())
    return [Markup(render_template(one.template, **one.context)) for one in panels]  # noqa: S704


def _thread(code: str) -> queries.Thread:
    found = queries.thread_of(read_session(), code[:12])
    if found is None:
        raise NotFound
    return found


@bp.get("/hoi-dat/<code>")
@limiter.limit("120 per hour")
@public
def show(code: str) -> ResponseReturnValue:
    """What was asked and answered, for whoever holds the address: 60 random bits in it. It shows
    neither telephone nor e-mail."""
    thread = _thread(code)
    return not_stored(
        render_template(
            "enquiries/show.html",
            thread=thread,
            panels=_panels(thread, False),
            states=rules.STATES,
            desk=False,
        )
    )


@bp.get("/tai-khoan/hoi-dat")
@signed_in
def mine() -> ResponseReturnValue:
    """What the person has asked."""
    rows = queries.enquiries_of_person(read_session(), actor().id())
    return render_template("enquiries/mine.html", rows=rows, states=rules.STATES, kinds=rules.KINDS)


# The producer's desk


@bp.get("/ban-hang/hoi-dat")
@role("producer")
def desk() -> ResponseReturnValue:
    """What was asked of one's producers; ``trang_thai`` narrows it."""
    db, ids = read_session(), list(actor().producers)
    asked = request.args.get("trang_thai", "")
    state = asked if asked in rules.STATES else None
    number = page_number(request.args.get("trang"))
    rows, total = queries.enquiries_of_producers(
        db, ids, state=state, limit=PAGE_SIZE, offset=(number - 1) * PAGE_SIZE
    )
    return render_template(
        "enquiries/desk.html",
        rows=rows,
        state=state,
        states=rules.STATES,
        kinds=rules.KINDS,
        counts=queries.counts_by_state(db, ids),
        page=Page(
            number,
            PAGE_SIZE,
            total,
            lambda n: url_for(".desk", trang_thai=state, trang=n),
        ),
    )


def _own(code: str) -> queries.Thread:
    found = _thread(code)
    if found.producer.id not in actor().producers:
        raise NotFound
    return found


def _desk_page(thread: queries.Thread, form: AnswerForm, status: int = 200) -> ResponseReturnValue:
    return (
        render_template(
            "enquiries/desk_thread.html",
            thread=thread,
            panels=_panels(thread, True),
            form=form,
            states=rules.STATES,
            desk=True,
        ),
        status,
    )


@bp.get("/ban-hang/hoi-dat/<code>")
@role("producer")
def desk_thread(code: str) -> ResponseReturnValue:
    """One enquiry, how to reach who asked, and the answer."""
    return _desk_page(_own(code), AnswerForm())


@bp.post("/ban-hang/hoi-dat/<code>")
@role("producer")
@limiter.limit("120 per hour")
def answer(code: str) -> ResponseReturnValue:
    """Answer; the buyer is told."""
    thread, form = _own(code), AnswerForm.read()
    if not form.validate():
        return _desk_page(thread, form, 422)

    def say(db: Session, mine: frozenset[int]) -> None:
        services.answer(
            db,
            code=thread.enquiry.code,
            producer_ids=mine,
            actor_id=actor().id(),
            words=form.words.data,
            now=clock.now(),
        )

    return _do(thread, form, say, N_("Đã trả lời. Người hỏi được báo."))


@bp.post("/ban-hang/hoi-dat/<code>/dong")
@role("producer")
def close(code: str) -> ResponseReturnValue:
    """Put it away."""
    thread = _own(code)

    def put_away(db: Session, mine: frozenset[int]) -> None:
        services.close(db, code=thread.enquiry.code, producer_ids=mine, now=clock.now())

    return _do(thread, AnswerForm(), put_away, N_("Đã đóng câu hỏi."))


def _do(
    thread: queries.Thread,
    form: AnswerForm,
    do: Callable[[Session, frozenset[int]], None],
    said: str,
) -> ResponseReturnValue:
    db = write_session()
    try:
        do(db, frozenset(actor().producers))
    except (Invalid, Conflict) as refusal:
        db.rollback()
        form.add_error(refusal)
        return _desk_page(thread, form, status_of(refusal))
    db.commit()
    flash(_(said), "ok")
    return redirect(url_for(".desk_thread", code=thread.enquiry.code), 303)
