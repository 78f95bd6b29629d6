"""Taking a place: one conditional statement, and the order that pays for it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from shop.catalogue.queries import SaleRow
from shop.core.clock import today_vn
from shop.core.errors import NotFound
from shop.orders import queries as order_queries
from shop.orders import services as orders
from shop.orders.models import Order
from shop.orders.rules import ContactDraft, LineDraft, OrderDraft
from shop.payments import services as payments
from shop.payments.provider import PaymentConfig, Provider
from shop.places.queries import get_commune, place_names
from shop.preorders import queries, rules
from shop.preorders.models import Preorder, ShipWindow
from shop.preorders.rules import (
    Bill,
    BuyerLimit,
    NoTransfer,
    TermsChanged,
    WindowClosed,
    WindowFull,
)


@dataclass(frozen=True)
class PlaceRequest:
    """What the buyer sent, in shape."""

    submit_key: str
    window_code: str
    quantity: int
    full_name: str
    phone: str
    email: str | None
    province_code: str
    commune_code: str
    street: str
    note: str
    rest_by: str
    expected_total_vnd: int | None = None
    """The total the buyer saw; None when the page could not know it yet."""
    expected_deposit_vnd: int | None = None
    language: str = "vi"


def quote(
    db: Session, view: queries.WindowView, sale: SaleRow, *, quantity: int, province_code: str
) -> Bill:
    """What so many pieces cost in this province."""
    shipping = queries.shipping_vnd(
        db, sale, quantity=quantity, price=view.window.price_vnd, province=province_code
    )
    return rules.bill(view.terms, quantity, shipping)


def place_preorder(
    db: Session,
    *,
    request: PlaceRequest,
    buyer_id: int | None,
    config: PaymentConfig,
    now: datetime,
) -> tuple[Order, bool]:
    """Take places in a window and write the order for them; says whether it is new.

    The same submit key leads to the same order. Raises NotFound, WindowClosed, WindowFull,
    BuyerLimit, TermsChanged, NoTransfer, UnknownProvince, UnknownCommune; the caller must not
    commit then.
    """
    group, is_new = orders.open_group(db, submit_key=request.submit_key, buyer_id=buyer_id, now=now)
    if not is_new:
        if group.buyer_id is not None and group.buyer_id != buyer_id:
            raise NotFound
        return order_queries.orders_of_group(db, group.id)[0], False
    view = queries.window_called(db, request.window_code, now)
    if view is None:
        raise NotFound
    sale = queries.sale_of(db, view.harvest, now)
    if sale is None:
        raise WindowClosed
    commune = get_commune(db, request.province_code, request.commune_code)
    bill = quote(db, view, sale, quantity=request.quantity, province_code=request.province_code)
    _require_as_seen(request, bill)
    _take(db, view, request, buyer_id, now)
    provider = _provider(db, sale.producer_id, bill, config, now)
    place = place_names(db, [(request.province_code, commune.code)])
    order = orders.place_orders(
        db,
        group=group,
        drafts=[_draft(sale, view, request, bill, provider, config, now)],
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
    )[0]
    payments.create_attempt(db, order=order, provider=provider, now=now)
    db.add(
        Preorder(
            order_id=order.id,
            window_id=view.window.id,
            quantity=request.quantity,
            rest_by=request.rest_by if bill.deposit_vnd else "delivery",
            deposit_vnd=bill.deposit_vnd,
            first_from_on=view.window.from_on,
            first_to_on=view.window.to_on,
        )
    )
    db.flush()
    return order, True


def _require_as_seen(request: PlaceRequest, bill: Bill) -> None:
    seen = (request.expected_total_vnd, request.expected_deposit_vnd)
    if seen[0] is not None and seen[0] != bill.total_vnd:
        raise TermsChanged
    if seen[1] is not None and seen[1] != bill.deposit_vnd:
        raise TermsChanged


def _take(
    db: Session,
    view: queries.WindowView,
    request: PlaceRequest,
    buyer_id: int | None,
    now: datetime,
) -> None:
    """Count the places by one conditional UPDATE; its row lock also guards the count per buyer.

    Raises WindowClosed, WindowFull, TermsChanged, BuyerLimit.
    """
    window, units = view.window, request.quantity
    taken = db.execute(
        update(ShipWindow)
        .where(
            ShipWindow.id == window.id,
            ShipWindow.state == "open",
            ShipWindow.closes_on >= today_vn(now),
            ShipWindow.taken + units <= ShipWindow.capacity,
            ShipWindow.price_vnd == window.price_vnd,
            ShipWindow.deposit_kind == window.deposit_kind,
            ShipWindow.deposit_amount == window.deposit_amount,
        )
        .values(taken=ShipWindow.taken + units)
        .returning(ShipWindow.per_buyer)
    ).one_or_none()
    if taken is None:
        raise _refusal(db, window.id, units, now)
    if taken.per_buyer is not None:
        had = queries.taken_by_buyer(db, window.id, phone=request.phone, buyer_id=buyer_id)
        if had + units > taken.per_buyer:
            raise BuyerLimit(field="quantity", limit=taken.per_buyer, had=had)


def _refusal(
    db: Session, window_id: int, units: int, now: datetime
) -> WindowClosed | WindowFull | TermsChanged:
    window = db.get_one(ShipWindow, window_id, populate_existing=True)
    if window.state != "open" or window.closes_on < today_vn(now):
        return WindowClosed()
    left = window.capacity - window.taken
    return WindowFull(field="quantity", left=left) if left < units else TermsChanged()


def _provider(
    db: Session, producer_id: int, bill: Bill, config: PaymentConfig, now: datetime
) -> Provider:
    """A transfer for a deposit, else cash on delivery. Raises NoTransfer."""
    for provider in payments.enabled_providers(db, producer_id=producer_id, config=config, now=now):
        can = provider.capabilities
        is_fit = can.qr and not can.exact_amount if bill.deposit_vnd else can.on_delivery
        if is_fit and not can.redirect:
            return provider
    raise NoTransfer


def _draft(
    sale: SaleRow,
    view: queries.WindowView,
    request: PlaceRequest,
    bill: Bill,
    provider: Provider,
    config: PaymentConfig,
    now: datetime,
) -> OrderDraft:
    return OrderDraft(
        producer_id=sale.producer_id,
        producer_name=sale.producer_name,
        payment_provider=provider.slug,
        is_prepaid=bill.deposit_vnd > 0,
        lines=(
            LineDraft(
                variant_id=sale.variant_id,
                product_id=sale.product_id,
                product_name=sale.product_name,
                variant_label=sale.label,
                sku=sale.sku,
                photo_sha=sale.photo_sha,
                unit_price_vnd=view.window.price_vnd,
                quantity=request.quantity,
                weight_g=sale.packed_weight_g,
            ),
        ),
        shipping_vnd=bill.shipping_vnd,
        expires_at=now + provider.hold(config),
        is_demo=sale.is_demo,
        upfront_vnd=bill.deposit_vnd or None,
        awaits_goods=True,
        detail={"window": view.window.code},
    )
