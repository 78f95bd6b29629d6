"""Reading how far a recall is: who was told by what, what came back, what is left to do."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, String, cast, func, literal, select
from sqlalchemy.orm import Session

from shop.core.outbox import OutboxMessage
from shop.orders.models import Order, OrderContact, OrderLine, Shipment, ShipmentLine
from shop.recalls.models import Recall, RecallBuyer, RecallLine
from shop.recalls.queries.finding import LotName, units_gone
from shop.recalls.queries.recalls import lots_of
from shop.recalls.rules import Figures
from shop.stock.models import StockMovement
from shop.stock.queries import blocked_units, units_in
from shop.stock.rules import DESTROYED, SENT_BACK
from shop.traceability.models import Lot, LotEvent


@dataclass(frozen=True)
class LotBalance:
    """Where the units of one lot are."""

    lot: LotName
    is_chosen: bool
    sold: int
    returned: int
    held_back: int
    """Taken off sale and in the house: can be destroyed or sent back."""
    promised: int
    """Lying there for orders not packed, or packed and not sent."""
    destroyed: int
    sent_back: int


def lot_balances(db: Session, recall: Recall) -> list[LotBalance]:
    """The recall's lots with where their units are; a fixed number of statements."""
    lots = lots_of(db, recall.id)
    lot_ids = [lot.id for lot, _chosen in lots]
    sold = {
        lot_id: (int(units), int(back))
        for lot_id, units, back in db.execute(
            select(RecallLine.lot_id, func.sum(RecallLine.units), func.sum(RecallLine.returned))
            .join(RecallBuyer, RecallBuyer.id == RecallLine.buyer_id)
            .where(RecallBuyer.recall_id == recall.id, RecallLine.is_out)
            .group_by(RecallLine.lot_id)
        )
    }
    blocked, lying, packed = blocked_units(db, lot_ids), units_in(db, lot_ids), _packed(db, lot_ids)
    gone = units_gone(db, lot_ids)
    return [
        LotBalance(
            lot,
            is_chosen,
            *sold.get(lot.id, (0, 0)),
            held_back=blocked.get(lot.id, 0),
            promised=lying.get(lot.id, 0) + packed.get(lot.id, 0),
            destroyed=-gone.get((lot.id, DESTROYED), 0),
            sent_back=-gone.get((lot.id, SENT_BACK), 0),
        )
        for lot, is_chosen in lots
    ]


def _packed(db: Session, lot_ids: Collection[int]) -> dict[int, int]:
    rows = db.execute(
        select(ShipmentLine.lot_id, func.sum(ShipmentLine.quantity))
        .join(Shipment, Shipment.id == ShipmentLine.shipment_id)
        .where(ShipmentLine.lot_id.in_(lot_ids), Shipment.state == "packed")
        .group_by(ShipmentLine.lot_id)
    )
    return {lot_id: int(units) for lot_id, units in rows if lot_id is not None}


def figures_of(db: Session, recall: Recall, balances: Collection[LotBalance]) -> Figures:
    """The recall in figures."""
    rows = db.execute(
        select(RecallBuyer.state, func.count())
        .where(RecallBuyer.recall_id == recall.id)
        .group_by(RecallBuyer.state)
    )
    states: dict[str, int] = {row[0]: row[1] for row in rows}
    return Figures(
        buyers=sum(states.values()),
        reached=states.get("reached", 0),
        unreachable=states.get("unreachable", 0),
        sold=sum(one.sold for one in balances),
        in_stock=sum(one.held_back + one.promised for one in balances),
        returned=sum(one.returned for one in balances),
        destroyed=sum(one.destroyed for one in balances),
        sent_back=sum(one.sent_back for one in balances),
        made=sum(one.lot.units for one in balances),
    )


def buyer_ref(buyer_id: int) -> str:
    """What the messages to a buyer refer to."""
    return f"recall_buyer:{buyer_id}"


def channel_figures(db: Session, recall_id: int) -> list[tuple[str, int, int, int]]:
    """(channel, written, handed over, failed) of all messages of a recall."""
    is_sent = OutboxMessage.state == "sent"
    is_dead = OutboxMessage.state == "dead"
    rows = db.execute(
        select(
            OutboxMessage.channel,
            func.count(),
            func.count().filter(is_sent),
            func.count().filter(is_dead),
        )
        .where(OutboxMessage.ref.in_(_refs(recall_id)))
        .group_by(OutboxMessage.channel)
        .order_by(OutboxMessage.channel)
    )
    return [(channel, total, sent, dead) for channel, total, sent, dead in rows]


