"""Parcels as papers and carriers' files need them, many orders in a fixed number of statements."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, case, func, select, union_all
from sqlalchemy.orm import Session, joinedload, selectinload

from shop.catalogue.models import Producer
from shop.orders.models import Order, OrderLine, Shipment
from shop.orders.queries import PackedLine, Parcel, parcels_by_order
from shop.payments.models import PaymentMatch, PaymentTxn
from shop.payments.registry import provider_called
from shop.payments.rules import KEEPS_MONEY, VND, add_up
from shop.places.queries import place_names
from shop.shipping.rules.cod import after_money, spread_over_parcels
from shop.shipping.rules.papers import MAX_AT_ONCE

_PRINTABLE = ("confirmed", "completed")

CAME_BACK = frozenset({"returned"})
"""Parcels that collect nothing any more; their goods may go in another one."""

BY_CARRIER = "ship"
"""The way of delivery that needs a carrier."""

_WAITS = and_(
    Order.state == "confirmed", Order.fulfilment_state.in_(("none", "packed", "partly_shipped"))
)

Contents = tuple[tuple[OrderLine, PackedLine | None, int], ...]


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
        """What the goods in it cost, discounts taken off."""
        return value_of(self.lines)


def value_of(lines: Contents) -> int:
    """What units of lines cost, in đồng, rounded down."""
    return sum(line.line_total_vnd * units // line.quantity for line, _packed, units in lines)


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

    The orders come with lines and contact. Parcels that came back are left out; their goods may
    go in another one.
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
        net_vnd = money.get(order.id, (0, 0))[0]
        found += _of_order(order, producer, address, parcels.get(order.id, []), net_vnd)
    return found


def _of_order(
    order: Order, producer: Producer, place: str, parcels: Sequence[Parcel], net_vnd: int
) -> list[Sending]:
    living = [parcel for parcel in parcels if parcel.shipment.state not in CAME_BACK]
    contents = (
        [contents_of(order, parcel) for parcel in living]
        if parcels
        else [tuple((line, None, line.quantity) for line in order.lines)]
    )
    shares = shares_of(order, [value_of(lines) for lines in contents])
    left = after_money(shares, net_vnd)
    return [
        Sending(
            order=order,
            producer=producer,
            sender_place=place,
            shipment=living[at].shipment if parcels else None,
            lines=lines,
            number=at + 1,
            of=len(contents),
            cod_vnd=left[at] if order.state in KEEPS_MONEY else 0,
        )
        for at, lines in enumerate(contents)
    ]


def contents_of(order: Order, parcel: Parcel) -> Contents:
    """What is in a parcel; the order comes with its lines."""
    by_id = {line.id: line for line in order.lines}
    return tuple((by_id[one.order_line_id], one, one.quantity) for one in parcel.lines)


def expected_cod(db: Session, order_ids: Collection[int]) -> dict[int, int]:
    """Parcel id -> what its carrier was to collect, whatever came on delivery since; in đồng.

    A parcel that came back was to collect nothing; money that came another way before (a deposit,
    a transfer) pays the first parcels.
    """
    orders = db.scalars(
        select(Order).options(selectinload(Order.lines)).where(Order.id.in_(order_ids))
    ).all()
    parcels, money = parcels_by_order(db, order_ids), money_by_order(db, order_ids)
    found: dict[int, int] = {}
    for order in orders:
        own = parcels.get(order.id, [])
        living = [parcel for parcel in own if parcel.shipment.state not in CAME_BACK]
        shares = shares_of(order, [value_of(contents_of(order, parcel)) for parcel in living])
        net_vnd, came_vnd = money.get(order.id, (0, 0))
        left = after_money(shares, max(0, net_vnd - came_vnd))
        found |= {parcel.shipment.id: 0 for parcel in own}
        found |= {parcel.shipment.id: vnd for parcel, vnd in zip(living, left, strict=True)}
    return found


def shares_of(order: Order, values: Sequence[int]) -> list[int]:
    """What each parcel of the order collects on delivery; nothing when it was to be prepaid."""
    if not provider_called(order.payment_provider).capabilities.on_delivery:
        return [0] * len(values)
    whole = sum(line.line_total_vnd for line in order.lines)
    return spread_over_parcels(order.total_vnd, values, rest=max(0, whole - sum(values)))


def money_by_order(db: Session, order_ids: Collection[int]) -> Mapping[int, tuple[int, int]]:
    """Order id -> (what the ledger says the seller holds, what of it came on delivery), in đồng."""
    is_cod = case((PaymentTxn.provider == "cod", 1), else_=0).label("is_cod")
    own = select(
        PaymentTxn.order_id.label("order_id"), PaymentTxn.kind, PaymentTxn.amount_vnd, is_cod
    ).where(PaymentTxn.order_id.in_(order_ids), PaymentTxn.currency == VND)
    matched = (
        select(PaymentMatch.order_id, PaymentTxn.kind, PaymentTxn.amount_vnd, is_cod)
        .join(PaymentMatch, PaymentMatch.txn_row_id == PaymentTxn.id)
        .where(PaymentMatch.order_id.in_(order_ids), PaymentTxn.currency == VND)
    )
    facts = union_all(own, matched).subquery()
    rows = db.execute(
        select(facts.c.order_id, facts.c.kind, facts.c.is_cod, func.sum(facts.c.amount_vnd))
        .group_by(facts.c.order_id, facts.c.kind, facts.c.is_cod)
        .order_by(facts.c.order_id)
    ).all()
    found: dict[int, tuple[int, int]] = {}
    for order_id in {row[0] for row in rows}:
        mine = [(kind, int(cod), int(vnd)) for one, kind, cod, vnd in rows if one == order_id]
        net = add_up((kind, vnd) for kind, _cod, vnd in mine).net_vnd
        came = add_up((kind, vnd) for kind, cod, vnd in mine if cod).charged_vnd
        found[order_id] = (net, came)
    return found
