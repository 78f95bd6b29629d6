"""A viewer's complaint form, its answer page, staff's list and the evidence kept."""

import secrets
from typing import Final

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from livestream.complaints import queries, rules, services
from livestream.complaints.forms import AnswerForm, ComplaintForm
from livestream.sessions.queries import public_session
from livestream.sessions.routes.frame import seen_by_staff
from shop.accounts.rules import require_staff, staff_scope_of
from shop.core import clock
from shop.core.errors import Conflict, Invalid
from shop.core.text import N_
from shop.web.access import actor, public, role
from shop.web.errors import status_of
from shop.web.forms import phone_digits
from shop.web.i18n import gettext as _
from shop.web.limits import limiter
from shop.web.pagination import Page, page_number
from shop.web.request import read_session, write_session

bp = Blueprint("complaints", __name__)
PAGE_SIZE: Final = 30


def _form_page(slug: str, form: ComplaintForm, status: int = 200) -> ResponseReturnValue:
    live = public_session(read_session(), slug)
    return render_template("livestream/complaints/form.html", live=live, form=form), status


@bp.get("/phien-live/<slug>/khieu-nai")
@public
def form(slug: str) -> ResponseReturnValue:
    """The empty form."""
    return _form_page(slug, ComplaintForm(submit_key=secrets.token_urlsafe(16)))


@bp.post("/phien-live/<slug>/khieu-nai")
@limiter.limit("10 per hour")
@public
def complain(slug: str) -> ResponseReturnValue:
    """Complain; pressing twice leads to the same complaint."""
    typed = ComplaintForm.read()
    if not typed.validate():
        return _form_page(slug, typed, 422)
    db = write_session()
    try:
        row = services.complain(
            db,
            slug=slug,
            kind=typed.kind.data,
            words=typed.words.data,
            contact=typed.contact.data,
            short_code=typed.item_code.data,
            submit_key=typed.submit_key.data,
            now=clock.now(),
        )
    except (Invalid, Conflict) as refusal:
        db.rollback()
        typed.add_error(refusal)
        return _form_page(slug, typed, status_of(refusal))
    code = row.code
    db.commit()
    flash(_(N_("Đã gửi khiếu nại. Giữ địa chỉ trang này để xem trả lời.")), "ok")
    return redirect(url_for(".show", code=code), 303)


@bp.get("/khieu-nai-phien/<code>")
@public
def show(code: str) -> ResponseReturnValue:
    """How a complaint stands; says nothing of who complained."""
    row = queries.complaint_of(read_session(), code)
    return render_template("livestream/complaints/show.html", row=row, rules=rules)


def _desk(
    status: int = 200, refused: Exception | None = None, code: str = "", typed: str = ""
) -> ResponseReturnValue:
    """``typed``: the answer to the complaint ``code`` that came back."""
    db, scope = read_session(), staff_scope_of(actor())
    page = Page(
        page_number(request.args.get("trang")),
        PAGE_SIZE,
        queries.count_complaints(db, scope),
        lambda number: url_for(".desk", trang=number),
    )
    shown = render_template(
        "livestream/complaints/desk.html",
        rows=queries.complaints_in(db, scope, limit=PAGE_SIZE, offset=page.offset),
        page=page,
        rules=rules,
        refused=refused,
        typed={code: typed},
        phone_digits=phone_digits,
    )
    return shown, status


@bp.get("/can-bo/khieu-nai-phien")
@role("staff")
def desk() -> ResponseReturnValue:
    """Complaints of the actor's provinces."""
    return _desk()


@bp.post("/can-bo/khieu-nai-phien/<code>")
@role("staff")
def answer(code: str) -> ResponseReturnValue:
    """Decide: ``state`` = upheld | dismissed, ``answer``."""
    typed = AnswerForm.read()
    if not typed.validate():
        refused = Invalid() if typed.answer.data else rules.AnswerMissing()
        return _desk(422, refused, code, typed.answer.data or "")
    db = write_session()
    row = queries.complaint_of(db, code)
    require_staff(actor(), row.club.province_code)
    try:
        services.answer_complaint(
            db,
            complaint_id=row.complaint.id,
            state=typed.state.data,
            answer=typed.answer.data,
            actor_id=actor().id(),
            now=clock.now(),
        )
    except (Invalid, Conflict) as refusal:
        db.rollback()
        return _desk(status_of(refusal), refusal, code, typed.answer.data)
    db.commit()
    flash(_(N_("Đã trả lời khiếu nại.")), "ok")
    return redirect(url_for(".desk"), 303)


@bp.get("/can-bo/phien/<public_id>/bang-chung")
@role("staff")
def evidence(public_id: str) -> ResponseReturnValue:
    """What is kept of a session: plan, prices, words, stop log; until when."""
    db = read_session()
    live = seen_by_staff(db, public_id)
    kept = queries.evidence_of(db, live.id)
    sound = {one.id: rules.digest(one.facts) == one.digest for one in kept}
    return render_template("livestream/complaints/evidence.html", live=live, kept=kept, sound=sound)
