"""The basket's pages. Every one works without JavaScript."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shop.checkout import queries, services
from shop.checkout.forms import AddForm, read_quantities
from shop.checkout.models import Basket
from shop.checkout.routes.frame import (
    BASKET_COOKIE,
    bp,
    find_basket,
    just_ordered,
    look_into_basket,
)
from shop.checkout.rules import Quote
from shop.checkout.slots import ORIGINS
from shop.core import clock
from shop.core.errors import Conflict, Invalid
from shop.web.access import actor, public
from shop.web.errors import status_of
from shop.web.headers import not_stored
from shop.web.i18n import gettext as _
from shop.web.i18n import say
from shop.web.limits import limiter
from shop.web.request import read_session, write_session
from shop.web.token_cookie import fresh_token, hash_token


@bp.get("/gio-hang")
@public
def basket() -> ResponseReturnValue:
    """What is in the basket, at this moment's prices."""
    return basket_page()


def basket_page(status: int = 200, trouble: str = "") -> ResponseReturnValue:
    """The basket as an answer, also where checkout finds nothing to order."""
    db, now = read_session(), clock.now()
    found, wanted = look_into_basket(db)
    parts = queries.order_quotes(db, wanted, target=None, now=now)
    page = render_template(
        "checkout/basket.html",
        quote=Quote(tuple(parts)),
        trouble=trouble,
        referred_by=_referred_by(found),
        ordered=None if parts else just_ordered(db, found, now),
    )
    return not_stored(page), status


def _referred_by(found: Basket | None) -> str:
    if found is None or not found.origin_code:
        return ""
    return next(iter(ORIGINS.collect(read_session(), found.origin_code)), "")


@bp.post("/gio-hang/gioi-thieu/bo")
@limiter.limit("120 per minute")
@public
def forget_origin() -> ResponseReturnValue:
    """The buyer takes out whose word led here."""
    db = write_session()
    found = find_basket(db)
    if found is not None:
        services.set_origin(db, basket=found, code=None)
        db.commit()
    return redirect(url_for(".basket"), 303)


@bp.post("/gio-hang")
@limiter.limit("120 per minute")
@public
def add() -> ResponseReturnValue:
    """Put something into the basket; with ``mua_ngay`` go on to checkout at once."""
    form = AddForm.read()
    if not form.validate():
        first = next(error for errors in form.errors.values() for error in errors)
        return basket_page(422, first)
    now, fresh = clock.now(), fresh_token()
    db = write_session()
    try:
        kept = services.open_basket(
            db,
            token_hash=BASKET_COOKIE.token_hash(),
            new_token_hash=hash_token(fresh),
            person_id=actor().person_id,
            now=now,
        )
        added = services.add_to_basket(
            db,
            is_new=kept.token_hash == hash_token(fresh),
            basket=kept,
            variant_id=form.variant_id.data or 0,
            quantity=form.quantity.data or 0,
            submit_key=(form.submit_key.data or "")[:64],
            now=now,
        )
    except (Conflict, Invalid) as refusal:
        db.rollback()
        return basket_page(status_of(refusal), say(refusal))
    gt = (form.gt.data or "")[:12]
    if gt and ORIGINS.collect(db, gt):
        services.set_origin(db, basket=kept, code=gt)
    db.commit()
    is_known = kept.token_hash == BASKET_COOKIE.token_hash()
    holds = BASKET_COOKIE.token() if is_known else fresh
    goes_on = bool(request.form.get("mua_ngay"))
    if not added.is_new:
        flash(_("Lần bấm trước đã được tính. Muốn lấy thêm, hãy tăng số lượng trong giỏ."), "info")
    elif not goes_on:
        flash(_("Đã bỏ vào giỏ."), "ok")
    answer = redirect(url_for(".checkout" if goes_on else ".basket"), 303)
    return BASKET_COOKIE.remember(answer, holds, added.lines)


@bp.post("/gio-hang/sua")
@limiter.limit("120 per minute")
@public
def change() -> ResponseReturnValue:
    """Set quantities, or take a line out; with ``dat`` go on to checkout with what is typed."""
    quantities = read_quantities(request.form)
    db = write_session()
    found = find_basket(db)
    if found is None:
        db.rollback()
        return redirect(url_for(".basket"), 303)
    services.change_basket(db, basket=found, quantities=quantities)
    count = len(queries.basket_lines(db, found.id))
    db.commit()
    goes_on = bool(request.form.get("dat"))
    answer = redirect(url_for(".checkout" if goes_on else ".basket"), 303)
    is_ours = found.token_hash == BASKET_COOKIE.token_hash()
    return BASKET_COOKIE.remember(answer, BASKET_COOKIE.token(), count) if is_ours else answer
