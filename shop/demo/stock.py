"""Work at the demo producer's desk: calls, an order in two parcels, channels, stock-takes."""

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalogue.models import Producer
from shop.core.clock import today_vn
from shop.demo.orders import SELLERS, Plan, load_order, missing_orders
from shop.demo.people import person_id
from shop.orders.models import Order, OrderCall, OrderLine
from shop.orders.services import fail_delivery, pack_order, record_call, ship
from shop.payments.provider import PaymentConfig
from shop.stock.models import StockTake, StockTakeLine
from shop.stock.queries import kept_by_channel, levels, pick_fefo, units_without_lot
from shop.stock.rules import SHOP, Count
from shop.stock.services import confirm_take, keep_for_channel, open_take, save_counts

PRODUCER: Final = "HTX Tài Hoan"
PARTS: Final = Plan(
    "two-parcels", PRODUCER, "", 30, "cod", "confirmed", guest="Lý Thị Hoa", quantity=3
)
MISSED: Final = Plan("no-answer", PRODUCER, "", 26, "cod", "placed", guest="Vi Văn Nam", quantity=1)
KEPT: Final = (("shopee", 2), (SHOP, 3))
SHEETS: Final = ("demo-stock-take-done-000", "demo-stock-take-open-000")


def load_stock_work(db: Session, *, config: PaymentConfig, now: datetime) -> str:
    """What is not loaded yet; says what was made."""
    actor_id = person_id(db, SELLERS[PRODUCER][0])
    orders = _load_parcels(db, config, actor_id, now) + _load_calls(db, config, actor_id, now)
    return f"{orders} orders at work, {_load_sheets(db, actor_id, now)} count sheets"


def _load_parcels(db: Session, config: PaymentConfig, actor_id: int, now: datetime) -> int:
    """One parcel could not be delivered, the other waits to be sent."""
    if not missing_orders(db, [PARTS]):
        return 0
    order = load_order(db, PARTS, config=config, now=now)
    line = db.scalars(select(OrderLine).where(OrderLine.order_id == order.id)).one()
    at = order.placed_at + timedelta(hours=2)
    act: dict[str, Any] = {"order_id": order.id, "actor_id": actor_id}
    picks = _first(db, line, at)
    first = pack_order(db, picks={line.id: picks}, is_part=True, now=at, **act)
    ship(
        db,
        carrier="GHN",
        tracking_no="DEMOKIEN1",
        shipment_id=first.id,
        now=at + timedelta(hours=1),
        **act,
    )
    later = at + timedelta(hours=20)
    fail_delivery(db, shipment_id=first.id, reason="no_answer", now=later, **act)
    pack_order(db, now=later, **act)
    return 1


def _first(db: Session, line: OrderLine, at: datetime) -> list[tuple[int | None, int]]:
    """One unit, out of the lot that is proposed."""
    return pick_fefo(db, line.variant_id, 1, today_vn(at))


def _load_calls(db: Session, config: PaymentConfig, actor_id: int, now: datetime) -> int:
    """A buyer whom nobody reaches, and one who asked to be called this evening."""
    made = 0
    if missing_orders(db, [MISSED]):
        order = load_order(db, MISSED, config=config, now=now)
        for number, hours in enumerate((2, 6, 22)):
            record_call(
                db,
                order_id=order.id,
                outcome="no_answer",
                submit_key=f"demo-call-missed-{number}",
                actor_id=actor_id,
                now=order.placed_at + timedelta(hours=hours),
            )
        made = 1
    waiting = db.scalar(
        select(Order.id)
        .join(Producer, Producer.id == Order.producer_id)
        .where(
            Producer.name == PRODUCER,
            Order.is_demo,
            Order.state == "awaiting_confirmation",
            Order.expires_at > now,
            ~select(OrderCall.id).where(OrderCall.order_id == Order.id).exists(),
        )
        .order_by(Order.id)
        .limit(1)
    )
    known = db.scalar(select(OrderCall.id).where(OrderCall.submit_key == "demo-call-again-0"))
    if waiting is not None and known is None:
        record_call(
            db,
            order_id=waiting,
            outcome="call_again",
            next_at=now + timedelta(hours=5),
            submit_key="demo-call-again-0",
            actor_id=actor_id,
            now=now - timedelta(minutes=30),
        )
    return made


def _load_sheets(db: Session, actor_id: int, now: datetime) -> int:
    """A sheet that was written a week ago, and one that is being counted."""
    if db.scalar(select(StockTake.id).where(StockTake.submit_key == SHEETS[0])) is not None:
        return 0
    producer = db.scalars(select(Producer).where(Producer.name == PRODUCER, Producer.is_demo)).one()
    for key, days in zip(SHEETS, (7, 0), strict=True):
        at = now - timedelta(days=days, hours=1)
        take = open_take(
            db,
            producer_id=producer.id,
            product_id=None,
            submit_key=key,
            actor_id=actor_id,
            now=at,
        )
        lines = db.scalars(
            select(StockTakeLine).where(StockTakeLine.take_id == take.id).order_by(StockTakeLine.id)
        ).all()
        change = 1 if days else -1
        book = {line.id: units_without_lot(db, line.variant_id) for line in lines}
        counts = [
            Count(line.id, book[line.id] + change)
            for line in lines
            if line.lot_id is None and book[line.id] > 1
        ]
        save_counts(db, take_id=take.id, counts=counts, actor_id=actor_id, now=at)
        if days and counts:
            confirm_take(db, take_id=take.id, actor_id=actor_id, now=at)
    _keep(db, lines[0].variant_id, actor_id, now)
    return len(SHEETS)


def _keep(db: Session, variant_id: int, actor_id: int, now: datetime) -> None:
    if kept_by_channel(db, [variant_id]) or levels(db, [variant_id])[variant_id].available < 8:
        return
    for channel, units in KEPT:
        keep_for_channel(
            db, variant_id=variant_id, channel=channel, units=units, actor_id=actor_id, now=now
        )
