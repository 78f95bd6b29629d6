"""Reading orders: one with all it shows, a buyer's, their parcels."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, ScalarSelect, Select, bindparam, case, exists, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from shop.orders.models import (
    CheckoutGroup,
    Order,
    OrderContact,
    OrderCut,
    OrderEvent,
    OrderLine,
    Shipment,
    ShipmentLine,
)
from shop.orders.rules import AWAITING, CAME_BACK
from shop.traceability.models import Lot

DUE_AT_ONCE: Final = 200


def order_by_code(db: Session, code: str) -> Order | None:
    """The order with its lines and contact, in one statement."""
    return db.scalars(_ONE, {"code": code}).unique().one_or_none()


_ONE: Final = (
    select(Order)
    .options(joinedload(Order.lines), joinedload(Order.contact))
    .where(Order.code == bindparam("code"))
)


def whole() -> Select[Order]:
    """Orders with what every list of them shows: lines and contact."""
    return select(Order).options(selectinload(Order.lines), joinedload(Order.contact))


def own_order(db: Session, code: str, person_id: int | None) -> Order | None:
    """The order if this person placed it."""
    if person_id is None:
        return None
    return db.scalar(whole().where(Order.code == code, Order.buyer_id == person_id))


def producer_order(db: Session, code: str, producer_ids: Collection[int]) -> Order | None:
    """The order if it is one of the producers'."""
    return db.scalar(whole().where(Order.code == code, Order.producer_id.in_(producer_ids)))


def order_for_lookup(db: Session, code: str, phone_tail: str) -> Order | None:
    """The order if the phone number on it ends so."""
    order = order_by_code(db, code)
    if order is None or not order.contact.phone.endswith(phone_tail):
        return None
    return order


def group_by_code(db: Session, code: str) -> tuple[CheckoutGroup, list[Order]] | None:
    """A checkout group and its orders."""
    group = db.scalar(select(CheckoutGroup).where(CheckoutGroup.code == code))
    return (group, orders_of_group(db, group.id)) if group else None


def orders_of_group(db: Session, group_id: int) -> list[Order]:
    """The orders of a checkout, one per producer."""
    return list(db.scalars(whole().where(Order.group_id == group_id).order_by(Order.id)))


def orders_of_buyer(
    db: Session, person_id: int, *, offset: int, limit: int
) -> tuple[list[Order], int]:
    """A page of a person's own orders, newest first; and how many there are."""
    total = db.scalar(select(func.count()).select_from(Order).where(Order.buyer_id == person_id))
    rows = db.scalars(
        whole()
        .where(Order.buyer_id == person_id)
        .order_by(Order.placed_at.desc(), Order.id.desc())
        .offset(offset)
        .limit(limit)
    )
    return list(rows), total or 0


def timeline(db: Session, order_id: int, *, public_only: bool) -> list[OrderEvent]:
    """The order's steps, oldest first."""
    return list(db.scalars(_PUBLIC_STEPS if public_only else _STEPS, {"order": order_id}))


_STEPS: Final = (
    select(OrderEvent).where(OrderEvent.order_id == bindparam("order")).order_by(OrderEvent.id)
)
_PUBLIC_STEPS: Final = _STEPS.where(OrderEvent.is_public.is_(True))


@dataclass(frozen=True)
class PackedLine:
    """Units of an order line in a parcel, and the lot they come from."""

    order_line_id: int
    product_id: int
    quantity: int
    lot_id: int | None
    lot_no: str | None
    id: int = 0
    """The parcel's own line."""
    restocked: int = 0
    written_off: int = 0


@dataclass(frozen=True)
class Parcel:
    """A shipment with what is in it."""

    shipment: Shipment
    lines: Sequence[PackedLine]


def parcels(db: Session, order_id: int) -> list[Parcel]:
    """The order's parcels that were not taken apart again."""
    return parcels_by_order(db, [order_id]).get(order_id, [])


