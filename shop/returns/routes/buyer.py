"""The buyer asks, answers, takes it back, turns to staff: by the order's signed link."""

import secrets
from typing import Any

from flask import current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from shop.core import clock
from shop.core.errors import Conflict, Invalid, NotFound
from shop.orders.models import Order
from shop.orders.routes import buyers_order
from shop.returns import queries, rules, services
from shop.returns.forms import AskForm, WordsForm, read_units
from shop.returns.models import ReturnRequest
from shop.returns.routes.base import attempt, bp, case_of, files_of, lines_of, show, stored
from shop.returns.services import ReturnDraft, Said
from shop.web.access import actor, sign, signed_link
from shop.web.errors import status_of
from shop.web.forms import Form
from shop.web.i18n import gettext as _
from shop.web.limits import limiter
from shop.web.request import read_session


def _url(endpoint: str, order_code: str, **more: Any) -> str:
    return url_for(f"returns.{endpoint}", code=order_code, k=sign("order", order_code), **more)


def _ask_page(code: str, form: AskForm, status: int = 200) -> ResponseReturnValue:
    db, days = read_session(), current_app.config["RETURN_DAYS"]
    order = buyers_order(db, code)
    bought, latest = queries.bought_lines(db, order.id)
    return show(
        "ask.html",
        status,
        order=order,
        lines=lines_of(bought),
        is_open=rules.is_in_time(latest, clock.now(), days),
        days=days,
        form=form,
        typed=request.form,
        send_url=_url("ask", order.code),
        order_url=url_for("orders.show", code=order.code, k=sign("order", order.code)),
    )


@bp.get("/don-hang/<code>/tra-hang")
@signed_link("order")
def ask_form(code: str) -> ResponseReturnValue:
    """What would you like to give back, and why?"""
    return _ask_page(code, AskForm(submit_key=secrets.token_urlsafe(16)))


@bp.post("/don-hang/<code>/tra-hang")
@limiter.limit("20 per minute;60 per hour")
@signed_link("order")
def ask(code: str) -> ResponseReturnValue:
    """Ask. Pictures are opened before the writing begins."""
    order = buyers_order(read_session(), code)
    form = AskForm.read()
    files = files_of(form)
    if not form.validate():
        return _ask_page(code, form, 422)
    try:
        units = read_units(request.form, "units", [line.id for line in order.lines])
        photos = stored(files, f"return of order {order.id}")
    except (Invalid, Conflict) as refusal:
        form.add_error(refusal)
        return _ask_page(code, form, status_of(refusal))
    made: list[str] = []

    def do(db: Session) -> None:
        asked = services.ask_return(
            db,
            order_id=buyers_order(db, code).id,
            draft=ReturnDraft(units, form.reason.data, Said(form.text.data, photos)),
            submit_key=form.submit_key.data,
            days=current_app.config["RETURN_DAYS"],
            actor_id=actor().person_id,
            now=clock.now(),
        )
        made.append(asked.code)

    status = attempt(form, do)
    if status:
        return _ask_page(code, form, status)
    flash(_("Đã gửi yêu cầu. Người bán sẽ trả lời, bạn được báo ngay."), "ok")
    return redirect(_url("follow", order.code, ask=made[0]), 303)


def _own(db: Session, code: str, ask: str) -> tuple[Order, ReturnRequest]:
    order = buyers_order(db, code)
    found = queries.buyers(db, order.id, ask)
    if found is None:
        raise NotFound
    return order, found


def _case_page(code: str, ask: str, form: Form, status: int = 200) -> ResponseReturnValue:
    db = read_session()
    order, found = _own(db, code, ask)
    return show(
        "follow.html",
        status,
        case=case_of(db, found),
        form=form,
        urls={name: _url(name, order.code, ask=found.code) for name in ("reply", "drop", "turn")},
        order_url=url_for("orders.show", code=order.code, k=sign("order", order.code)),
    )


@bp.get("/don-hang/<code>/tra-hang/<ask>")
@signed_link("order")
def follow(code: str, ask: str) -> ResponseReturnValue:
    """Where the request stands, and what the buyer may do now."""
    return _case_page(code, ask, WordsForm())


def _said(code: str, ask: str, verb: Any, done: str) -> ResponseReturnValue:
    """Say something with words and pictures; the same page with the fields kept when refused."""
    order, found = _own(read_session(), code, ask)
    form = WordsForm.read()
    files = files_of(form)
    if not form.validate():
        return _case_page(code, ask, form, 422)
    try:
        photos = stored(files, f"return of order {order.id}")
    except (Invalid, Conflict) as refusal:
        form.add_error(refusal)
        return _case_page(code, ask, form, status_of(refusal))

    def do(db: Session) -> None:
        verb(
            db,
            return_id=found.id,
            said=Said(form.text.data, photos),
            actor_id=actor().person_id,
            now=clock.now(),
        )

    status = attempt(form, do)
    if status:
        return _case_page(code, ask, form, status)
    flash(done, "ok")
    return _back(order, ask)


def _back(order: Order, ask: str) -> BaseResponse:
    return redirect(_url("follow", order.code, ask=ask), 303)


@bp.post("/don-hang/<code>/tra-hang/<ask>/tra-loi")
@limiter.limit("20 per minute")
@signed_link("order")
def reply(code: str, ask: str) -> ResponseReturnValue:
    """Say what the producer wanted to know."""
    return _said(code, ask, services.answer_more, _("Đã gửi cho người bán."))


@bp.post("/don-hang/<code>/tra-hang/<ask>/nho-can-bo")
@limiter.limit("20 per minute")
@signed_link("order")
def turn(code: str, ask: str) -> ResponseReturnValue:
    """Ask the Youth Union's staff to look at a refusal."""
    return _said(code, ask, services.appeal, _("Đã gửi cho cán bộ Đoàn."))


@bp.post("/don-hang/<code>/tra-hang/<ask>/rut")
@limiter.limit("20 per minute")
@signed_link("order")
def drop(code: str, ask: str) -> ResponseReturnValue:
    """Keep the goods after all."""
    order, found = _own(read_session(), code, ask)
    form = WordsForm()

    def do(db: Session) -> None:
        services.withdraw_return(
            db, return_id=found.id, actor_id=actor().person_id, now=clock.now()
        )

    status = attempt(form, do)
    if status:
        return _case_page(code, ask, form, status)
    flash(_("Đã rút yêu cầu trả hàng."), "ok")
    return _back(order, ask)
