"""Asking for a wholesale price, and the quote that answers. Works without JavaScript."""

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from shop.core import clock
from shop.core.errors import Conflict, Invalid, NotFound
from shop.core.text import N_, clean
from shop.web.access import actor, has_signed_link, public, sign, signed_link
from shop.web.errors import status_of
from shop.web.headers import not_stored
from shop.web.i18n import gettext as _
from shop.web.i18n import language, pick
from shop.web.limits import limiter
from shop.web.request import house, read_session, write_session
from shop.wholesale import queries, rules, services
from shop.wholesale.forms import AcceptForm, AskForm
from shop.wholesale.paper import quote_pdf
from shop.wholesale.routes.base import bp, communes, fresh_key, provinces


def _product_slug() -> str:
    return clean(request.args.get("san-pham", "")[:120])


def _ask_page(slug: str, form: AskForm, status: int = 200) -> ResponseReturnValue:
    db = read_session()
    producer = queries.verified_producer(db, slug[:90])
    wanted = _product_slug()
    product = queries.product_of(db, producer.id, wanted) if producer and wanted else None
    if producer is None or (wanted and product is None):
        raise NotFound
    form.province_code.choices = provinces(db)
    page = render_template(
        "wholesale/ask.html",
        form=form,
        producer=producer,
        product=product,
        name=pick(product.name, product.name_en) if product else "",
        today=clock.today_vn(clock.now()),
    )
    return page, status


@bp.get("/ban-si/<slug>")
@public
def ask_form(slug: str) -> ResponseReturnValue:
    """The empty form; ``san-pham`` names the product it is about."""
    return _ask_page(slug, AskForm(submit_key=fresh_key(), name=actor().name))


@bp.post("/ban-si/<slug>")
@limiter.limit("10 per hour")
@public
def ask(slug: str) -> ResponseReturnValue:
    """Ask; pressing twice leads to the same enquiry."""
    form = AskForm.read()
    form.province_code.choices = provinces(read_session())
    if not form.validate():
        return _ask_page(slug, form, 422)
    db = write_session()
    try:
        enquiry = services.ask(
            db,
            producer_slug=slug[:90],
            product_slug=_product_slug(),
            asked=form.asked(language()),
            buyer_id=actor().person_id,
            now=clock.now(),
        )
    except (Invalid, Conflict) as refusal:
        db.rollback()
        form.add_error(refusal)
        return _ask_page(slug, form, status_of(refusal))
    code = enquiry.code
    db.commit()
    flash(_(N_("Đã gửi. Báo giá sẽ hiện ở đây; hãy giữ địa chỉ trang này.")), "ok")
    return redirect(url_for("enquiries.show", code=code), 303)


def _quote(db: Session, code: str) -> queries.QuoteView:
    """The quote for whoever holds its link, or for the signed-in asker. Raises NotFound."""
    view = queries.quote_called(db, code[:12], clock.now())
    if view is None:
        raise NotFound
    is_mine = view.enquiry.buyer_id is not None and view.enquiry.buyer_id == actor().person_id
    if not has_signed_link() and not is_mine:
        raise NotFound
    return view


def _quote_page(
    view: queries.QuoteView, form: AcceptForm, status: int = 200
) -> ResponseReturnValue:
    db = read_session()
    form.province_code.choices = provinces(db)
    form.commune_code.choices = communes(db, form.province_code.data or "")
    code = view.quote.code
    key = sign("quote", code)
    order_url = ""
    if view.order_code:
        order_url = url_for("orders.show", code=view.order_code, k=sign("order", view.order_code))
    page = render_template(
        "wholesale/quote.html",
        view=view,
        form=form,
        rules=rules,
        urls={
            "accept": url_for(".accept", code=code, k=key),
            "pdf": url_for(".paper", code=code, k=key),
            "order": order_url,
        },
    )
    return not_stored(page), status


@bp.get("/bao-gia/<code>")
@signed_link("quote")
def quote(code: str) -> ResponseReturnValue:
    """What is offered, until when, and the form to accept it."""
    view = _quote(read_session(), code)
    known = view.contact
    form = AcceptForm(
        full_name=known.name if known else "",
        phone=known.phone if known else "",
        email=known.email if known else "",
        province_code=view.request.province_code,
    )
    form.quantities = _suggested(view)
    return _quote_page(view, form)


def _suggested(view: queries.QuoteView) -> dict[int, int]:
    """What was asked for, where one size is offered; else each size's minimum."""
    tiers = view.tiers
    if len(tiers) == 1:
        only, steps = next(iter(tiers.items()))
        return {only: max(view.request.quantity, steps[0].from_quantity)}
    return {variant_id: steps[0].from_quantity for variant_id, steps in tiers.items()}


@bp.get("/bao-gia/<code>/bao-gia.pdf")
@signed_link("quote")
def paper(code: str) -> ResponseReturnValue:
    """The quote on A4, for the company's files."""
    view = _quote(read_session(), code)
    number, public_url = view.quote.code, house().public_url
    here = f"{public_url}/bao-gia/{number}?k={sign('quote', number)}"
    answer = Response(
        quote_pdf(view, address=here, public_url=public_url), mimetype="application/pdf"
    )
    answer.headers["Content-Disposition"] = f'inline; filename="bao-gia-{number}.pdf"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@bp.post("/bao-gia/<code>/dong-y")
@limiter.limit("30 per minute")
@signed_link("quote")
def accept(code: str) -> ResponseReturnValue:
    """Accept: one order at the quoted prices, however often it is pressed."""
    read = read_session()
    view = _quote(read, code)
    form = AcceptForm.read()
    form.read_quantities(request.form)
    form.province_code.choices = provinces(read)
    form.commune_code.choices = communes(read, form.province_code.data or "")
    if request.form.get("lam") == "tinh":
        return _quote_page(view, form)
    if not form.validate() or form.form_errors:
        return _quote_page(view, form, 422)
    db = write_session()
    try:
        order, is_new = services.accept_quote(
            db,
            code=view.quote.code,
            acceptance=form.acceptance(language()),
            buyer_id=actor().person_id,
            now=clock.now(),
        )
    except (Conflict, Invalid) as refusal:
        db.rollback()
        form.add_error(refusal)
        return _quote_page(_quote(read_session(), code), form, status_of(refusal))
    number = order.code
    db.commit()
    if not is_new:
        flash(_("Báo giá này đã thành đơn, không đặt thêm lần nữa."), "info")
    return redirect(url_for("orders.show", code=number, k=sign("order", number)), 303)
