"""Packing: units leave the shelf, each out of a named lot, in one parcel or in several."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.catalogue import services as catalogue
from shop.core.clock import today_vn
from shop.orders import rules, signals
from shop.orders.models import Order, OrderLine, Shipment, ShipmentLine
from shop.orders.queries import cuts_of, units_left
from shop.orders.rules import CannotPack, WrongState, may_pack
from shop.orders.rules.parcels import MAX_PARCELS, NothingToPack, TooManyParcels
from shop.orders.services.parts import audit, lines_of, lock_order, owner_key, tell
from shop.stock import queries as stock_queries
from shop.stock import services as stock
from shop.stock.rules import Pick, WrongPick

Picks = Mapping[int, Sequence[Pick]]
"""Order line id -> lots and how many units out of each."""


def propose_picks(
    db: Session, lines: Sequence[OrderLine], today: date, left: Mapping[int, int] | None = None
) -> dict[int, list[Pick]]:
    """Line id -> lots to take, first expired first out; short where too few may be sold.

    ``left``: units of each line still to be packed; None: all of them.
    """
    wanted = {line.id: line.quantity for line in lines} if left is None else left
    return {
        line.id: stock_queries.pick_fefo(db, line.variant_id, wanted[line.id], today)
        for line in lines
        if wanted.get(line.id)
    }


def pack_order(
    db: Session,
    *,
    order_id: int,
    picks: Picks | None = None,
    is_part: bool = False,
    submit_key: str | None = None,
    actor_id: int | None,
    now: datetime,
) -> Shipment:
    """Put what is left of the order, or with ``is_part`` some of it, into a parcel.

    ``picks``: line id -> lots and units; None takes what is proposed. The same ``submit_key`` packs
    once. Raises WrongState, CannotPack, NothingToPack, TooManyParcels, WrongPick, LotShort.
    """
    parcel, sold = pack(
        db,
        order_id=order_id,
        picks=picks,
        is_part=is_part,
        submit_key=submit_key,
        actor_id=actor_id,
        now=now,
    )
    count_sold(db, sold)
    return parcel


def count_sold(db: Session, sold: Mapping[int, int]) -> None:
    """Product id -> units, told to the catalogue in the order everybody takes."""
    for product_id, units in sorted(sold.items()):
        catalogue.add_sold(db, product_id, units)


def pack(
    db: Session,
    *,
    order_id: int,
    picks: Picks | None,
    is_part: bool,
    submit_key: str | None,
    actor_id: int | None,
    now: datetime,
) -> tuple[Shipment, dict[int, int]]:
    """As ``pack_order``, leaving what was sold by product to be counted by the caller."""
    order = lock_order(db, order_id)
    known = _packed_by(db, order, submit_key)
    if known is not None:
        return known, {}
    left = units_left(db, [order.id])[order.id]
    is_time = may_pack(order.state, order.payment_state, sum(left.values()))
    if not order.is_ready or not is_time:
        raise WrongState
    lines = [line for line in lines_of(db, order.id) if left[line.id]]
    today = today_vn(now)
    wanted = propose_picks(db, lines, today, left) if picks is None else picks
    chosen = _checked(lines, wanted, left, is_part)
    others = [] if picks is None else _other_lots(db, lines, chosen, today)
    _lock_goods(db, lines, chosen)
    parcel = _open_parcel(db, order, submit_key, now)
    sold: dict[int, int] = {}
    for line in lines:
        if line.id in chosen:
            _fill(db, parcel, line, chosen[line.id], actor_id, now)
            units = sum(units for _lot, units in chosen[line.id])
            sold[line.product_id] = sold.get(line.product_id, 0) + units
    derive_fulfilment(db, order)
    made = {"shipment": parcel.id, "units": sum(sold.values())}
    tell(db, order, "packed", actor_id=actor_id, now=now, detail=made)
    if others:
        detail = {"shipment": parcel.id, "lots": others}
        tell(db, order, "lot_chosen", actor_id=actor_id, is_public=False, now=now, detail=detail)
    audit(db, order, "pack", actor_id, now)
    db.flush()
    signals.order_packed.send(None, db=db, order=order, now=now)
    return parcel, sold


def _packed_by(db: Session, order: Order, submit_key: str | None) -> Shipment | None:
    if submit_key is None:
        return None
    known = db.scalar(select(Shipment).where(Shipment.submit_key == submit_key))
    if known is not None and known.order_id != order.id:
        raise WrongState
    return known


def _checked(
    lines: Sequence[OrderLine], picks: Picks, left: Mapping[int, int], is_part: bool
) -> dict[int, list[Pick]]:
    """The picks without empty lines; all that is left, unless the parcel is a part."""
    chosen = {}
    for line in lines:
        taken = [pick for pick in picks.get(line.id, ()) if pick[1]]
        units = sum(units for _lot, units in taken)
        if units > left[line.id] or any(one < 0 for _lot, one in taken):
            raise WrongPick
        if units < left[line.id] and not is_part:
            raise CannotPack(product=line.product_name)
        if taken:
            chosen[line.id] = taken
    if not chosen:
        raise NothingToPack
    return chosen


def _lock_goods(db: Session, lines: Sequence[OrderLine], chosen: Picks) -> None:
    lots = {lot for taken in chosen.values() for lot, _units in taken if lot is not None}
    variants = [line.variant_id for line in lines if line.id in chosen]
    stock.lock_for_moves(db, variant_ids=variants, lot_ids=sorted(lots))


def _open_parcel(db: Session, order: Order, submit_key: str | None, now: datetime) -> Shipment:
    before = select(func.count()).select_from(Shipment).where(Shipment.order_id == order.id)
    if (db.scalar(before) or 0) >= MAX_PARCELS:
        raise TooManyParcels(n=MAX_PARCELS)
    parcel = Shipment(order_id=order.id, state="packed", submit_key=submit_key, packed_at=now)
    db.add(parcel)
    db.flush()
    return parcel


def _fill(
    db: Session,
    parcel: Shipment,
    line: OrderLine,
    taken: Sequence[Pick],
    actor_id: int | None,
    now: datetime,
) -> None:
    stock.commit(
        db,
        owner_key=owner_key(line.id),
        variant_id=line.variant_id,
        picks=taken,
        key=f"shipment:{parcel.id}:{line.id}",
        actor_id=actor_id,
        now=now,
    )
    db.add_all(
        ShipmentLine(shipment_id=parcel.id, order_line_id=line.id, lot_id=lot_id, quantity=units)
        for lot_id, units in taken
    )


def _other_lots(db: Session, lines: Sequence[OrderLine], chosen: Picks, today: date) -> list[int]:
    """Lots taken although another one expires first: allowed, and written down."""
    others = set()
    for line in lines:
        taken = chosen.get(line.id, ())
        units = sum(units for _lot, units in taken)
        first = dict(stock_queries.pick_fefo(db, line.variant_id, units, today))
        others |= {lot for lot, units in taken if lot is not None and units > first.get(lot, 0)}
    return sorted(others)


def unpack(
    db: Session, *, order_id: int, shipment_id: int, actor_id: int | None, now: datetime
) -> Shipment:
    """Take a parcel apart that has not left: its goods lie in their lots again, still the order's.

    Raises WrongState.
    """
    order = lock_order(db, order_id)
    parcel = db.scalar(
        select(Shipment)
        .where(Shipment.id == shipment_id, Shipment.order_id == order.id)
        .execution_options(populate_existing=True)
    )
    if parcel is None or parcel.state != "packed" or order.state != "confirmed":
        raise WrongState
    count_sold(db, _empty(db, [parcel], actor_id=actor_id, now=now))
    derive_fulfilment(db, order)
    detail = {"shipment": parcel.id}
    tell(db, order, "unpacked", actor_id=actor_id, is_public=False, now=now, detail=detail)
    audit(db, order, "unpack", actor_id, now)
    db.flush()
    return parcel


def unpack_all(db: Session, order: Order, *, actor_id: int | None, now: datetime) -> None:
    """Put the goods of all parcels that have not left back on the shelf they came from."""
    parcels = db.scalars(
        select(Shipment)
        .where(Shipment.order_id == order.id, Shipment.state == "packed")
        .execution_options(populate_existing=True)
    ).all()
    if parcels:
        count_sold(db, _empty(db, parcels, actor_id=actor_id, now=now))
        derive_fulfilment(db, order)


def _empty(
    db: Session, parcels: Sequence[Shipment], *, actor_id: int | None, now: datetime
) -> dict[int, int]:
    """Product id -> units that were not sold after all (negative)."""
    rows = db.execute(
        select(ShipmentLine, OrderLine)
        .join(OrderLine, OrderLine.id == ShipmentLine.order_line_id)
        .where(ShipmentLine.shipment_id.in_([parcel.id for parcel in parcels]))
        .order_by(OrderLine.variant_id, ShipmentLine.id)
    ).all()
    stock.lock_levels(db, [line.variant_id for _row, line in rows])
    sold: dict[int, int] = {}
    for row, line in rows:
        stock.hold_again(
            db,
            owner_key=owner_key(line.id),
            variant_id=line.variant_id,
            picks=[(row.lot_id, row.quantity)],
            key=f"shipment_line:{row.id}:back",
            actor_id=actor_id,
            now=now,
        )
        sold[line.product_id] = sold.get(line.product_id, 0) - row.quantity
    for parcel in parcels:
        parcel.state = "cancelled"
    db.flush()
    return sold


def derive_fulfilment(db: Session, order: Order) -> None:
    """Compute the cached fulfilment state again from the parcels and what came back of them."""
    db.flush()
    ordered = db.scalar(select(func.sum(OrderLine.quantity)).where(OrderLine.order_id == order.id))
    to_send = int(ordered or 0) - sum(cuts_of(db, order.id).values())
    back = ShipmentLine.restocked + ShipmentLine.written_off
    rows = db.execute(
        select(Shipment.state, func.sum(ShipmentLine.quantity - back), func.sum(back))
        .join(ShipmentLine, ShipmentLine.shipment_id == Shipment.id)
        .where(Shipment.order_id == order.id)
        .group_by(Shipment.state)
    ).all()
    parcels = [(state, int(out)) for state, out, _back in rows]
    parcels += [("returned", int(came)) for _state, _out, came in rows]
    order.fulfilment_state = rules.fulfilment_state(to_send, parcels)
