"""Basket and checkout. Every page works without JavaScript."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from flask import (
    Blueprint,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from shop.checkout import queries, services
from shop.checkout.forms import AddForm, CheckoutForm, read_quantities
from shop.checkout.models import Basket
from shop.checkout.rules import (
    BasketEmpty,
    Quote,
    VoucherRefused,
    quote_checkout,
)
from shop.core import clock
from shop.core.errors import Conflict, DomainError, Invalid, NotFound
from shop.core.text import clean
from shop.orders import queries as order_queries
from shop.orders.pages import OrderCard
from shop.payments import services as payments
from shop.payments.configuration import config_of
from shop.payments.provider import Provider, ProviderRefused, ProviderSilent
from shop.payments.rules import NotPayable
from shop.payments.starting import start_attempt
from shop.places import queries as places
from shop.places.rules import is_code
from shop.web.access import actor, has_signed_link, public, sign, signed_link
from shop.web.errors import status_of
from shop.web.headers import not_stored
from shop.web.i18n import gettext as _
from shop.web.i18n import language, say
from shop.web.limits import limiter
from shop.web.request import database, read_session, write_session
from shop.web.token_cookie import TokenCookie, fresh_token, hash_token

bp = Blueprint("checkout", __name__)

BASKET_COOKIE: Final = TokenCookie("gio", timedelta(days=60))


def _find_basket(db: Session) -> Basket | None:
    return queries.find_basket(
        db, token_hash=BASKET_COOKIE.token_hash(), person_id=actor().person_id
    )


@bp.get("/gio-hang")
@public
def basket() -> ResponseReturnValue:
    """What is in the basket, at this moment's prices."""
    return _basket_page()


def _basket_page(status: int = 200, trouble: str = "") -> ResponseReturnValue:
    db = read_session()
    found = _find_basket(db)
    wanted = queries.basket_lines(db, found.id) if found else {}
    parts = queries.order_quotes(db, wanted, province_code=None, now=clock.now())
    page = render_template("checkout/basket.html", quote=Quote(tuple(parts)), trouble=trouble)
    return not_stored(page), status


@bp.post("/gio-hang")
@limiter.limit("120 per minute")
@public
def add() -> ResponseReturnValue:
    """Put something into the basket."""
    form = AddForm.read()
    if not form.validate():
        first = next(error for errors in form.errors.values() for error in errors)
        return _basket_page(422, first)
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
        services.add_to_basket(
            db,
            basket=kept,
            variant_id=form.variant_id.data or 0,
            quantity=form.quantity.data or 0,
            now=now,
        )
    except (Conflict, Invalid) as refusal:
        db.rollback()
        return _basket_page(status_of(refusal), say(refusal))
    count = len(queries.basket_lines(db, kept.id))
    db.commit()
    flash(_("Đã bỏ vào giỏ."), "ok")
    is_known = kept.token_hash == BASKET_COOKIE.token_hash()
    holds = BASKET_COOKIE.token() if is_known else fresh
    return BASKET_COOKIE.remember(redirect(url_for(".basket"), 303), holds, count)


@bp.post("/gio-hang/sua")
@limiter.limit("120 per minute")
@public
def change() -> ResponseReturnValue:
    """Set quantities, or take a line out."""
    quantities = read_quantities(request.form)
    db = write_session()
    found = _find_basket(db)
    if found is None:
        db.rollback()
        return redirect(url_for(".basket"), 303)
    services.change_basket(db, basket=found, quantities=quantities)
    count = len(queries.basket_lines(db, found.id))
    db.commit()
    answer = redirect(url_for(".basket"), 303)
    is_ours = found.token_hash == BASKET_COOKIE.token_hash()
    return BASKET_COOKIE.remember(answer, BASKET_COOKIE.token(), count) if is_ours else answer


# Checkout


@dataclass(frozen=True)
class _Bill:
    """What the order page of checkout shows beside the form."""

    quote: Quote
    providers: dict[int, list[Provider]]
    """Producer id -> ways it can be paid."""
    voucher_error: str

    @property
    def offered(self) -> list[Provider]:
        """Every way at least one producer takes, in the order to offer them."""
        union = {one.slug: one for ways in self.providers.values() for one in ways}
        return sorted(union.values(), key=lambda one: one.order)


def _bill(db: Session, province_code: str, voucher: str) -> _Bill:
    now = clock.now()
    found = _find_basket(db)
    wanted = queries.basket_lines(db, found.id) if found else {}
    code = province_code if is_code(province_code, 2) else None
    parts = queries.order_quotes(db, wanted, province_code=code, now=now)
    trouble = ""
    try:
        quote = quote_checkout(parts, queries.voucher_terms(db, voucher, now=now))
    except VoucherRefused as refusal:
        quote, trouble = Quote(tuple(parts)), say(refusal)
    config = config_of(database())
    ways = {
        part.producer_id: payments.enabled_providers(
            db, producer_id=part.producer_id, config=config, now=now
        )
        for part in parts
    }
    return _Bill(quote, ways, trouble)