def outcome_figures(db: Session, recall_id: int) -> list[tuple[str, int]]:
    """(outcome, buyers) of those who have one."""
    rows = db.execute(
        select(RecallBuyer.outcome, func.count())
        .where(RecallBuyer.recall_id == recall_id, RecallBuyer.state != "waiting")
        .group_by(RecallBuyer.outcome)
        .order_by(func.count().desc(), RecallBuyer.outcome)
    )
    return [(outcome, count) for outcome, count in rows]


def _refs(recall_id: int) -> Select[str]:
    return select(literal("recall_buyer:") + cast(RecallBuyer.id, String)).where(
        RecallBuyer.recall_id == recall_id
    )


@dataclass(frozen=True)
class LineRow:
    """Units of a lot in a buyer's order."""

    id: int
    order_code: str
    product: str
    lot_no: str
    units: int
    returned: int
    is_out: bool

    @property
    def left(self) -> int:
        """Units that can still come back."""
        return self.units - self.returned if self.is_out and self.lot_no else 0


@dataclass(frozen=True)
class BuyerRow:
    """A buyer on the board."""

    buyer: RecallBuyer
    order_code: str
    name: str
    phone: str
    email: str | None
    lines: tuple[LineRow, ...]
    channels: tuple[tuple[str, str, datetime | None], ...]
    """(channel, state, when handed over)."""


def buyer_page(
    db: Session, recall_id: int, *, state: str, page: int, size: int
) -> tuple[list[BuyerRow], int]:
    """A page of the recall's buyers in ``state`` ("" is all), in the order of their orders."""
    wanted = select(RecallBuyer).where(RecallBuyer.recall_id == recall_id)
    if state:
        wanted = wanted.where(RecallBuyer.state == state)
    total = db.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    buyers = db.scalars(wanted.order_by(RecallBuyer.id).limit(size).offset((page - 1) * size)).all()
    return buyer_rows(db, buyers), total


def buyer_rows(db: Session, buyers: Collection[RecallBuyer]) -> list[BuyerRow]:
    """The buyers with their contact, lines and messages; three statements."""
    contacts = {
        row.order_id: row
        for row in db.execute(
            select(
                OrderContact.order_id,
                *(OrderContact.full_name, OrderContact.phone, OrderContact.email, Order.code),
            )
            .join(Order, Order.id == OrderContact.order_id)
            .where(OrderContact.order_id.in_([buyer.order_id for buyer in buyers]))
        )
    }
    lines = line_rows(db, [buyer.id for buyer in buyers])
    messages: dict[str, list[tuple[str, str, datetime | None]]] = {}
    for ref, channel, state, sent_at in db.execute(
        select(OutboxMessage.ref, OutboxMessage.channel, OutboxMessage.state, OutboxMessage.sent_at)
        .where(OutboxMessage.ref.in_([buyer_ref(buyer.id) for buyer in buyers]))
        .order_by(OutboxMessage.id)
    ):
        messages.setdefault(str(ref), []).append((channel, state, sent_at))
    return [
        BuyerRow(
            buyer=buyer,
            order_code=contacts[buyer.order_id].code,
            name=contacts[buyer.order_id].full_name,
            phone=contacts[buyer.order_id].phone,
            email=contacts[buyer.order_id].email,
            lines=tuple(lines.get(buyer.id, ())),
            channels=tuple(messages.get(buyer_ref(buyer.id), ())),
        )
        for buyer in buyers
    ]


def line_rows(db: Session, buyer_ids: Collection[int]) -> dict[int, list[LineRow]]:
    """What the recall touches of each buyer's orders."""
    found: dict[int, list[LineRow]] = {}
    rows = db.execute(
        select(RecallLine, Order.code, OrderLine.product_name, OrderLine.variant_label, Lot.lot_no)
        .join(OrderLine, OrderLine.id == RecallLine.order_line_id)
        .join(Order, Order.id == OrderLine.order_id)
        .outerjoin(Lot, Lot.id == RecallLine.lot_id)
        .where(RecallLine.buyer_id.in_(buyer_ids))
        .order_by(RecallLine.id)
    )
    for line, code, name, label, lot_no in rows:
        product = " · ".join(filter(None, (name, label)))
        found.setdefault(line.buyer_id, []).append(
            LineRow(line.id, code, product, lot_no or "", line.units, line.returned, line.is_out)
        )
    return found


def is_settled(db: Session, submit_key: str) -> bool:
    """Whether a form about goods gone for good was taken before: the recall's row is locked."""
    in_journal = select(LotEvent.id).where(LotEvent.submit_key == submit_key)
    in_ledger = select(StockMovement.id).where(
        StockMovement.key == f"recall:{submit_key}:{SENT_BACK}"
    )
    return db.scalar(in_journal) is not None or db.scalar(in_ledger) is not None
