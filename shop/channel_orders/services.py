"""An import's life: taken in, its columns confirmed, its orders recorded once."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.accounts.services import record_audit, register_subject
from shop.catalogue.models import Producer
from shop.catalogue.services import home_by
from shop.channel_orders import queries
from shop.channel_orders.models import ChannelOrder, ChannelOrderLine, OrderImport
from shop.channel_orders.queries import Foreseen
from shop.channel_orders.rules import Line, State, is_older, kept_revenue, leading
from shop.core.clock import today_vn
from shop.core.errors import DomainError
from shop.sheets.rules.mapping import Layout
from shop.sheets.services import previews
from shop.stock import services as stock
from shop.stock.models import StockReservation
from shop.stock.rules import RETURNED, channel_key

MOST_TOLD: Final = 200

register_subject("channel_order_import", home_by(OrderImport))


def take_import(
    db: Session,
    *,
    producer_id: int,
    channel: str,
    actor_id: int,
    file_name: str,
    content: bytes,
    cells_name: str,
    layout: Layout,
    now: datetime,
) -> OrderImport:
    """Take a file in; the same file of the same channel leads to the import it already is."""
    facts = previews.facts_of_file(
        file_name=file_name,
        content=content,
        cells_name=cells_name,
        layout=layout,
        actor_id=actor_id,
        now=now,
    )
    row = previews.add_or_find(
        db,
        OrderImport(producer_id=producer_id, channel=channel, results={}, **facts),
        OrderImport.producer_id == producer_id,
        OrderImport.channel == channel,
    )
    if row.cells_name is None:
        # recorded before: it may be gone through again, lines count once all the same
        row.cells_name, row.state = cells_name, "open"
        db.flush()
    return row


def record_import(
    db: Session,
    *,
    row: OrderImport,
    lines: Sequence[Line],
    digest: str,
    actor_id: int,
    now: datetime,
) -> Mapping[str, int]:
    """Record every order of the file and bring stock to what they say; how many lines did what.

    A line takes its units once and gives them back once, however often it is imported. Lines that
    stock cannot cover are recorded without taking; importing again takes them. Raises
    PreviewChanged when the columns changed or another press came first.
    """
    db.execute(select(Producer.id).where(Producer.id == row.producer_id).with_for_update()).one()
    previews.claim(db, row=row, digest=digest, actor_id=actor_id, now=now)
    foreseen = queries.foresee(db, row.producer_id, row.channel, lines)
    orders = _orders(db, row, lines, now)
    had = queries.known_lines(db, row.producer_id, row.channel, set(orders))
    counts: Counter[str] = Counter()
    told: list[list[Any]] = []
    for one in foreseen:
        did = _record(db, one, orders, had, row.channel, actor_id, now)
        counts[did] += 1
        if did in {"unknown", "short", "fault", "recheck"} and len(told) < MOST_TOLD:
            line = one.line
            told.append([line.number, line.order, line.sku, line.name, did, line.fault])
    row.results = {"counts": dict(counts), "rows": told, "orders": len(orders)}
    record_audit(
        db,
        actor_id=actor_id,
        action="channel_orders.recorded",
        subject_kind="channel_order_import",
        subject_id=row.id,
        now=now,
        detail={"channel": row.channel, "orders": len(orders), **counts},
    )
    db.flush()
    return counts


def _orders(
    db: Session, row: OrderImport, lines: Sequence[Line], now: datetime
) -> dict[str, ChannelOrder]:
    """The orders of the file by number: new ones are added, known ones take the new state."""
    wanted = leading(lines)
    found = {
        order.number: order
        for order in db.scalars(
            select(ChannelOrder).where(
                ChannelOrder.producer_id == row.producer_id,
                ChannelOrder.channel == row.channel,
                ChannelOrder.number.in_(wanted),
            )
        )
    }
    for number, line in wanted.items():
        if number not in found:
            ordered_at = line.ordered_at or now
            found[number] = ChannelOrder(
                producer_id=row.producer_id,
                channel=row.channel,
                number=number,
                state=line.state,
                ordered_at=ordered_at,
                month=f"{today_vn(ordered_at):%Y-%m}",
            )
            db.add(found[number])
        order = found[number]
        if not is_older(line.state, cast(State, order.state)):
            order.state, order.told_state, order.changed_at = line.state, line.told_state, now
    db.flush()
    return found


def _record(
    db: Session,
    one: Foreseen,
    orders: Mapping[str, ChannelOrder],
    had: Mapping[tuple[str, str], ChannelOrderLine],
    channel: str,
    actor_id: int,
    now: datetime,
) -> str:
    if one.does in {"fault", "old"}:
        return one.does
    line = had.get((one.line.order, one.line.key))
    if line is None:
        line = ChannelOrderLine(
            order_id=orders[one.line.order].id,
            line_key=one.line.key,
            sku=one.line.sku,
            name=one.line.name,
            quantity=one.line.quantity,
            revenue_vnd=0,
            taken=0,
            given_back=0,
        )
        db.add(line)
    line.revenue_vnd = kept_revenue(one.line)
    if line.variant_id is None:
        line.variant_id = one.variant_id
    db.flush()
    if one.does == "take":
        return _take(db, line, channel, one.line.back, actor_id, now)
    if one.does == "back":
        _give_back(db, line, one.units, actor_id, now)
    return one.does


def _take(
    db: Session, line: ChannelOrderLine, channel: str, back: int, actor_id: int, now: datetime
) -> str:
    """Take what is kept for the channel first, else free units; ``short`` when there are none."""
    if line.variant_id is None:
        return "unknown"
    try:
        with db.begin_nested():
            held = _held(db, channel, line.variant_id)
            if held < line.quantity:
                stock.keep_for_channel(
                    db,
                    variant_id=line.variant_id,
                    channel=channel,
                    units=line.quantity,
                    actor_id=actor_id,
                    now=now,
                )
            stock.sell_on_channel(
                db,
                variant_id=line.variant_id,
                channel=channel,
                units=line.quantity,
                key=f"channel_order_line:{line.id}",
                actor_id=actor_id,
                now=now,
            )
            line.taken = line.quantity
            db.flush()
    except DomainError:
        db.refresh(line)
        return "short"
    if back:
        _give_back(db, line, back, actor_id, now)
    return "take"


def _held(db: Session, channel: str, variant_id: int) -> int:
    kept = select(StockReservation.quantity).where(
        StockReservation.owner_key == channel_key(channel, variant_id),
        StockReservation.variant_id == variant_id,
        StockReservation.state == "held",
    )
    return db.scalar(kept) or 0


def _give_back(
    db: Session, line: ChannelOrderLine, units: int, actor_id: int, now: datetime
) -> None:
    """Units come back once: the key names how many had come back before."""
    more = min(units, line.taken - line.given_back)
    if line.variant_id is None or more < 1:
        return
    stock.receive(
        db,
        variant_id=line.variant_id,
        quantity=more,
        reason=RETURNED,
        key=f"channel_order_back:{line.id}:{line.given_back}",
        now=now,
        actor_id=actor_id,
    )
    line.given_back += more
    db.flush()
