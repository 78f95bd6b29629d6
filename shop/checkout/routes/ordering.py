"""From the basket to orders. Every page works without JavaScript and over a slow network."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from shop.checkout import queries, services
from shop.checkout.forms import CheckoutForm, by_producer
from shop.checkout.routes.basket import basket_page
from shop.checkout.routes.frame import (
    BASKET_COOKIE,
    bp,
    find_basket,
    fresh_key,
    group_page,
    look_into_basket,
)
from shop.checkout.rules import (
    METHOD_WORDS,
    BasketEmpty,
    Quote,
    Target,
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
from shop.payments.provider import Provider
from shop.payments.starting import start_attempts
from shop.places import queries as places
from shop.places.remembered import remembered_province
from shop.places.routes import reason
from shop.places.rules import is_code
from shop.web.access import actor, has_signed_link, public, sign, signed_link
from shop.web.errors import status_of
from shop.web.forms import phone_digits
from shop.web.headers import not_stored
from shop.web.i18n import gettext as _
from shop.web.i18n import language, say
from shop.web.limits import limiter
from shop.web.request import database, read_session, write_session
from shop.web.token_cookie import fresh_token


@dataclass(frozen=True)
class _Bill:
    """What checkout shows beside the form."""

    quote: Quote
    providers: dict[int, list[Provider]]
    """Producer id -> ways it can be paid."""
    voucher_error: str

    @property
    def offered(self) -> list[Provider]:
        """Every way at least one producer takes, in the order to offer them."""
        union = {one.slug: one for ways in self.providers.values() for one in ways}
        return sorted(union.values(), key=lambda one: one.order)

    @property
    def refusing(self) -> dict[str, str]:
        """Way to pay -> names of the sellers who do not take it, for ways that some do not."""
        names = {
            way.slug: ", ".join(
                part.producer_name
                for part in self.quote.orders
                if way not in self.providers[part.producer_id]
            )
            for way in self.offered
        }
        return {slug: who for slug, who in names.items() if who}


def _target(province: str, commune: str) -> Target | None:
    if not is_code(province, 2):
        return None
    return Target(province, commune if is_code(commune, 5) else "")


def _quote(
    db: Session, target: Target | None, voucher: str, methods: Mapping[str, str], phone: str
) -> tuple[Quote, str]:
    """The basket's price, and why the voucher does not lower it."""
    now, person_id = clock.now(), actor().person_id
    found, wanted = look_into_basket(db)
    parts = queries.order_quotes(db, wanted, target=target, methods=methods, now=now)
    try:
        terms = queries.voucher_terms(db, voucher, now=now)
        queries.check_own_uses(db, terms, phone=phone, person_id=person_id, basket=found)
        return quote_checkout(parts, terms), ""
    except VoucherRefused as refusal:
        return Quote(tuple(parts)), say(refusal)


def _bill(db: Session, form: CheckoutForm) -> _Bill:
    target = _target(form.province_code.data or "", form.commune_code.data or "")
    phone = phone_digits(form.phone.data or "") or ""
    quote, trouble = _quote(db, target, form.voucher.data or "", form.methods, phone)
    sellers = [part.producer_id for part in quote.orders]
    config = config_of(database())
    ways = payments.offered_providers(db, producer_ids=sellers, config=config, now=clock.now())
    return _Bill(quote, ways, trouble)


def _fill_places(db: Session, form: CheckoutForm) -> None:
    """The pick lists, and what an old name typed may mean today, for the buyer to confirm."""
    form.province_code.choices = [
        ("", _("Chọn tỉnh, thành phố")),
        *places.province_options(db),
    ]
    code = form.province_code.data or ""
    communes = places.commune_options(db, code) if is_code(code, 2) else ()
    form.commune_code.choices = [("", _("Chọn xã, phường")), *communes]
    typed = form.old_place.data or ""
    form.matches = places.find_places(db, typed[:200]) if typed else []