def _fill_places(db: Session, form: CheckoutForm) -> None:
    form.province_code.choices = [
        ("", _("Chọn tỉnh, thành phố")),
        *((one.code, one.name) for one in places.list_provinces(db)),
    ]
    code = form.province_code.data or ""
    communes = places.list_communes(db, code) if is_code(code, 2) else []
    form.commune_code.choices = [
        ("", _("Chọn xã, phường")),
        *((one.code, one.name) for one in communes),
    ]


def _checkout_page(form: CheckoutForm, status: int = 200) -> ResponseReturnValue:
    db = read_session()
    db.rollback()
    _fill_places(db, form)
    bill = _bill(db, form.province_code.data or "", form.voucher.data or "")
    if not bill.quote.orders:
        return _basket_page(status if status >= 400 else 200)
    if bill.voucher_error and not form.voucher.errors:
        form.voucher.errors = [bill.voucher_error]
    if not form.payment.data and bill.offered:
        form.payment.data = bill.offered[0].slug
    return render_template(
        "checkout/checkout.html",
        form=form,
        bill=bill,
        quote=bill.quote,
        province=form.province_code.data,
    ), status


@bp.get("/dat-hang")
@public
def checkout() -> ResponseReturnValue:
    """The form, and what it will cost."""
    who = actor()
    form = CheckoutForm(submit_key=secrets.token_urlsafe(16), full_name=who.name)
    return _checkout_page(form)


@bp.get("/dat-hang/tinh-tien")
@public
def bill() -> ResponseReturnValue:
    """The sums alone, for a province and a voucher: what htmx puts into the form."""
    province = request.args.get("province_code", "")[:2]
    voucher = clean(request.args.get("voucher", "")[:40])
    found = _bill(read_session(), province, voucher)
    return render_template("checkout/_bill.html", quote=found.quote, trouble=found.voucher_error)


@bp.post("/dat-hang")
@limiter.limit("60 per minute")
@public
def place() -> ResponseReturnValue:
    """Place the orders; pressing twice leads to the same ones."""
    form = CheckoutForm.read()
    read = read_session()
    _fill_places(read, form)
    if request.form.get("lam") == "tinh":
        return _checkout_page(form)
    is_good = form.validate()
    found = _find_basket(read)
    lines = queries.basket_lines(read, found.id) if found else {}
    parts = queries.order_quotes(read, lines, province_code=None, now=clock.now())
    form.read_overrides(request.form, [part.producer_slug for part in parts])
    if not is_good:
        return _checkout_page(form, 422)
    db = write_session()
    try:
        placed = services.place_checkout(
            db,
            basket=_find_basket(db),
            request=form.request(language()),
            buyer_id=actor().person_id,
            config=config_of(database()),
            now=clock.now(),
        )
    except BasketEmpty as refusal:
        db.rollback()
        return _basket_page(409, say(refusal))
    except (Conflict, Invalid) as refusal:
        db.rollback()
        return _refuse(form, refusal)
    links = _links(placed)
    db.commit()
    _start(placed.attempt_ids)
    if not placed.is_new:
        flash(_("Đơn này đã được đặt trước đó, không đặt thêm lần nữa."), "info")
    token = BASKET_COOKIE.token() or fresh_token()
    return BASKET_COOKIE.remember(redirect(links, 303), token, 0)


def _refuse(form: CheckoutForm, refusal: DomainError) -> ResponseReturnValue:
    form.add_error(refusal)
    return _checkout_page(form, status_of(refusal))


def _links(placed: services.Placed) -> str:
    """Where the buyer goes: the order, or the list when there are several."""
    if len(placed.orders) == 1:
        code = placed.orders[0].code
        return url_for("orders.show", code=code, k=sign("order", code))
    code = placed.group.code
    return url_for(".done", code=code, k=sign("group", code))


def _start(attempt_ids: list[int]) -> None:
    """Open the providers' pages; a silent provider is asked again from the order page."""
    for attempt_id in attempt_ids:
        try:
            start_attempt(database(), attempt_id, config_of(database()), clock.now())
        except (ProviderSilent, ProviderRefused, NotPayable) as trouble:
            flash(say(trouble), "warn")


@bp.get("/dat-hang/xong/<code>")
@signed_link("group")
def done(code: str) -> ResponseReturnValue:
    """The orders of one checkout, each with its link."""
    found = order_queries.group_by_code(read_session(), code[:12])
    if found is None:
        raise NotFound
    group, orders = found
    if not has_signed_link() and group.buyer_id != actor().id():
        raise NotFound
    now = clock.now()
    return render_template(
        "checkout/done.html",
        group=group,
        orders=[
            (
                OrderCard.of(order, now),
                url_for("orders.show", code=order.code, k=sign("order", order.code)),
            )
            for order in orders
        ],
    )


def init_context() -> dict[str, Any]:
    """What the header of every page shows of the basket."""
    return {"basket_count": BASKET_COOKIE.count() if request else 0}
