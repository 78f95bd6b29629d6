"""Many orders at once: each does as it would alone, and says what came of it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.core.errors import Conflict, DomainError, Invalid
from shop.orders.models import Order, OrderLine, Shipment, ShipmentLine
from shop.orders.rules import WrongState
from shop.orders.services.packing import count_sold, pack
from shop.orders.services.parcels import ship
from shop.stock import services as stock
from shop.stock.models import LotLevel


@dataclass(frozen=True)
class Outcome:
    """What came of one order; ``refusal`` is None when it was done."""

    code: str
    refusal: DomainError | None = None


def pack_orders(
    db: Session, *, order_ids: Collection[int], submit_key: str, actor_id: int, now: datetime
) -> list[Outcome]:
    """Pack what is left of each order, out of the lots proposed. Refused ones stay as they were.

    Orders, then lots, then levels of all of them are locked first, in order of id, as every verb
    does: two batches, or a batch and a buyer, never wait for each other.
    """
    orders = _locked(db, order_ids)
    variants = db.scalars(
        select(OrderLine.variant_id).where(OrderLine.order_id.in_([one.id for one in orders]))
    ).all()
    lots = db.scalars(select(LotLevel.lot_id).where(LotLevel.variant_id.in_(variants))).all()
    stock.lock_for_moves(db, variant_ids=sorted(set(variants)), lot_ids=sorted(set(lots)))
    sold: dict[int, int] = {}

    def verb(order: Order) -> None:
        _parcel, units = pack(
            db,
            order_id=order.id,
            picks=None,
            is_part=False,
            submit_key=f"{submit_key}:{order.id}"[:80],
            actor_id=actor_id,
            now=now,
        )
        for product_id, count in units.items():
            sold[product_id] = sold.get(product_id, 0) + count

    outcomes = [_try(db, order, verb) for order in orders]
    count_sold(db, sold)
    return outcomes


def ship_orders(
    db: Session,
    *,
    order_ids: Collection[int],
    carrier: str,
    tracking_nos: Mapping[int, str],
    actor_id: int,
    now: datetime,
) -> list[Outcome]:
    """Hand the packed parcels of each order over to one carrier.

    ``tracking_nos``: order id -> the number, where it is known and the order has one parcel.
    """
    orders = _locked(db, order_ids)
    packed = select(Shipment.id).where(
        Shipment.order_id.in_([one.id for one in orders]), Shipment.state == "packed"
    )
    lots = db.scalars(
        select(ShipmentLine.lot_id).where(
            ShipmentLine.shipment_id.in_(packed), ShipmentLine.lot_id.is_not(None)
        )
    ).all()
    stock.lock_for_moves(
        db, variant_ids=(), lot_ids=sorted({lot for lot in lots if lot is not None})
    )

    def verb(order: Order) -> None:
        waiting = db.scalars(
            select(Shipment.id)
            .where(Shipment.order_id == order.id, Shipment.state == "packed")
            .order_by(Shipment.id)
        ).all()
        if not waiting:
            raise WrongState
        for shipment_id in waiting:
            ship(
                db,
                order_id=order.id,
                shipment_id=shipment_id,
                carrier=carrier,
                tracking_no=tracking_nos.get(order.id, "") if len(waiting) == 1 else "",
                actor_id=actor_id,
                now=now,
            )

    return [_try(db, order, verb) for order in orders]


def _locked(db: Session, order_ids: Collection[int]) -> Sequence[Order]:
    return db.scalars(
        select(Order)
        .where(Order.id.in_(order_ids))
        .order_by(Order.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()


def _try(db: Session, order: Order, verb: Callable[[Order], None]) -> Outcome:
    code = order.code
    try:
        with db.begin_nested():
            verb(order)
    except (Conflict, Invalid) as refusal:
        return Outcome(code, refusal)
    return Outcome(code)
