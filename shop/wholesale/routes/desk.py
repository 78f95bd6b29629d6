"""The producer's answer to a wholesale enquiry: a quote, and taking it back."""

from datetime import timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shop.core import clock
from shop.core.errors import Conflict, Invalid, NotFound
from shop.core.text import N_
from shop.web.access import actor, role
from shop.web.errors import status_of
from shop.web.i18n import gettext as _
from shop.web.i18n import say
from shop.web.limits import limiter
from shop.web.request import read_session, write_session
from shop.wholesale import queries, services
from shop.wholesale.forms import QuoteForm
from shop.wholesale.routes.base import bp, fresh_key

USUAL_DAYS = timedelta(days=14)


def _mine() -> frozenset[int]:
    return frozenset(actor().producers)


def _quote_page(code: str, form: QuoteForm, status: int = 200) -> ResponseReturnValue:
    db = read_session()
    db.rollback()
    known = queries.own_request(db, code[:12], _mine())
    if known is None:
        raise NotFound
    enquiry, wanted = known
    return render_template(
        "wholesale/offer.html",
        form=form,
        enquiry=enquiry,
        wanted=wanted,
        sizes=queries.sizes_of(db, enquiry.producer_id),
        today=clock.today_vn(clock.now()),
    ), status


@bp.get("/ban-hang/bao-gia/<code>")
@role("producer")
def offer_form(code: str) -> ResponseReturnValue:
    """The empty quote for an enquiry."""
    day = clock.today_vn(clock.now()) + USUAL_DAYS
    return _quote_page(code, QuoteForm(submit_key=fresh_key(), valid_until=day, shipping_vnd=0))


@bp.post("/ban-hang/bao-gia/<code>")
@role("producer")
@limiter.limit("60 per hour")
def offer(code: str) -> ResponseReturnValue:
    """Send the quote; the buyer is told."""
    form = QuoteForm.read()
    form.read_rows(request.form)
    if not form.validate() or form.form_errors:
        return _quote_page(code, form, 422)
    db = write_session()
    try:
        services.offer_quote(
            db,
            enquiry_code=code[:12],
            offer=form.offer(),
            producer_ids=_mine(),
            actor_id=actor().id(),
            now=clock.now(),
        )
    except (Conflict, Invalid) as refusal:
        db.rollback()
        form.add_error(refusal)
        return _quote_page(code, form, status_of(refusal))
    db.commit()
    flash(_(N_("Đã gửi báo giá. Người hỏi được báo.")), "ok")
    return redirect(url_for("enquiries.desk_thread", code=code), 303)


@bp.post("/ban-hang/bao-gia/<code>/rut")
@role("producer")
def withdraw(code: str) -> ResponseReturnValue:
    """Take a quote back; the buyer is told."""
    db = write_session()
    view = queries.quote_called(db, code[:12], clock.now())
    if view is None or view.producer.id not in _mine():
        raise NotFound
    enquiry = view.enquiry.code
    try:
        services.withdraw_quote(
            db, code=code[:12], producer_ids=_mine(), actor_id=actor().id(), now=clock.now()
        )
    except Conflict as refusal:
        db.rollback()
        flash(say(refusal), "warn")
    else:
        db.commit()
        flash(_(N_("Đã rút báo giá. Người hỏi được báo.")), "ok")
    return redirect(url_for("enquiries.desk_thread", code=enquiry), 303)
