"""What becomes of a parcel: sent, delivered, failed, sent again, back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from shop.core.errors import NotFound
from shop.orders import signals
from shop.orders.models import Order, OrderLine, Shipment, ShipmentLine
from shop.orders.rules import LotStopped, WrongState
from shop.orders.rules.parcels import FAIL_REASONS, NEXT, Back, NotSettled, TooManyBack
from shop.orders.services.coming_back import cut_what_came_back
from shop.orders.services.life import complete_if_done
from shop.orders.services.packing import count_sold, derive_fulfilment
from shop.orders.services.parts import audit, lock_order, notify_buyer, tell
from shop.stock import services as stock
from shop.stock.rules import PARCEL_BACK
from shop.traceability.models import Lot
from shop.traceability.services import record_dispatch


def ship(
    db: Session,
    *,
    order_id: int,
    carrier: str,
    tracking_no: str,
    shipment_id: int | None = None,
    actor_id: int | None,
    now: datetime,
) -> Shipment:
    """Hand a parcel (None: the first one that waits) over to a carrier; its lots' journals say so,
    sealed.

    Raises WrongState when nothing is packed, LotStopped when a lot in it must not leave the house.
    """
    order, parcel = _parcel(db, order_id, shipment_id, "packed")
    _require_good_lots(db, parcel)
    _move(parcel, "shipped")
    parcel.carrier, parcel.tracking_no = carrier, tracking_no
    parcel.shipped_at = now
    detail = {"carrier": carrier, "tracking_no": tracking_no}
    _write(db, order, parcel, "ship", "shipped", actor_id, now, **detail)
    record_dispatch(
        db,
        units_by_lot=_units_by_lot(db, parcel.id),
        order_code=order.code,
        key=f"shipment:{parcel.id}",
        actor_id=actor_id,
        now=now,
    )
    signals.parcel_sent.send(None, db=db, order=order, parcel=parcel, now=now)
    cause = f"shipment:{parcel.id}"
    notify_buyer(db, order, "shipped", now=now, cause=cause, carrier=carrier)
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


def deliver(
    db: Session,
    *,
    order_id: int,
    shipment_id: int | None = None,
    actor_id: int | None,
    now: datetime,
) -> Shipment:
    """The buyer has the parcel; closes the order when its money is there too. Raises WrongState."""
    order, parcel = _parcel(db, order_id, shipment_id, "shipped", "failed")
    _move(parcel, "delivered")
    parcel.delivered_at = now
    _write(db, order, parcel, "deliver", "delivered", actor_id, now)
    db.flush()
    close_if_delivered(db, order, actor_id=actor_id, now=now)
    return parcel


def close_if_delivered(db: Session, order: Order, *, actor_id: int | None, now: datetime) -> None:
    """Once all is there the buyer is told, and the order ends if its money is there too."""
    if order.fulfilment_state == "delivered":
        signals.order_delivered.send(None, db=db, order=order, now=now)
        notify_buyer(db, order, "delivered", now=now)
    complete_if_done(db, order, now=now, actor_id=actor_id)


def fail_delivery(
    db: Session,
    *,
    order_id: int,
    shipment_id: int | None = None,
    reason: str = "other",
    actor_id: int | None,
    now: datetime,
) -> Shipment:
    """The carrier could not hand the parcel over; it waits on the problem list.

    ``reason``: a code of FAIL_REASONS. Raises WrongState.
    """
    if reason not in FAIL_REASONS:
        raise WrongState(field="reason")
    order, parcel = _parcel(db, order_id, shipment_id, "shipped")
    _move(parcel, "failed")
    parcel.fail_reason = reason
    _write(db, order, parcel, "fail_delivery", "delivery_failed", actor_id, now, fail_reason=reason)
    db.flush()
    return parcel


def send_again(
    db: Session, *, order_id: int, shipment_id: int, actor_id: int | None, now: datetime
) -> Shipment:
    """The carrier tries once more. Raises WrongState, LotStopped when a lot was called back."""
    order, parcel = _parcel(db, order_id, shipment_id, "failed")
    _require_good_lots(db, parcel)
    _move(parcel, "shipped")
    _write(db, order, parcel, "send_again", "sent_again", actor_id, now)
    db.flush()
    return parcel


def turn_back(
    db: Session, *, order_id: int, shipment_id: int, actor_id: int | None, now: datetime
) -> Shipment:
    """The parcel is on its way back to the producer. Raises WrongState."""
    order, parcel = _parcel(db, order_id, shipment_id, "shipped", "failed")
    _move(parcel, "returning")
    _write(db, order, parcel, "turn_back", "turned_back", actor_id, now)
    db.flush()
    return parcel


def take_back(
    db: Session,
    *,
    order_id: int,
    shipment_id: int,
    back: Sequence[Back],
    actor_id: int | None,
    now: datetime,
) -> Shipment:
    """A parcel that was not delivered is here again: each line on the shelf or written off, and
    its share no longer due where the rest of the order goes on.

    Lines of lots that may not be sold are held back by stock itself. Raises WrongState, NotSettled
    when a line is not accounted for to the last unit.
    """
    order, parcel = _parcel(db, order_id, shipment_id, "shipped", "failed", "returning")
    whole = dict(
        db.execute(
            select(ShipmentLine.id, ShipmentLine.quantity).where(
                ShipmentLine.shipment_id == parcel.id
            )
        ).all()
    )
    came = {one.shipment_line_id: one.units for one in back}
    if came != whole or len(came) != len(back):
        raise NotSettled
    _put_away(db, back, f"shipment:{parcel.id}:returned", PARCEL_BACK, actor_id, now)
    _move(parcel, "returned")
    parcel.returned_at = now
    lost = sum(one.write_off for one in back)
    _write(db, order, parcel, "take_back", "came_back", actor_id, now, written_off=lost)
    db.flush()
    cut_what_came_back(db, order, actor_id=actor_id, now=now)
    close_if_delivered(db, order, actor_id=actor_id, now=now)
    return parcel


def take_back_goods(
    db: Session,
    *,
    order_id: int,
    back: Sequence[Back],
    reason: str,
    key: str,
    actor_id: int | None,
    now: datetime,
) -> None:
    """Goods that the buyer had are here again (a return): some lines, some units of them.

    ``reason``: a reason of stock (RETURNED); ``key`` names the return, once. Each line must be of
    a delivered parcel of the order. Raises NotFound, NotSettled, TooManyBack.
    """
    order = lock_order(db, order_id)
    delivered = set(
        db.scalars(
            select(ShipmentLine.id)
            .join(Shipment, Shipment.id == ShipmentLine.shipment_id)
            .where(Shipment.order_id == order.id, Shipment.state == "delivered")
        )
    )
    if not back or any(one.units < 1 for one in back):
        raise NotSettled
    if not {one.shipment_line_id for one in back} <= delivered:
        raise NotFound
    if not _put_away(db, back, key, reason, actor_id, now):
        return
    derive_fulfilment(db, order)
    units = sum(one.units for one in back)
    tell(db, order, "goods_back", actor_id=actor_id, now=now, detail={"units": units})
    audit(db, order, "goods_back", actor_id, now)
    db.flush()


def _put_away(
    db: Session, back: Sequence[Back], key: str, reason: str, actor_id: int | None, now: datetime
) -> bool:
    """Into the ledger and onto the lines; says whether it was new."""
    rows = db.execute(
        select(ShipmentLine, OrderLine.variant_id, OrderLine.product_id)
        .join(OrderLine, OrderLine.id == ShipmentLine.order_line_id)
        .where(ShipmentLine.id.in_([one.shipment_line_id for one in back]))
        .order_by(OrderLine.variant_id, ShipmentLine.id)
    ).all()
    lots = {row.lot_id for row, _variant, _product in rows if row.lot_id is not None}
    variants = {variant_id for _row, variant_id, _product in rows}
    stock.lock_for_moves(db, variant_ids=sorted(variants), lot_ids=sorted(lots))
    by_line = {one.shipment_line_id: one for one in back}
    sold: dict[int, int] = {}
    for row, variant_id, product_id in rows:
        one = by_line[row.id]
        is_new = stock.bring_back(
            db,
            variant_id=variant_id,
            lot_id=row.lot_id,
            restock=one.restock,
            write_off=one.write_off,
            reason=reason,
            key=f"{key}:{row.id}",
            actor_id=actor_id,
            now=now,
        )
        if not is_new:
            return False
        _count_back(db, one)
        sold[product_id] = sold.get(product_id, 0) - one.units
    count_sold(db, sold)
    return True


def _count_back(db: Session, one: Back) -> None:
    """Never more than the parcel held: one conditional UPDATE. Raises TooManyBack."""
    came = ShipmentLine.restocked + ShipmentLine.written_off
    counted = db.execute(
        update(ShipmentLine)
        .where(ShipmentLine.id == one.shipment_line_id, came + one.units <= ShipmentLine.quantity)
        .values(
            restocked=ShipmentLine.restocked + one.restock,
            written_off=ShipmentLine.written_off + one.write_off,
        )
        .returning(ShipmentLine.id)
    )
    if counted.one_or_none() is None:
        raise TooManyBack


def _parcel(
    db: Session, order_id: int, shipment_id: int | None, *states: str
) -> tuple[Order, Shipment]:
    """The (locked) confirmed order and its parcel in one of the states. Raises WrongState."""
    order = lock_order(db, order_id)
    wanted = select(Shipment).where(Shipment.order_id == order.id)
    if shipment_id is not None:
        wanted = wanted.where(Shipment.id == shipment_id)
    parcel = db.scalars(
        wanted.where(Shipment.state.in_(states))
        .order_by(Shipment.id)
        .limit(1)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if parcel is None or order.state != "confirmed":
        raise WrongState
    return order, parcel


def _move(parcel: Shipment, state: str) -> None:
    """Raises WrongState unless the table allows the step."""
    if state not in NEXT[parcel.state]:
        raise WrongState
    parcel.state = state


def _write(
    db: Session,
    order: Order,
    parcel: Shipment,
    action: str,
    kind: str,
    actor_id: int | None,
    now: datetime,
    **detail: Any,
) -> None:
    """The step stands in the order's state, its timeline and the audit log."""
    derive_fulfilment(db, order)
    told = {"shipment": parcel.id, **detail}
    tell(db, order, kind, actor_id=actor_id, now=now, detail=told)
    audit(db, order, action, actor_id, now)


def _units_by_lot(db: Session, parcel_id: int) -> dict[int, int]:
    rows = db.execute(
        select(ShipmentLine.lot_id, func.sum(ShipmentLine.quantity))
        .where(ShipmentLine.shipment_id == parcel_id)
        .group_by(ShipmentLine.lot_id)
    )
    return {lot_id: int(units) for lot_id, units in rows if lot_id is not None}
