"""The one transaction that makes orders out of a basket."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, delete
from sqlalchemy.orm import Session

from shop.checkout import queries
from shop.checkout.models import Basket, BasketLine
from shop.checkout.rules import (
    BasketEmpty,
    CannotBuy,
    LiveLimit,
    NoDelivery,
    NoWayToPay,
    OrderQuote,
    PriceChanged,
    Quote,
    Target,
    quote_checkout,
)
from shop.checkout.services.vouchers import redeem
from shop.core.errors import NotFound
from shop.core.money import format_vnd
from shop.orders import queries as order_queries
from shop.orders import services as orders
from shop.orders.models import CheckoutGroup, Order
from shop.orders.rules import ContactDraft, LineDraft, OrderDraft
from shop.payments import services as payments
from shop.payments.provider import PaymentConfig, Provider
from shop.places.queries import full_name


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
    delivery_by_producer: Mapping[str, str] = field(default_factory=dict)
    """Producer slug -> way of delivery, where it is not the usual one."""
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
    VoucherRefused, NoDelivery, NoWayToPay, UnknownProvince, UnknownCommune; the caller must not
    commit then.
    """
    group, is_new = orders.open_group(db, submit_key=request.submit_key, buyer_id=buyer_id, now=now)
    if not is_new:
        if group.buyer_id is not None and group.buyer_id != buyer_id:
            raise NotFound
        return Placed(group, order_queries.orders_of_group(db, group.id), [], is_new=False)
    wanted = _take_lines(db, basket)
    place = full_name(db, request.province_code, request.commune_code)
    quote = _judge(db, wanted, request, now)
    providers = _providers(db, quote, request, config, now)
    origin = None
    if basket is not None:
        origin, basket.origin_code, basket.last_group_id = basket.origin_code, None, group.id
    placed = orders.place_orders(
        db,
        group=group,
        drafts=[
            _draft(order, providers[order.producer_id], config, now, origin)
            for order in quote.orders
        ],
        contact=ContactDraft(
            full_name=request.full_name,
            phone=request.phone,
            email=request.email,
            province_code=request.province_code,
            commune_code=request.commune_code,
            street=request.street,
            place=place,
            note=request.note,
            language=request.language,
        ),
        buyer_id=buyer_id,
        now=now,
    )
    _check_live_limits(db, quote, request.phone)
    for order, part in zip(placed, quote.orders, strict=True):
        if part.voucher is not None:
            redeem(db, voucher=part.voucher, order_id=order.id, phone=request.phone, now=now)
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


_LINE: Final = BasketLine.__table__.c
_TAKE_LINES: Final = (
    delete(_LINE.basket_id.table)
    .where(_LINE.basket_id == bindparam("basket"))
    .returning(_LINE.id, _LINE.variant_id, _LINE.quantity)
)


def _take_lines(db: Session, basket: Basket | None) -> dict[int, int]:
    if basket is None:
        raise BasketEmpty
    rows = db.execute(_TAKE_LINES, {"basket": basket.id}).all()
    if not rows:
        raise BasketEmpty
    return {variant_id: quantity for _id, variant_id, quantity in sorted(rows)}


def _frees_due(db: Session, wanted: queries.Wanted, now: datetime) -> bool:
    """Free what overdue orders still hold of these goods, whether or not the scheduler lives; says
    whether there was anything."""
    due = order_queries.due_orders(db, now, variant_ids=list(wanted))
    if due:
        orders.expire_orders(db, order_ids=due, now=now, also_lock_variants=list(wanted))
    return bool(due)


def _judge(db: Session, wanted: queries.Wanted, request: CheckoutRequest, now: datetime) -> Quote:
    target = Target(request.province_code, request.commune_code)
    methods = request.delivery_by_producer
    parts = queries.order_quotes(db, wanted, target=target, methods=methods, now=now)
    is_short = any(item.offer.left < item.quantity for part in parts for item in part.goods)
    if is_short and _frees_due(db, wanted, now):
        parts = queries.order_quotes(db, wanted, target=target, methods=methods, now=now)
    for part in parts:
        _check_part(part, methods.get(part.producer_slug, ""))
    quote = quote_checkout(parts, queries.voucher_terms(db, request.voucher, now=now))
    expected = request.expected_total_vnd
    if expected is not None and expected != quote.total_vnd:
        raise PriceChanged(before=format_vnd(expected), after=format_vnd(quote.total_vnd))
    return quote


def _check_part(part: OrderQuote, method: str) -> None:
    """Raises CannotBuy, or NoDelivery when it cannot be delivered as the buyer wishes."""
    for item in part.goods:
        if not item.offer.is_for_sale:
            raise CannotBuy(product=item.offer.product_name)
    if part.way is None or (method and part.way.method != method):
        raise NoDelivery(field="delivery", producer=part.producer_name)


def _providers(
    db: Session, quote: Quote, request: CheckoutRequest, config: PaymentConfig, now: datetime
) -> dict[int, Provider]:
    """The way each producer is paid. Raises NoWayToPay (field ``payment``)."""
    chosen: dict[int, Provider] = {}
    wishes = {
        part.producer_id: request.payment_by_producer.get(part.producer_slug) or request.payment
        for part in quote.orders
    }
    offered = payments.offered_providers(
        db, producer_ids=wishes, config=config, now=now, among=set(wishes.values())
    )
    for part in quote.orders:
        slug = wishes[part.producer_id]
        ways = offered[part.producer_id]
        found = next((provider for provider in ways if provider.slug == slug), None)
        if found is None:
            raise NoWayToPay(field="payment", producer=part.producer_name)
        chosen[part.producer_id] = found
    return chosen


def _check_live_limits(db: Session, quote: Quote, phone: str) -> None:
    """Whether the buyer has, with what was just placed, more than one may have at a live price.

    Asked after the units were counted at the price's row: its lock lets one checkout of a price
    through at a time, so that two of one buyer cannot each see only their own. Raises LiveLimit.
    """
    limited = {
        item.offer.window_id: (item.offer.product_name, item.offer.per_buyer)
        for part in quote.orders
        for item in part.goods
        if item.offer.window_id is not None and item.offer.per_buyer is not None
    }
    bought = order_queries.bought_at_live_price(db, list(limited), phone)
    for window_id, (product, limit) in limited.items():
        if bought.get(window_id, 0) > limit:
            raise LiveLimit(product=product, limit=limit)


def _draft(
    part: OrderQuote,
    provider: Provider,
    config: PaymentConfig,
    now: datetime,
    origin_code: str | None,
) -> OrderDraft:
    detail: dict[str, object] = {"shipping_list_vnd": part.shipping_list_vnd}
    if part.voucher is not None:
        detail["voucher"] = part.voucher.code
    if part.way is not None and part.way.surcharge_vnd:
        detail["remote_vnd"] = part.way.surcharge_vnd
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
        delivery_method=part.way.method if part.way else "ship",
        pickup_place=part.way.place if part.way else "",
        detail=detail,
        origin_code=origin_code,
    )
