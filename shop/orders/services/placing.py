"""Writing orders: snapshots of what was agreed, and the stock held for them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.core.db import insert_into
from shop.core.text import fold, random_code
from shop.orders import rules, signals
from shop.orders.models import CheckoutGroup, Order, OrderContact, OrderLine
from shop.orders.rules import ContactDraft, LineDraft, OrderDraft
from shop.orders.services.parts import notify_buyer, notify_producer, owner_key, tell
from shop.stock import services as stock
from shop.stock.rules import Want

HOLD_GRACE = timedelta(minutes=5)
"""By how much stock's own note of the end outlasts the order's."""


def open_group(
    db: Session, *, submit_key: str, buyer_id: int | None, now: datetime
) -> tuple[CheckoutGroup, bool]:
    """The group of this press of the button, and whether it is new.

    A second press with the same key, even at the same moment, waits for the first and gets its
    group: the database keeps the key unique. Call it before anything else in the transaction.
    """
    made = db.scalars(
        insert_into(db, CheckoutGroup)
        .values(submit_key=submit_key, code=random_code(12), buyer_id=buyer_id, created_at=now)
        .on_conflict_do_nothing(index_elements=["submit_key"])
        .returning(CheckoutGroup)
    ).one_or_none()
    if made is not None:
        return made, True
    known = select(CheckoutGroup).where(CheckoutGroup.submit_key == submit_key)
    return db.scalars(known).one(), False


def place_orders(
    db: Session,
    *,
    group: CheckoutGroup,
    drafts: Sequence[OrderDraft],
    contact: ContactDraft,
    buyer_id: int | None,
    now: datetime,
) -> list[Order]:
    """Write one order per draft and hold the stock of all of them, all or none.

    Raises OutOfStock, LivePriceOver, BadTotals; the caller must not commit then.
    """
    orders = [_write(db, group, draft, contact, buyer_id, now) for draft in drafts]
    db.flush()
    _hold_stock(db, orders, drafts, now)
    for order, draft in zip(orders, drafts, strict=True):
        tell(
            db,
            order,
            "placed",
            now=now,
            actor_id=buyer_id,
            detail={"total_vnd": order.total_vnd, **draft.detail},
        )
        signals.order_placed.send(None, db=db, order=order, now=now)
        if order.state == "awaiting_confirmation":
            notify_producer(db, order, "placed", now=now)
        is_called = (
            order.state != "awaiting_confirmation"
        )  # who confirms an order telephones anyway
        notify_buyer(db, order, "thanks", now=now, is_called=is_called, is_first=True)
    db.flush()
    return orders


def create_order(
    db: Session,
    *,
    draft: OrderDraft,
    contact: ContactDraft,
    submit_key: str,
    buyer_id: int | None = None,
    now: datetime,
) -> Order:
    """One order in a group of its own: comments on a livestream, demo data, tests.

    The same ``submit_key`` gives the same order. Raises OutOfStock, LivePriceOver, BadTotals.
    """
    group, is_new = open_group(db, submit_key=submit_key, buyer_id=buyer_id, now=now)
    if not is_new:
        return db.scalars(select(Order).where(Order.group_id == group.id).limit(1)).one()
    return place_orders(
        db, group=group, drafts=[draft], contact=contact, buyer_id=buyer_id, now=now
    )[0]


def _write(
    db: Session,
    group: CheckoutGroup,
    draft: OrderDraft,
    contact: ContactDraft,
    buyer_id: int | None,
    now: datetime,
) -> Order:
    sums = rules.totals(draft.lines, draft.shipping_vnd, draft.max_line_quantity)
    is_prepaid = draft.is_prepaid and sums.total_vnd > 0
    order = Order(
        code=rules.new_code(),
        group_id=group.id,
        producer_id=draft.producer_id,
        buyer_id=buyer_id,
        producer_name=draft.producer_name,
        payment_provider=draft.payment_provider,
        state="awaiting_payment" if is_prepaid else "awaiting_confirmation",
        payment_state=rules.payment_state(sums.total_vnd, charged_vnd=0, refunded_vnd=0),
        fulfilment_state="none",
        delivery_method=draft.delivery_method,
        pickup_place=draft.pickup_place[:300],
        subtotal_vnd=sums.subtotal_vnd,
        discount_vnd=sums.discount_vnd,
        shipping_vnd=sums.shipping_vnd,
        total_vnd=sums.total_vnd,
        upfront_vnd=draft.upfront_vnd,
        awaits_goods=draft.awaits_goods,
        placed_at=now,
        expires_at=draft.expires_at,
        is_demo=draft.is_demo,
        origin_code=draft.origin_code,
        lines=[_line(line) for line in draft.lines],
        contact=OrderContact(
            full_name=contact.full_name,
            phone=contact.phone,
            email=contact.email,
            province_code=contact.province_code,
            commune_code=contact.commune_code,
            street=contact.street,
            place=contact.place[:160],
            note=contact.note,
            language=contact.language,
            search_text=fold(contact.full_name)[:120],
        ),
    )
    db.add(order)
    return order


def _line(line: LineDraft) -> OrderLine:
    return OrderLine(
        variant_id=line.variant_id,
        product_id=line.product_id,
        product_name=line.product_name,
        variant_label=line.variant_label,
        sku=line.sku,
        photo_sha=line.photo_sha,
        unit_price_vnd=line.unit_price_vnd,
        quantity=line.quantity,
        discount_vnd=line.discount_vnd,
        line_total_vnd=line.gross_vnd - line.discount_vnd,
        weight_g=line.weight_g,
        price_window_id=line.price_window_id,
    )


def _hold_stock(
    db: Session, orders: Sequence[Order], drafts: Sequence[OrderDraft], now: datetime
) -> None:
    """Everything in one call, so that locks are taken in one order by everybody."""
    sources = {line.variant_id: line.from_owner for draft in drafts for line in draft.lines}
    ends = [order.expires_at for order in orders if order.expires_at is not None]
    stock.reserve_first(
        db,
        wants=[
            Want(owner_key(line.id), line.variant_id, line.quantity, sources[line.variant_id])
            for order in orders
            if not order.awaits_goods
            for line in order.lines
        ],
        expires_at=max(ends) + HOLD_GRACE if ends else None,
        now=now,
    )
    sold: dict[int, int] = {}
    for order in orders:
        for line in order.lines:
            if line.price_window_id is not None:
                sold[line.price_window_id] = sold.get(line.price_window_id, 0) + line.quantity
    for window_id, quantity in sorted(sold.items()):
        stock.take_live_price(db, window_id=window_id, quantity=quantity, now=now)