def parcels_by_order(db: Session, order_ids: Collection[int]) -> dict[int, list[Parcel]]:
    """Order id -> its parcels in the order of packing, those taken apart left out."""
    shipments = db.scalars(
        select(Shipment)
        .where(Shipment.order_id.in_(order_ids), Shipment.state != "cancelled")
        .order_by(Shipment.id)
    ).all()
    if not shipments:
        return {}
    inside: dict[int, list[PackedLine]] = {}
    rows = db.execute(
        select(ShipmentLine, OrderLine.product_id, Lot.lot_no)
        .join(OrderLine, OrderLine.id == ShipmentLine.order_line_id)
        .outerjoin(Lot, Lot.id == ShipmentLine.lot_id)
        .where(ShipmentLine.shipment_id.in_([shipment.id for shipment in shipments]))
        .order_by(ShipmentLine.id)
    )
    for row, product_id, lot_no in rows:
        line = PackedLine(
            row.order_line_id,
            product_id,
            row.quantity,
            row.lot_id,
            lot_no,
            row.id,
            row.restocked,
            row.written_off,
        )
        inside.setdefault(row.shipment_id, []).append(line)
    found: dict[int, list[Parcel]] = {}
    for shipment in shipments:
        parcel = Parcel(shipment, inside.get(shipment.id, ()))
        found.setdefault(shipment.order_id, []).append(parcel)
    return found


def _cut_units() -> ScalarSelect[int]:
    return (
        select(func.coalesce(func.sum(OrderCut.units), 0))
        .where(OrderCut.order_line_id == OrderLine.id, OrderCut.reason != CAME_BACK)
        .scalar_subquery()
    )


def cuts_of(db: Session, order_id: int) -> dict[int, int]:
    """Line id -> units that will not be sent; lines without any miss."""
    rows = db.execute(
        select(OrderCut.order_line_id, func.sum(OrderCut.units))
        .join(OrderLine, OrderLine.id == OrderCut.order_line_id)
        .where(OrderLine.order_id == order_id, OrderCut.reason != CAME_BACK)
        .group_by(OrderCut.order_line_id)
    )
    return {line_id: int(units) for line_id, units in rows}


def units_left(db: Session, order_ids: Collection[int]) -> dict[int, dict[int, int]]:
    """Order id -> line id -> units that are in no parcel yet and still to be sent."""
    packed = (
        select(func.coalesce(func.sum(ShipmentLine.quantity), 0))
        .join(Shipment, Shipment.id == ShipmentLine.shipment_id)
        .where(ShipmentLine.order_line_id == OrderLine.id, Shipment.state != "cancelled")
        .scalar_subquery()
    )
    rows = db.execute(
        select(OrderLine.order_id, OrderLine.id, OrderLine.quantity - packed - _cut_units()).where(
            OrderLine.order_id.in_(order_ids)
        )
    )
    left: dict[int, dict[int, int]] = {}
    for order_id, line_id, units in rows:
        left.setdefault(order_id, {})[line_id] = int(units)
    return left


def goods_vnd() -> ColumnElement[int]:
    """What an order's goods bring after discounts, without delivery, in đồng.

    Of an order of which something will not be sent, the part that is still due, rounded down.
    """
    goods = Order.subtotal_vnd - Order.discount_vnd
    due = Order.total_vnd - Order.cut_vnd
    return case((Order.cut_vnd == 0, goods), else_=goods * due // Order.total_vnd)


def due_orders(
    db: Session, now: datetime, *, variant_ids: Collection[int] | None = None
) -> list[int]:
    """Orders whose time is over and that received no money; of these variants only, if given."""
    due = select(Order.id).where(
        Order.state.in_(AWAITING), Order.expires_at <= now, Order.payment_state == "unpaid"
    )
    if variant_ids is not None:
        due = due.where(
            exists().where(OrderLine.order_id == Order.id, OrderLine.variant_id.in_(variant_ids))
        )
    return list(db.scalars(due.order_by(Order.expires_at, Order.id).limit(DUE_AT_ONCE)))


def bought_at_live_price(db: Session, window_ids: Collection[int], phone: str) -> dict[int, int]:
    """Units this phone number already bought at each live price, ended orders not counted."""
    if not window_ids:
        return {}
    rows = db.execute(
        select(OrderLine.price_window_id, func.sum(OrderLine.quantity))
        .join(Order, Order.id == OrderLine.order_id)
        .join(OrderContact, OrderContact.order_id == Order.id)
        .where(
            OrderLine.price_window_id.in_(window_ids),
            OrderContact.phone == phone,
            Order.state.not_in(("cancelled", "expired")),
        )
        .group_by(OrderLine.price_window_id)
    )
    return {window_id: int(units) for window_id, units in rows if window_id is not None}
