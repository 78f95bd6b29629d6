"""Packing from lots, sending, delivering."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.catalogue import services as catalogue
from shop.core.clock import today_vn
from shop.orders import rules, signals
from shop.orders.models import Order, OrderLine, Shipment, ShipmentLine
from shop.orders.rules import CannotPack, LotStopped, WrongState, may_pack
from shop.orders.services.life import complete_if_done
from shop.orders.services.parts import (
    audit,
    lines_of,
    lock_order,
    notify_buyer,
    owner_key,
    tell,
    units_by_product,
)
from shop.stock import queries as stock_queries
from shop.stock import services as stock
from shop.stock.rules import Pick
from shop.traceability.models import Lot
from shop.traceability.services import record_dispatch


def propose_picks(db: Session, lines: Sequence[OrderLine], today: date) -> dict[int, list[Pick]]:
    """Line id -> lots to take, first expired first out; short where too few may be sold."""
    return {
        line.id: stock_queries.pick_fefo(db, line.variant_id, line.quantity, today)
        for line in lines
    }


def pack_order(
    db: Session,
    *,
    order_id: int,
    picks: Mapping[int, Sequence[Pick]] | None = None,
    actor_id: int | None,
    now: datetime,
) -> Shipment:
    """Put the whole order into a parcel: units leave stock, each out of a named lot.

    ``picks``: line id -> lots and units; None takes what is proposed. Raises WrongState,
    CannotPack, WrongPick, LotShort.
    """
    order = lock_order(db, order_id)
    if not order.is_ready or not may_pack(order.state, order.fulfilment_state, order.payment_state):
        raise WrongState
    lines = lines_of(db, order.id)
    chosen = picks if picks is not None else propose_picks(db, lines, today_vn(now))
    parcel = Shipment(order_id=order.id, state="packed", packed_at=now)
    db.add(parcel)
    db.flush()
    for line in lines:
        taken = list(chosen.get(line.id, ()))
        if sum(units for _lot, units in taken) < line.quantity:
            raise CannotPack(product=line.product_name)
        stock.commit(
            db,
            owner_key=owner_key(line.id),
            variant_id=line.variant_id,
            picks=taken,
            actor_id=actor_id,
            now=now,
        )
        db.add_all(
            ShipmentLine(
                shipment_id=parcel.id, order_line_id=line.id, lot_id=lot_id, quantity=units
            )
            for lot_id, units in taken
        )
    db.flush()
    _derive(db, order)
    for product_id, units in sorted(units_by_product(lines).items()):
        catalogue.add_sold(db, product_id, units)
    tell(db, order, "packed", actor_id=actor_id, now=now, detail={"shipment": parcel.id})
    audit(db, order, "pack", actor_id, now)
    db.flush()
    signals.order_packed.send(None, db=db, order=order, now=now)
    return parcel


def ship(
    db: Session,
    *,
    order_id: int,
    carrier: str,
    tracking_no: str,
    actor_id: int | None,
    now: datetime,
) -> Shipment:
    """Hand the parcel over to a carrier; its lots' journals say so, sealed.

    Raises WrongState when nothing is packed, LotStopped when a lot in it must not leave the house.
    """
    order, parcel = _parcel(db, order_id, "packed")
    _require_good_lots(db, parcel)
    parcel.state = "shipped"
    parcel.carrier = carrier
    parcel.tracking_no = tracking_no
    parcel.shipped_at = now
    _derive(db, order)
    tell(
        db,
        order,
        "shipped",
        actor_id=actor_id,
        now=now,
        detail={"carrier": carrier, "tracking_no": tracking_no},
    )
    audit(db, order, "ship", actor_id, now)
    record_dispatch(
        db,
        units_by_lot=_units_by_lot(db, parcel.id),
        order_code=order.code,
        key=f"shipment:{parcel.id}",
        actor_id=actor_id,
        now=now,
    )
    notify_buyer(db, order, "shipped", now=now, carrier=carrier)
    db.flush()
    return parcel


def _require_good_lots(db: Session, parcel: Shipment) -> None:
    """Lock the lots in the parcel, so that a recall waits or is seen. Raises LotStopped."""
    lots = db.execute(
        select(Lot.lot_no, Lot.state)
        .where(Lot.id.in_(select(ShipmentLine.lot_id).where(ShipmentLine.shipment_id == parcel.id)))
        .order_by(Lot.id)
        .with_for_update(key_share=True)
    )
    for lot_no, state in lots.all():
        if state in {"on_hold", "recalled"}:
            raise LotStopped(lot_no=lot_no)


def deliver(db: Session, *, order_id: int, actor_id: int | None, now: datetime) -> Shipment:
    """The buyer has the parcel; closes the order when its money is there too. Raises WrongState."""
    order, parcel = _parcel(db, order_id, "shipped", "failed")
    parcel.state = "delivered"
    parcel.delivered_at = now
    _derive(db, order)
    tell(db, order, "delivered", actor_id=actor_id, now=now)
    audit(db, order, "deliver", actor_id, now)
    db.flush()
    signals.order_delivered.send(None, db=db, order=order, now=now)
    notify_buyer(db, order, "delivered", now=now)
    complete_if_done(db, order, now=now, actor_id=actor_id)
    return parcel


def fail_delivery(db: Session, *, order_id: int, actor_id: int | None, now: datetime) -> Shipment:
    """The carrier could not hand the parcel over; it waits on the problem list."""
    order, parcel = _parcel(db, order_id, "shipped")
    parcel.state = "failed"
    _derive(db, order)
    tell(db, order, "delivery_failed", actor_id=actor_id, now=now)
    audit(db, order, "fail_delivery", actor_id, now)
    db.flush()
    return parcel


def _parcel(db: Session, order_id: int, *states: str) -> tuple[Order, Shipment]:
    """The (locked) confirmed order and its parcel in one of the states. Raises WrongState."""
    order = lock_order(db, order_id)
    parcel = db.scalars(
        select(Shipment)
        .where(Shipment.order_id == order.id, Shipment.state.in_(states))
        .order_by(Shipment.id)
        .limit(1)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if parcel is None or order.state != "confirmed":
        raise WrongState
    return order, parcel


def _units_by_lot(db: Session, parcel_id: int) -> dict[int, int]:
    rows = db.execute(
        select(ShipmentLine.lot_id, func.sum(ShipmentLine.quantity))
        .where(ShipmentLine.shipment_id == parcel_id)
        .group_by(ShipmentLine.lot_id)
    )
    return {lot_id: int(units) for lot_id, units in rows if lot_id is not None}


def _derive(db: Session, order: Order) -> None:
    """Compute the cached fulfilment state again from the parcels."""
    db.flush()
    ordered = db.scalar(select(func.sum(OrderLine.quantity)).where(OrderLine.order_id == order.id))
    parcels = db.execute(
        select(Shipment.state, func.sum(ShipmentLine.quantity))
        .join(ShipmentLine, ShipmentLine.shipment_id == Shipment.id)
        .where(Shipment.order_id == order.id)
        .group_by(Shipment.id, Shipment.state)
    ).all()
    order.fulfilment_state = rules.fulfilment_state(
        int(ordered or 0), [(state, int(units)) for state, units in parcels]
    )
