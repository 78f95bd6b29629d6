"""Saving products, and asking to be told when one is back. Works without JavaScript."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shop.core import clock
from shop.core.errors import Conflict, Invalid, NotFound
from shop.core.text import N_
from shop.notifications.services import following
from shop.web.access import actor, public, signed_in, webhook
from shop.web.errors import status_of
from shop.web.headers import not_stored
from shop.web.i18n import gettext as _
from shop.web.i18n import language, pick, say
from shop.web.limits import limiter
from shop.web.request import read_session, write_session
from shop.web.token_cookie import fresh_token, hash_token
from shop.wishes import queries, services
from shop.wishes.cookie import WISH_COOKIE
from shop.wishes.forms import AlertForm, WishForm
from shop.wishes.models import StockAlert

bp = Blueprint("wishes", __name__)


@bp.post("/yeu-thich")
@limiter.limit("120 per hour")
@public
def add() -> ResponseReturnValue:
    """Put a product on the visitor's list."""
    form = WishForm.read()
    if not form.validate():
        raise NotFound
    product_id: int = form.product_id.data or 0
    now, fresh = clock.now(), fresh_token()
    db = write_session()
    kept = services.open_list(
        db,
        token_hash=WISH_COOKIE.token_hash(),
        new_token_hash=hash_token(fresh),
        person_id=actor().person_id,
        now=now,
    )
    services.add_wish(db, wish_list=kept, product_id=product_id, now=now)
    slug = queries.listed_slug(db, product_id)
    count = queries.wish_count(db, kept.id)
    is_known = kept.token_hash == WISH_COOKIE.token_hash()
    db.commit()
    flash(_(N_("Đã lưu vào danh sách yêu thích.")), "ok")
    answer = redirect(f"{request.script_root}/san-pham/{slug}", 303)
    return WISH_COOKIE.remember(answer, WISH_COOKIE.token() if is_known else fresh, count)


@bp.post("/yeu-thich/bo")
@limiter.limit("120 per hour")
@public
def remove() -> ResponseReturnValue:
    """Take a product off the visitor's list."""
    form = WishForm.read()
    if not form.validate():
        raise NotFound
    product_id: int = form.product_id.data or 0
    db = write_session()
    found = queries.find_list(db, token_hash=WISH_COOKIE.token_hash(), person_id=actor().person_id)
    answer = redirect(f"{request.script_root}/yeu-thich", 303)
    if found is None:
        db.rollback()
        return answer
    services.remove_wish(db, wish_list=found, product_id=product_id, now=clock.now())
    count = queries.wish_count(db, found.id)
    is_known = found.token_hash == WISH_COOKIE.token_hash()
    db.commit()
    flash(_(N_("Đã bỏ khỏi danh sách yêu thích.")), "ok")
    return WISH_COOKIE.remember(answer, WISH_COOKIE.token(), count) if is_known else answer


# Told when it is back


def _ask_page(
    size: queries.AskedSize, form: AlertForm, status: int = 200, trouble: str = ""
) -> ResponseReturnValue:
    return (
        render_template(
            "wishes/ask.html",
            size=size,
            name=pick(size.name, size.name_en),
            label=pick(size.label, size.label_en),
            form=form,
            trouble=trouble,
        ),
        status,
    )


@bp.post("/bao-khi-co-hang")
@limiter.limit("20 per hour")
@public
def ask() -> ResponseReturnValue:
    """Wait for a size that is sold out; what a guest typed wrong comes back with the form."""
    form = AlertForm.read()
    is_good = form.validate()
    variant_id = form.variant_id.data
    size = queries.asked_size(read_session(), variant_id) if variant_id else None
    if form.variant_id.errors or size is None or not size.is_for_sale:
        raise NotFound
    if not is_good:
        return _ask_page(size, form, 422)
    person_id = actor().person_id
    db = write_session()
    try:
        services.ask_to_be_told(
            db,
            variant_id=size.variant_id,
            person_id=person_id,
            email=form.email.data or None,
            language=language(),
            now=clock.now(),
        )
    except (Conflict, Invalid) as refusal:
        db.rollback()
        form.add_error(refusal)
        trouble = "" if refusal.field else say(refusal)
        return _ask_page(size, form, status_of(refusal), trouble)
    db.commit()
    flash(_(_WAITS if person_id is not None else _CONFIRM_FIRST), "ok")
    return redirect(f"{request.script_root}/san-pham/{size.slug}", 303)


_WAITS = N_("Bạn sẽ nhận tin trong hộp thư khi có hàng lại.")
_CONFIRM_FIRST = N_("Hãy mở thư vừa gửi tới e-mail của bạn và bấm xác nhận.")


def _alert_page(code: str, wants: str) -> ResponseReturnValue:
    alert = following.wish_called(read_session(), StockAlert, code[:24])
    size = queries.asked_size(read_session(), alert.variant_id)
    if size is None:
        raise NotFound
    return not_stored(
        render_template(
            "wishes/alert.html",
            alert=alert,
            wants=wants,
            size=size,
            name=pick(size.name, size.name_en),
            label=pick(size.label, size.label_en),
        )
    )


@bp.get("/bao-khi-co-hang/<code>")
@limiter.limit("60 per hour")
@public
def confirm_page(code: str) -> ResponseReturnValue:
    """Where the mail leads: one button confirms, because opening a link changes nothing."""
    return _alert_page(code, "confirm")


@bp.post("/bao-khi-co-hang/<code>")
@limiter.limit("60 per hour")
@public
def confirm(code: str) -> ResponseReturnValue:
    """The address is confirmed."""
    db = write_session()
    services.confirm_alert(db, code=code[:24], now=clock.now())
    db.commit()
    flash(_(N_("Đã xác nhận. Chúng tôi sẽ gửi một thư khi có hàng lại.")), "ok")
    return redirect(url_for(".confirm_page", code=code[:24]), 303)


@bp.get("/bao-khi-co-hang/<code>/thoi")
@limiter.limit("60 per hour")
@public
def leave_page(code: str) -> ResponseReturnValue:
    """Where a mail's "no more of this" leads."""
    return _alert_page(code, "leave")


@bp.post("/bao-khi-co-hang/<code>/thoi")
@limiter.limit("60 per hour")
@webhook("mail")
def leave(code: str) -> ResponseReturnValue:
    """End an alert with one click. Mail programs post here by themselves (RFC 8058), without a
    cookie or a token: knowing the code is the right to end it."""
    db = write_session()
    following.end_wish(db, StockAlert, code[:24], clock.now())
    db.commit()
    return redirect(url_for(".leave_page", code=code[:24]), 303)


@bp.post("/tai-khoan/cho-hang/<code>/thoi")
@signed_in
def leave_own(code: str) -> ResponseReturnValue:
    """A signed-in person calls off an alert of their own."""
    db = write_session()
    alert = following.end_wish(db, StockAlert, code[:24], clock.now())
    if alert.recipient != f"person:{actor().id()}":
        raise NotFound
    db.commit()
    flash(_(N_("Đã thôi chờ tin.")), "ok")
    return redirect(f"{request.script_root}/yeu-thich", 303)
