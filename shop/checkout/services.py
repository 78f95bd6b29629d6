"""Verbs of the basket, and the one transaction that makes orders out of it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import case, delete, select, update
from sqlalchemy.orm import Session

from shop.accounts.models import Person
from shop.catalogue.queries import variants_for_sale
from shop.checkout import queries
from shop.checkout.models import (
    MAX_QUANTITY,
    Basket,
    BasketLine,
    Voucher,
    VoucherRedemption,
)
from shop.checkout.rules import (
    BasketEmpty,
    BasketFull,
    CannotBuy,
    LiveLimit,
    NoWayToPay,
    OrderQuote,
    PriceChanged,
    Quote,
    VoucherRefused,
    VoucherTerms,
    quote_checkout,
)
from shop.core.clock import today_vn
from shop.core.db import insert_into
from shop.core.errors import Invalid, NotFound
from shop.core.money import format_vnd
from shop.core.text import N_
from shop.orders import queries as order_queries
from shop.orders import services as orders
from shop.orders.models import CheckoutGroup, Order
from shop.orders.rules import ContactDraft, LineDraft, OrderDraft
from shop.payments import services as payments
from shop.payments.provider import PaymentConfig, Provider
from shop.places.queries import get_commune, place_names


def open_basket(
    db: Session, *, token_hash: str, new_token_hash: str, person_id: int | None, now: datetime
) -> Basket:
    """The visitor's basket, made if there is none; a guest's becomes the person's at sign-in.

    What the person had in other baskets moves into this one. Their own row is locked, so that two
    first clicks at once open one basket.
    """
    if person_id is not None:
        db.execute(select(Person.id).where(Person.id == person_id).with_for_update())
    basket = queries.find_basket(db, token_hash=token_hash, person_id=person_id)
    if basket is None:
        basket = Basket(token_hash=new_token_hash, person_id=person_id, updated_at=now)
        db.add(basket)
    basket.updated_at = now
    db.flush()
    if person_id is not None and basket.person_id is None:
        basket.person_id = person_id
        _merge_others(db, basket, person_id, now)
    return basket


def _merge_others(db: Session, basket: Basket, person_id: int, now: datetime) -> None:
    others = select(Basket.id).where(Basket.person_id == person_id, Basket.id != basket.id)
    moved = db.execute(
        delete(BasketLine)
        .where(BasketLine.basket_id.in_(others))
        .returning(BasketLine.variant_id, BasketLine.quantity)
    ).all()
    room = queries.MAX_LINES - len(queries.basket_lines(db, basket.id))
    for variant_id, quantity in moved[: max(room, 0)]:
        _add_line(db, basket.id, variant_id, quantity, now)


def add_to_basket(
    db: Session, *, basket: Basket, variant_id: int, quantity: int, now: datetime
) -> None:
    """Put more of a variant into the basket. Raises NotFound, CannotBuy, BasketFull."""
    row = variants_for_sale(db, [variant_id], today=today_vn(now)).get(variant_id)
    if row is None:
        raise NotFound
    if not row.is_for_sale or row.is_service:
        raise CannotBuy(product=row.product_name)
    lines = queries.basket_lines(db, basket.id)
    is_full = variant_id not in lines and len(lines) >= queries.MAX_LINES
    if is_full or lines.get(variant_id, 0) + quantity > MAX_QUANTITY:
        raise BasketFull(field="quantity")
    _add_line(db, basket.id, variant_id, quantity, now)


def _add_line(db: Session, basket_id: int, variant_id: int, quantity: int, now: datetime) -> None:
    line = insert_into(db, BasketLine).values(
        basket_id=basket_id, variant_id=variant_id, quantity=quantity, added_at=now
    )
    both = BasketLine.quantity + line.excluded.quantity
    db.execute(
        line.on_conflict_do_update(
            index_elements=["basket_id", "variant_id"],
            set_={"quantity": case((both > MAX_QUANTITY, MAX_QUANTITY), else_=both)},
        )
    )


def change_basket(db: Session, *, basket: Basket, quantities: Mapping[int, int]) -> None:
    """Set the quantities of lines that are in the basket; zero takes a line out."""
    for variant_id, quantity in sorted(quantities.items()):
        this = (BasketLine.basket_id == basket.id, BasketLine.variant_id == variant_id)
        if quantity <= 0:
            db.execute(delete(BasketLine).where(*this))
        else:
            db.execute(update(BasketLine).where(*this).values(quantity=min(quantity, MAX_QUANTITY)))


@dataclass(frozen=True)
class CheckoutRequest:
    """What the buyer sent, in shape."""

    submit_key: str
    full_name: str
    phone: str
    email: str | None
    province_code: str
    commune_code: str
    street: str
    note: str
    payment: str
    payment_by_producer: Mapping[str, str] = field(default_factory=dict)
    """Producer slug -> way to pay, where it differs from ``payment``."""
    voucher: str = ""
    expected_total_vnd: int | None = None
    """The total the buyer saw; None when the page could not know it yet."""
    language: str = "vi"


@dataclass(frozen=True)
class Placed:
    """What a press of the button led to; a second press leads to the same."""

    group: CheckoutGroup
    orders: list[Order]
    attempt_ids: list[int]
    """Payment attempts to start over the network after the commit; none for a repeated press."""
    is_new: bool


def place_checkout(
    db: Session,
    *,
    basket: Basket | None,
    request: CheckoutRequest,
    buyer_id: int | None,
    config: PaymentConfig,
    now: datetime,
) -> Placed:
    """Turn the basket into one order per producer, all or none.

    The submit key is claimed first: a repeated press, even at the same moment, waits here and gets
    the first one's orders. The basket's lines are taken by one DELETE, so that two presses with
    different keys cannot order the same basket twice. Prices, stock, voucher and ways to pay are
    judged inside this transaction.

    Raises BasketEmpty, CannotBuy, PriceChanged, OutOfStock, LivePriceOver, LiveLimit,
    VoucherRefused, NoWayToPay, UnknownProvince, UnknownCommune; the caller must not commit then.
    """
    group, is_new = orders.open_group(db, submit_key=request.submit_key, buyer_id=buyer_id, now=now)
    if not is_new:
        if group.buyer_id is not None and group.buyer_id != buyer_id:
            raise NotFound
        return Placed(group, order_queries.orders_of_group(db, group.id), [], is_new=False)
    wanted = _take_lines(db, basket)
    commune = get_commune(db, request.province_code, request.commune_code)
    _expire_due(db, wanted, now)
    quote = _judge(db, wanted, request, now)
    providers = _providers(db, quote, request, config, now)
    _check_live_limits(db, quote, request.phone)
    place = place_names(db, [(request.province_code, commune.code)])
    placed = orders.place_orders(
        db,
        group=group,
        drafts=[_draft(order, providers[order.producer_id], config, now) for order in quote.orders],
        contact=ContactDraft(
            full_name=request.full_name,
            phone=request.phone,
            email=request.email,
            province_code=request.province_code,
            commune_code=commune.code,
            street=request.street,
            place=place[request.province_code, commune.code],
            note=request.note,
            language=request.language,
        ),
        buyer_id=buyer_id,
        now=now,
    )
    for order, part in zip(placed, quote.orders, strict=True):
        if part.voucher is not None:
            _redeem(db, part.voucher, order, request.phone, now)
    return Placed(group, placed, _open_attempts(db, placed, providers, now), is_new=True)


def _open_attempts(
    db: Session, placed: list[Order], providers: Mapping[int, Provider], now: datetime
) -> list[int]:
    """A payment attempt per order; ids of those that start with a call over the network."""
    to_start = []
    for order in placed:
        if order.total_vnd > 0:
            provider = providers[order.producer_id]
            attempt = payments.create_attempt(db, order=order, provider=provider, now=now)
            if provider.capabilities.redirect:
                to_start.append(attempt.id)
    return to_start


def _take_lines(db: Session, basket: Basket | None) -> dict[int, int]:
    if basket is None:
        raise BasketEmpty
    rows = db.execute(
        delete(BasketLine)
        .where(BasketLine.basket_id == basket.id)
        .returning(BasketLine.id, BasketLine.variant_id, BasketLine.quantity)
    ).all()
    if not rows:
        raise BasketEmpty
    return {variant_id: quantity for _id, variant_id, quantity in sorted(rows)}


def _expire_due(db: Session, wanted: queries.Wanted, now: datetime) -> None:
    """Free what overdue orders still hold of these goods, whether or not the scheduler lives."""
    due = order_queries.due_orders(db, now, variant_ids=list(wanted))
    orders.expire_orders(db, order_ids=due, now=now, also_lock_variants=list(wanted))


def _judge(db: Session, wanted: queries.Wanted, request: CheckoutRequest, now: datetime) -> Quote:
    parts = queries.order_quotes(db, wanted, province_code=request.province_code, now=now)
    for part in parts:
        for item in part.goods:
            if not item.offer.is_for_sale:
                raise CannotBuy(product=item.offer.product_name)
    quote = quote_checkout(parts, queries.voucher_terms(db, request.voucher, now=now))
    expected = request.expected_total_vnd
    if expected is not None and expected != quote.total_vnd:
        raise PriceChanged(before=format_vnd(expected), after=format_vnd(quote.total_vnd))
    return quote


def _providers(
    db: Session, quote: Quote, request: CheckoutRequest, config: PaymentConfig, now: datetime
) -> dict[int, Provider]:
    """The way each producer is paid. Raises NoWayToPay (field ``payment``)."""
    chosen: dict[int, Provider] = {}
    for part in quote.orders:
        slug = request.payment_by_producer.get(part.producer_slug) or request.payment
        offered = payments.enabled_providers(
            db, producer_id=part.producer_id, config=config, now=now
        )
        found = next((provider for provider in offered if provider.slug == slug), None)
        if found is None:
            raise NoWayToPay(field="payment", producer=part.producer_name)
        chosen[part.producer_id] = found
    return chosen


def _check_live_limits(db: Session, quote: Quote, phone: str) -> None:
    limited = {
        item.offer.window_id: item
        for part in quote.orders
        for item in part.goods
        if item.offer.window_id is not None and item.offer.per_buyer is not None
    }
    bought = order_queries.bought_at_live_price(
        db, [window for window in limited if window is not None], phone
    )
    for window_id, item in limited.items():
        limit = item.offer.per_buyer or 0
        if bought.get(window_id or 0, 0) + item.quantity > limit:
            raise LiveLimit(product=item.offer.product_name, limit=limit)


def _draft(
    part: OrderQuote, provider: Provider, config: PaymentConfig, now: datetime
) -> OrderDraft:
    detail: dict[str, object] = {"shipping_list_vnd": part.shipping_list_vnd}
    if part.voucher is not None:
        detail["voucher"] = part.voucher.code
    return OrderDraft(
        producer_id=part.producer_id,
        producer_name=part.producer_name,
        payment_provider=provider.slug,
        is_prepaid=provider.first_state == "awaiting_payment",
        lines=tuple(
            LineDraft(
                variant_id=item.offer.variant_id,
                product_id=item.offer.product_id,
                product_name=item.offer.product_name,
                variant_label=item.offer.label,
                sku=item.offer.sku,
                photo_sha=item.offer.photo_sha,
                unit_price_vnd=item.offer.unit_price_vnd,
                quantity=item.quantity,
                discount_vnd=item.discount_vnd,
                weight_g=item.offer.weight_g,
                price_window_id=item.offer.window_id,
                from_owner=item.offer.set_aside_owner,
            )
            for item in part.goods
        ),
        shipping_vnd=part.shipping_vnd,
        expires_at=now + provider.hold(config),
        detail=detail,
    )


# Vouchers


def person_key(voucher_id: int, phone: str) -> str:
    """Digest that counts uses per person without keeping who."""
    return hashlib.sha256(f"voucher:{voucher_id}:{phone}".encode()).hexdigest()


def create_voucher(
    db: Session,
    *,
    code: str,
    kind: str,
    starts_at: datetime,
    ends_at: datetime,
    amount: int = 0,
    producer_id: int | None = None,
    max_discount_vnd: int | None = None,
    min_subtotal_vnd: int = 0,
    max_uses: int | None = None,
    per_person: int = 1,
) -> Voucher:
    """A discount code (kept in capitals). Raises Invalid."""
    is_fine = ends_at > starts_at and {
        "percent": 1 <= amount <= 90,
        "fixed": amount >= 1000,
        "free_ship": amount == 0,
    }.get(kind, False)
    if not is_fine or not code.isascii() or not 3 <= len(code) <= 30:
        raise Invalid
    voucher = Voucher(
        code=code.upper(),
        kind=kind,
        amount=amount,
        producer_id=producer_id,
        max_discount_vnd=max_discount_vnd,
        min_subtotal_vnd=min_subtotal_vnd,
        max_uses=max_uses,
        per_person=per_person,
        used=0,
        starts_at=starts_at,
        ends_at=ends_at,
    )
    db.add(voucher)
    db.flush()
    return voucher


def _redeem(db: Session, voucher: VoucherTerms, order: Order, phone: str, now: datetime) -> None:
    """Count one use by one conditional UPDATE; its row lock also guards the count per person."""
    taken = db.execute(
        update(Voucher)
        .where(
            Voucher.id == voucher.voucher_id,
            Voucher.starts_at <= now,
            Voucher.ends_at > now,
            Voucher.max_uses.is_(None) | (Voucher.used < Voucher.max_uses),
        )
        .values(used=Voucher.used + 1)
        .returning(Voucher.per_person)
    ).scalar()
    if taken is None:
        raise VoucherRefused(N_("Mã giảm giá không có, đã hết hạn hoặc hết lượt."), field="voucher")
    key = person_key(voucher.voucher_id, phone)
    if queries.uses_of(db, voucher.voucher_id, key) >= taken:
        raise VoucherRefused(N_("Bạn đã dùng hết lượt của mã giảm giá này."), field="voucher")
    db.add(
        VoucherRedemption(
            voucher_id=voucher.voucher_id, order_id=order.id, person_key=key, redeemed_at=now
        )
    )
    db.flush()


def release_voucher(db: Session, *, order_id: int, now: datetime) -> None:
    """An order came to nothing: its voucher may be used again, once."""
    freed = db.scalars(
        update(VoucherRedemption)
        .where(VoucherRedemption.order_id == order_id, VoucherRedemption.released_at.is_(None))
        .values(released_at=now)
        .returning(VoucherRedemption.voucher_id)
    ).all()
    for voucher_id in freed:
        db.execute(update(Voucher).where(Voucher.id == voucher_id).values(used=Voucher.used - 1))
