"""The buyer of a draft says where it goes and how it is paid, by the link they were sent."""

from collections.abc import Mapping
from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from livestream.onair import queries, services
from livestream.onair.forms import DraftForm, read_units
from livestream.onair.queries import DraftRow
from livestream.onair.routes.frame import DRAFT_LINK, Page, bp, fill_places, order_link, ways_to_pay
from livestream.onair.services.ordering import SELLING
from livestream.sessions.models import LiveSession
from livestream.sessions.queries import ItemRow, item_rows
from shop.checkout.queries import order_quotes, voucher_terms
from shop.checkout.rules import METHOD_WORDS, Quote, Target, VoucherRefused, quote_checkout
from shop.core import clock
from shop.core.errors import Conflict, Invalid, NotFound
from shop.core.text import clean
from shop.payments.configuration import config_of
from shop.payments.starting import start_attempts
from shop.places.rules import is_code
from shop.web.access import actor, has_signed_link, sign, signed_link
from shop.web.errors import status_of
from shop.web.headers import not_stored
from shop.web.i18n import language, say
from shop.web.limits import limiter
from shop.web.request import database, read_session, write_session


def _found(db: Session, draft_id: int) -> tuple[LiveSession, DraftRow]:
    """The draft, for whoever holds its link. Raises NotFound."""
    if not has_signed_link():
        raise NotFound
    live = queries.session_of_draft(db, draft_id)
    states = ("open", "placed", "dropped")
    return live, queries.draft_rows(db, live.id, states=states, draft_id=draft_id)[0]


def _units(row: DraftRow, sent: Mapping[str, str]) -> dict[int, int]:
    """How many of what the comment named; a buyer changes numbers, not products."""
    typed = read_units(sent)
    return {item_id: typed.get(item_id, units) for item_id, units in row.units.items()}


def _here(draft_id: int, endpoint: str) -> str:
    return url_for(endpoint, draft_id=draft_id, k=sign(DRAFT_LINK, str(draft_id)))


def _quote(
    db: Session,
    goods: Mapping[int, ItemRow],
    units: Mapping[int, int],
    form: DraftForm,
    now: datetime,
) -> tuple[Quote, str]:
    """What it costs with delivery, and why the voucher does not lower it."""
    wanted = {goods[one].item.variant_id: n for one, n in units.items() if n and one in goods}
    province, commune = form.province_code.data or "", form.commune_code.data or ""
    target = Target(province, commune if is_code(commune, 5) else "")
    parts = order_quotes(db, wanted, target=target if is_code(province, 2) else None, now=now)
    try:
        return quote_checkout(parts, voucher_terms(db, form.voucher.data or "", now=now)), ""
    except VoucherRefused as refusal:
        return Quote(tuple(parts)), say(refusal)


def _page(
    live: LiveSession, row: DraftRow, form: DraftForm, units: dict[int, int], status: int = 200
) -> Page:
    db, now = read_session(), clock.now()
    goods = {one.item.id: one for one in item_rows(db, live.id, now=now)}
    fill_places(db, form)
    quote, trouble = _quote(db, goods, units, form, now)
    ways = ways_to_pay(db, [part.producer_id for part in quote.orders], now)
    if not form.payment.data and ways:
        form.payment.data = ways[0].slug
    page = render_template(
        "livestream/onair/buy.html",
        live=live,
        row=row,
        form=form,
        is_open=row.draft.state == "open" and live.state in SELLING,
        goods=[goods[one] for one in units if one in goods],
        units=units,
        quote=quote,
        trouble=trouble,
        ways=ways,
        now=now,
        method_words=METHOD_WORDS,
        order_link=order_link,
        action=_here(row.draft.id, "onair.confirm"),
        bill_url=_here(row.draft.id, "onair.buy_bill"),
    )
    return not_stored(page), status  # type: ignore[return-value]


@bp.get("/chot-don/<int:draft_id>")
@signed_link(DRAFT_LINK, param="draft_id")
def buy(draft_id: int) -> Page:
    """What the comment ordered, and what is still missing; afterwards the order's page."""
    live, row = _found(read_session(), draft_id)
    return _page(live, row, DraftForm(data={"full_name": row.comment.author}), row.units)


@bp.get("/chot-don/<int:draft_id>/tinh-tien")
@limiter.limit("120 per minute")
@signed_link(DRAFT_LINK, param="draft_id")
def buy_bill(draft_id: int) -> Page:
    """The sums alone, for a place, units and a voucher: what htmx puts into the form."""
    db, now, args = read_session(), clock.now(), request.args
    live, row = _found(db, draft_id)
    form = DraftForm(args)
    form.voucher.data = clean(args.get("voucher", "")[:40])
    goods = {one.item.id: one for one in item_rows(db, live.id, now=now)}
    quote, trouble = _quote(db, goods, _units(row, args), form, now)
    page = render_template(
        "checkout/_bill.html",
        quote=quote,
        trouble=trouble,
        method_words=METHOD_WORDS,
        bill_url=_here(draft_id, "onair.buy_bill"),
    )
    return not_stored(page)


@bp.post("/chot-don/<int:draft_id>")
@limiter.limit("60 per minute")
@signed_link(DRAFT_LINK, param="draft_id")
def confirm(draft_id: int) -> Page:
    """Order it; pressed twice it is one order. ``lam`` only reckons again for the place chosen."""
    form = DraftForm.read()
    form.take_places()
    live, row = _found(read_session(), draft_id)
    try:
        units = _units(row, request.form)
    except Invalid as error:
        form.add_error(error)
        return _page(live, row, form, row.units, 422)
    if request.form.get("lam"):
        return _page(live, row, form, units)
    if not form.validate():
        return _page(live, row, form, units, 422)
    db = write_session()
    try:
        placed = services.place_draft(
            db,
            live=_found(db, draft_id)[0],
            draft_id=draft_id,
            quantities=units,
            request=form.request(language()),
            actor_id=None,
            buyer_id=actor().person_id,
            config=config_of(database()),
            now=clock.now(),
        )
    except (Conflict, Invalid) as error:
        db.rollback()
        form.add_error(error)
        live, row = _found(read_session(), draft_id)
        return _page(live, row, form, units, status_of(error))
    code, number = placed.orders[0].code, len(placed.orders)
    db.commit()
    for trouble in start_attempts(
        database(), placed.attempt_ids, config_of(database()), clock.now()
    ):
        flash(say(trouble), "warn")
    if number == 1:
        return redirect(url_for("orders.show", code=code, k=sign("order", code)), 303)
    return redirect(_here(draft_id, "onair.buy"), 303)
