"""What each parcel collects on delivery, many orders in a fixed number of statements."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import case, func, literal, select, union_all
from sqlalchemy.orm import Session, selectinload

from shop.orders.models import Order, OrderLine
from shop.orders.queries import PackedLine, Parcel, parcels_by_order
from shop.orders.rules.parcels import spread_over_parcels
from shop.payments.models import PaymentMatch, PaymentTxn, Refund
from shop.payments.registry import provider_called
from shop.payments.rules import COUNTED, VND, add_up
from shop.shipping.rules.cod import Share, collected_by, still_to_collect

CAME_BACK = frozenset({"returned"})
"""Parcels that collect nothing any more; their goods are not packed again."""

_GRANTED = "granted"

Contents = tuple[tuple[OrderLine, PackedLine | None, int], ...]


@dataclass(frozen=True)
class CodMoney:
    """What parcels of an order need not collect, and what they did, in đồng."""

    paid_vnd: int = 0
    """Came another way and was kept, or was granted to the buyer."""
    came_vnd: int = 0
    """Came on delivery."""


NOTHING_CAME = CodMoney()


def exact_value_of(lines: Contents) -> Fraction:
    """What units of lines cost, in đồng, to the fraction: three parts of a line are the line."""
    return sum(
        (Fraction(line.line_total_vnd * units, line.quantity) for line, _packed, units in lines),
        Fraction(0),
    )


def living_parcels(
    order: Order, parcels: Sequence[Parcel]
) -> tuple[list[tuple[int, Parcel]], list[Share]]:
    """The order's parcels that did not come back, numbered among all, and their shares."""
    shares = shares_of(order, [(contents_of(order, one), one.shipment.cod_vnd) for one in parcels])
    kept = [
        (number, parcel, share)
        for number, (parcel, share) in enumerate(zip(parcels, shares, strict=True), start=1)
        if parcel.shipment.state not in CAME_BACK
    ]
    return [(number, parcel) for number, parcel, _share in kept], [share for *_p, share in kept]


def contents_of(order: Order, parcel: Parcel) -> Contents:
    """What is in a parcel; the order comes with its lines."""
    by_id = {line.id: line for line in order.lines}
    return tuple((by_id[one.order_line_id], one, one.quantity) for one in parcel.lines)


def expected_cod(db: Session, order_ids: Collection[int]) -> dict[int, int]:
    """Parcel id -> what its carrier was to collect, whatever came on delivery since; in đồng.

    A parcel that came back was to collect nothing; money that came another way before (a deposit,
    a transfer) pays the first parcels.
    """
    found: dict[int, int] = {}
    for parcels, living, shares, money in _orders_with_shares(db, order_ids):
        asked = collected_by(shares, paid_vnd=money.paid_vnd)
        found |= {parcel.shipment.id: 0 for parcel in parcels}
        found |= {one.shipment.id: vnd for (_n, one), vnd in zip(living, asked, strict=True)}
    return found


def cod_left(db: Session, order_ids: Collection[int]) -> dict[int, int]:
    """Parcel id -> what it has yet to collect, in đồng; parcels that came back left out."""
    return {
        parcel.shipment.id: vnd
        for _parcels, living, shares, money in _orders_with_shares(db, order_ids)
        for (_number, parcel), vnd in zip(
            living,
            still_to_collect(shares, paid_vnd=money.paid_vnd, came_vnd=money.came_vnd),
            strict=True,
        )
    }


def _orders_with_shares(
    db: Session, order_ids: Collection[int]
) -> Iterator[tuple[Sequence[Parcel], list[tuple[int, Parcel]], list[Share], CodMoney]]:
    orders = db.scalars(
        select(Order).options(selectinload(Order.lines)).where(Order.id.in_(order_ids))
    ).all()
    parcels, money = parcels_by_order(db, order_ids), money_by_order(db, order_ids)
    for order in orders:
        own = parcels.get(order.id, [])
        living, shares = living_parcels(order, own)
        yield own, living, shares, money.get(order.id, NOTHING_CAME)


def shares_of(order: Order, parcels: Sequence[tuple[Contents, int | None]]) -> list[Share]:
    """Each parcel's part of the total; nothing when the order was to be prepaid."""
    values = [exact_value_of(lines) for lines, _told in parcels]
    if provider_called(order.payment_provider).capabilities.on_delivery:
        whole = sum(line.line_total_vnd for line in order.lines)
        shares = spread_over_parcels(order.total_vnd, values, rest=whole - sum(values))
    else:
        shares = [0] * len(values)
    return [Share(share, told) for share, (_lines, told) in zip(shares, parcels, strict=True)]


def money_by_order(db: Session, order_ids: Collection[int]) -> Mapping[int, CodMoney]:
    """Order id -> what the ledger says of it and what people granted; orders without money miss."""
    is_cod = case((PaymentTxn.provider == "cod", 1), else_=0).label("is_cod")
    own = select(
        PaymentTxn.order_id.label("order_id"), PaymentTxn.kind, PaymentTxn.amount_vnd, is_cod
    ).where(PaymentTxn.order_id.in_(order_ids), PaymentTxn.currency == VND)
    matched = (
        select(PaymentMatch.order_id, PaymentTxn.kind, PaymentTxn.amount_vnd, is_cod)
        .join(PaymentMatch, PaymentMatch.txn_row_id == PaymentTxn.id)
        .where(PaymentMatch.order_id.in_(order_ids), PaymentTxn.currency == VND)
    )
    granted = select(Refund.order_id, literal(_GRANTED), Refund.amount_vnd, literal(0)).where(
        Refund.order_id.in_(order_ids), Refund.kind == _GRANTED, Refund.state.in_(COUNTED)
    )
    facts = union_all(own, matched, granted).subquery()
    rows = db.execute(
        select(facts.c.order_id, facts.c.kind, facts.c.is_cod, func.sum(facts.c.amount_vnd))
        .group_by(facts.c.order_id, facts.c.kind, facts.c.is_cod)
        .order_by(facts.c.order_id)
    ).all()
    return {
        order_id: _cod_money(
            [(kind, cod, int(vnd)) for one, kind, cod, vnd in rows if one == order_id]
        )
        for order_id in {row[0] for row in rows}
    }


def _cod_money(facts: Sequence[tuple[str, int, int]]) -> CodMoney:
    money = add_up((kind, vnd) for kind, _cod, vnd in facts if kind != _GRANTED)
    came = add_up((kind, vnd) for kind, cod, vnd in facts if cod).charged_vnd
    granted = sum(vnd for kind, _cod, vnd in facts if kind == _GRANTED)
    return CodMoney(
        paid_vnd=max(0, money.net_vnd + money.disputed_vnd + granted - came), came_vnd=came
    )
