"""Parcels as papers and carriers' files need them, many orders in a fixed number of statements."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from shop.catalogue.models import Producer
from shop.orders.models import Order, Shipment
from shop.orders.queries import Parcel, parcels_by_order
from shop.payments.rules import KEEPS_MONEY
from shop.places.queries import place_names
from shop.shipping.queries.cod import (
    NOTHING_CAME,
    CodMoney,
    Contents,
    contents_of,
    exact_value_of,
    living_parcels,
    money_by_order,
    shares_of,
)
from shop.shipping.rules.cod import still_to_collect
from shop.shipping.rules.papers import MAX_AT_ONCE

_PRINTABLE = ("confirmed", "completed")

BY_CARRIER = "ship"
"""The way of delivery that needs a carrier."""

_WAITS = and_(
    Order.state == "confirmed", Order.fulfilment_state.in_(("none", "packed", "partly_shipped"))
)


@dataclass(frozen=True)
class Sending:
    """A parcel that goes (or will go) to the buyer, with its share of the money to collect."""

    order: Order
    producer: Producer
    sender_place: str
    shipment: Shipment | None
    """None: not packed yet, the whole order is one parcel."""
    lines: Contents
    """Order line, what of it is packed, units."""
    number: int
    of: int
    cod_vnd: int
    """What is still to collect with it."""

    @property
    def weight_g(self) -> int:
        return sum(line.weight_g * units for line, _packed, units in self.lines)

    @property
    def value_vnd(self) -> int:
        """What the goods in it cost, discounts taken off, rounded down."""
        return int(exact_value_of(self.lines))


def printable_orders(
    db: Session, producer_ids: Collection[int], codes: Collection[str]
) -> list[Order]:
    """Those of the orders that are the producers' and confirmed, the longest waiting first."""
    return _orders(db, producer_ids, Order.code.in_(codes))


def to_pack(db: Session, producer_ids: Collection[int]) -> list[Order]:
    """All orders that wait to be packed, one more than may be printed at once."""
    waiting = and_(
        Order.state == "confirmed",
        Order.fulfilment_state == "none",
        Order.payment_state.not_in(("refunded", "disputed")),
    )
    return _orders(db, producer_ids, waiting)


def not_sent(db: Session, producer_ids: Collection[int]) -> list[Order]:
    """Confirmed orders of which something still has to go with a carrier."""
    return _orders(db, producer_ids, and_(_WAITS, Order.delivery_method == BY_CARRIER))


def without_carrier(
    db: Session, producer_ids: Collection[int], codes: Collection[str] | None
) -> list[Order]:
    """Orders that no carrier takes: buyers fetch them, or the seller brings them. Those of
    ``codes``; None: all of which something still has to go.
    """
    chosen = _WAITS if codes is None else Order.code.in_(codes)
    return _orders(db, producer_ids, and_(chosen, Order.delivery_method != BY_CARRIER))


def _orders(db: Session, producer_ids: Collection[int], condition: object) -> list[Order]:
    return list(
        db.scalars(
            select(Order)
            .options(selectinload(Order.lines), joinedload(Order.contact))
            .where(
                Order.producer_id.in_(producer_ids),
                Order.state.in_(_PRINTABLE),
                condition,  # type: ignore[arg-type]
            )
            .order_by(Order.placed_at, Order.id)
            .limit(MAX_AT_ONCE + 1)
        )
    )


def sendings(db: Session, orders: Sequence[Order]) -> list[Sending]:
    """The orders' parcels in the order of the orders; an order without any is one parcel to be.

    The orders come with lines and contact. Parcels that came back are left out.
    """
    ids = [order.id for order in orders]
    parcels, money = parcels_by_order(db, ids), money_by_order(db, ids)
    producers = {
        producer.id: producer
        for producer in db.scalars(
            select(Producer).where(Producer.id.in_({order.producer_id for order in orders}))
        )
    }
    pairs = [(one.province_code, one.commune_code) for one in producers.values()]
    places = place_names(db, pairs)
    found = []
    for order in orders:
        producer = producers[order.producer_id]
        place = places[producer.province_code, producer.commune_code]
        address = ", ".join(filter(None, (producer.address, place)))
        came = money.get(order.id, NOTHING_CAME)
        found += _of_order(order, producer, address, parcels.get(order.id, []), came)
    return found


def _of_order(
    order: Order, producer: Producer, place: str, parcels: Sequence[Parcel], money: CodMoney
) -> list[Sending]:
    if not parcels:
        whole = tuple((line, None, line.quantity) for line in order.lines)
        [due] = still_to_collect(
            shares_of(order, [(whole, None)]), paid_vnd=money.paid_vnd, came_vnd=money.came_vnd
        )
        found: list[tuple[int, Shipment | None, Contents, int]] = [(1, None, whole, due)]
    else:
        living, shares = living_parcels(order, parcels)
        left = still_to_collect(shares, paid_vnd=money.paid_vnd, came_vnd=money.came_vnd)
        found = [
            (number, parcel.shipment, contents_of(order, parcel), due)
            for (number, parcel), due in zip(living, left, strict=True)
        ]
    return [
        Sending(
            order=order,
            producer=producer,
            sender_place=place,
            shipment=shipment,
            lines=lines,
            number=number,
            of=max(1, len(parcels)),
            cod_vnd=due if order.state in KEEPS_MONEY else 0,
        )
        for number, shipment, lines, due in found
    ]