def _checkout_page(form: CheckoutForm, status: int = 200) -> ResponseReturnValue:
    db = read_session()
    db.rollback()
    bill = _bill(db, form)
    if not bill.quote.orders:
        return basket_page(status if status >= 400 else 200)
    _fill_places(db, form)
    if bill.voucher_error and not form.voucher.errors:
        form.voucher.errors = [bill.voucher_error]
    if not form.payment.data and bill.offered:
        form.payment.data = bill.offered[0].slug
    page = render_template(
        "checkout/checkout.html",
        form=form,
        bill=bill,
        quote=bill.quote,
        method_words=METHOD_WORDS,
        reason=reason,
    )
    return not_stored(page), status


@bp.get("/dat-hang")
@public
def checkout() -> ResponseReturnValue:
    """The form, and what it will cost; what we know of the buyer is filled in."""
    who = actor()
    known = queries.last_contact(read_session(), who.person_id) if who.person_id else None
    filled = {
        "full_name": known.full_name if known else who.name,
        "phone": known.phone if known else "",
        "email": known.email if known else "",
        "province_code": known.province_code if known else remembered_province(),
        "commune_code": known.commune_code if known else "",
        "street": known.street if known else "",
    }
    form = CheckoutForm(submit_key=fresh_key(), data=filled)
    if not is_code(form.province_code.data or "", 2):
        form.province_code.data = ""
    return _checkout_page(form)


@bp.route("/dat-hang/tinh-tien", methods=["GET", "POST"])
@limiter.limit("120 per minute")
@public
def bill() -> ResponseReturnValue:
    """The sums alone, for a place, ways of delivery and a voucher: what htmx puts into the form.

    Neither method changes anything; the page posts, since no phone number may stand in an address.
    """
    args = request.form if request.method == "POST" else request.args
    target = _target(args.get("province_code", "")[:3], args.get("commune_code", "")[:6])
    voucher = clean(args.get("voucher", "")[:40])
    methods = by_producer(args, "delivery_")
    phone = phone_digits(request.form.get("phone", "")[:40]) or ""
    quote, trouble = _quote(read_session(), target, voucher, methods, phone)
    return not_stored(
        render_template(
            "checkout/_bill.html", quote=quote, trouble=trouble, method_words=METHOD_WORDS
        )
    )


@bp.post("/dat-hang")
@limiter.limit("60 per minute")
@public
def place() -> ResponseReturnValue:
    """Place the orders; pressing twice leads to the same ones.

    ``lam`` (reckon again, look an old name up) and ``noi`` (one of the places offered for it) only
    show the page again.
    """
    form = CheckoutForm.read()
    form.take_posted(request.form)
    if "noi" in request.form or request.form.get("lam"):
        form.pick_place(request.form.get("noi", "")[:10])
        return _checkout_page(form)
    if not form.validate():
        return _checkout_page(form, 422)
    db = write_session()
    try:
        placed = services.place_checkout(
            db,
            basket=find_basket(db),
            request=form.request(language()),
            buyer_id=actor().person_id,
            config=config_of(database()),
            now=clock.now(),
        )
    except BasketEmpty as refusal:
        db.rollback()
        return basket_page(409, say(refusal))
    except (Conflict, Invalid) as refusal:
        db.rollback()
        return _refuse(form, refusal)
    link = _link(placed)
    count = 0 if placed.is_new else _count(db)
    db.commit()
    for trouble in start_attempts(
        database(), placed.attempt_ids, config_of(database()), clock.now()
    ):
        flash(say(trouble), "warn")
    if not placed.is_new:
        flash(_("Đơn này đã được đặt trước đó, không đặt thêm lần nữa."), "info")
    token = BASKET_COOKIE.token() or fresh_token()
    return BASKET_COOKIE.remember(redirect(link, 303), token, count)


def _count(db: Session) -> int:
    _found, wanted = look_into_basket(db)
    return len(wanted)


def _refuse(form: CheckoutForm, refusal: DomainError) -> ResponseReturnValue:
    form.add_error(refusal)
    return _checkout_page(form, status_of(refusal))


def _link(placed: services.Placed) -> str:
    """Where the buyer goes: the order, or the list when there are several."""
    if len(placed.orders) == 1:
        code = placed.orders[0].code
        return url_for("orders.show", code=code, k=sign("order", code))
    return group_page(placed.group.code)


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
