"""What a recall of some lots reaches: descendants, stock, orders, buyers. Reads only.

The same search is the preview, the recall itself (with every lot locked) and the drill.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from shop.catalogue.models import Producer, Product
from shop.orders.models import Order, OrderContact, OrderLine, Shipment, ShipmentLine
from shop.orders.rules import AWAITING
from shop.recalls.models import RecallLot
from shop.recalls.rules import Buyer, Sale, group_buyers
from shop.stock.models import StockMovement
from shop.stock.queries import blocked_units, good_units, units_in
from shop.stock.rules import DESTROYED, SENT_BACK, SOLD_ELSEWHERE
from shop.traceability.models import Lot
from shop.traceability.queries import with_descendants
from shop.traceability.rules.lots import UnknownLot


class LotName(NamedTuple):
    """A lot as pages of recalls name it."""

    id: int
    code: str
    lot_no: str
    name: str
    kind: str
    state: str
    quantity: int
    uom: str
    product_id: int
    producer_id: int
    variant_id: int | None
    made_on: date
    best_before: date | None

    @property
    def units(self) -> int:
        """Sellable units that were made; none of a material."""
        return self.quantity if self.kind == "finished" else 0


def lot_names(db: Session, lot_ids: Collection[int] | Select[int]) -> list[LotName]:
    """The lots with what they hold, in the order in which they were made. A select, where there may
    be thousands: so many parameters would cost more than the search."""
    rows = db.execute(
        select(
            *(Lot.id, Lot.code, Lot.lot_no),
            func.coalesce(func.nullif(Lot.material, ""), Product.name),
            *(Lot.kind, Lot.state, Lot.quantity, Lot.uom),
            *(Lot.product_id, Lot.producer_id, Lot.variant_id, Lot.made_on, Lot.best_before),
        )
        .join(Product, Product.id == Lot.product_id)
        .where(Lot.id.in_(lot_ids))
        .order_by(Lot.made_on, Lot.id)
    )
    return [LotName._make(row) for row in rows]


def lots_by_code(db: Session, codes: Sequence[str], scope: ColumnElement[bool]) -> list[int]:
    """Ids of the lots with these codes, all of one producer within ``scope`` (``may_see``).

    Raises UnknownLot when one is unknown, out of scope, or they belong to two producers.
    """
    rows = db.execute(
        select(Lot.id, Lot.producer_id)
        .join(Producer, Producer.id == Lot.producer_id)
        .where(Lot.code.in_(codes), scope)
    ).all()
    if len(rows) != len(set(codes)) or len({row.producer_id for row in rows}) != 1:
        raise UnknownLot
    return [row.id for row in rows]


def lots_to_choose(
    db: Session, scope: ColumnElement[bool], words: str, *, most: int = 60
) -> list[LotName]:
    """Lots within ``scope`` that were not called back yet, newest first; ``words``: a code, a part
    of a number or of a name."""
    statement = (
        select(Lot.id)
        .join(Product, Product.id == Lot.product_id)
        .join(Producer, Producer.id == Lot.producer_id)
        .where(scope, Lot.state != "recalled")
        .order_by(Lot.made_on.desc(), Lot.id.desc())
        .limit(most)
    )
    if words:
        texts = (Lot.lot_no, Lot.material, Product.name, Producer.name)
        found = [text.icontains(words, autoescape=True) for text in texts]
        statement = statement.where(or_(Lot.code == words.upper().replace("-", ""), *found))
    return list(reversed(lot_names(db, db.scalars(statement).all())))


@dataclass(frozen=True)
class Found:
    """All that a recall of the chosen lots reaches."""

    chosen: frozenset[int]
    lots: tuple[LotName, ...]
    elsewhere: int
    """Units sold at stalls and shops, or destroyed before."""
    in_stock: Mapping[int, int]
    """Units of each lot in the house: free, promised, held back, packed and not sent."""
    sales: tuple[Sale, ...]
    buyers: tuple[Buyer, ...]

    @property
    def producer_id(self) -> int:
        return self.lots[0].producer_id

    @property
    def variant_ids(self) -> list[int]:
        """What is sold of the lots."""
        return sorted({lot.variant_id for lot in self.lots if lot.variant_id is not None})

    @property
    def order_codes(self) -> list[str]:
        """The orders that are touched, each once."""
        return list(dict.fromkeys(sale.order_code for sale in self.sales))

    @property
    def sold(self) -> int:
        """Units that have left the house."""
        return sum(sale.units for sale in self.sales if sale.is_out)

    @property
    def made(self) -> int:
        return sum(lot.units for lot in self.lots)

    @property
    def unaccounted(self) -> int:
        """Units made of which nobody wrote down where they are. Never negative."""
        known = self.sold + self.elsewhere + sum(self.in_stock.values())
        return max(self.made - known, 0)


def find(db: Session, lot_ids: Collection[int], *, today: date) -> Found:
    """What a recall of these lots would reach, with what was made from them; a fixed number of
    statements. Lots that an earlier recall named are left out, if others remain. Raises UnknownLot
    when none of them exists."""
    named = lot_names(db, with_descendants(lot_ids))
    fresh = [lot for lot in named if lot.state != "recalled"]
    return _reach(db, fresh or named, chosen=lot_ids, today=today)


def reach(db: Session, recall_id: int, *, chosen: Collection[int], today: date) -> Found:
    """What the recall reaches, all its lots being stopped. Raises UnknownLot when it has none."""
    own = select(RecallLot.lot_id).where(RecallLot.recall_id == recall_id)
    return _reach(db, lot_names(db, own), chosen=chosen, today=today)


def _reach(db: Session, lots: Sequence[LotName], *, chosen: Collection[int], today: date) -> Found:
    if not lots:
        raise UnknownLot
    sold = [lot.id for lot in lots if lot.variant_id is not None]
    sales = packed_sales(db, sold)
    in_stock = {lot.id: 0 for lot in lots}
    for units in (blocked_units(db, sold), units_in(db, sold)):
        for lot_id, count in units.items():
            in_stock[lot_id] += count
    for sale in sales:
        if not sale.is_out and sale.lot_id is not None:
            in_stock[sale.lot_id] += sale.units
    elsewhere = -sum(units_gone(db, sold).values())
    variant_ids = {lot.variant_id for lot in lots if lot.variant_id is not None}
    sales += promised_sales(db, variant_ids, sold, today=today)
    buyers = tuple(group_buyers(sales))
    return Found(frozenset(chosen), tuple(lots), elsewhere, in_stock, tuple(sales), buyers)


_GONE = (DESTROYED, SOLD_ELSEWHERE, SENT_BACK)
_CONTACT = (
    *(Order.id.label("order_id"), Order.code, Order.buyer_id, Order.placed_at),
    *(OrderLine.id.label("line_id"), OrderLine.product_name, OrderLine.variant_label),
    *(OrderContact.phone, OrderContact.email, OrderContact.full_name, OrderContact.language),
)


def _sale(row: Any, *, lot_id: int | None, units: int, is_out: bool) -> Sale:
    return Sale(
        order_id=row.order_id,
        order_code=row.code,
        order_line_id=row.line_id,
        lot_id=lot_id,
        units=units,
        product=" · ".join(filter(None, (row.product_name, row.variant_label))),
        is_out=is_out,
        person_id=row.buyer_id,
        phone=row.phone or "",
        email=row.email or None,
        name=row.full_name or "",
        language=row.language,
        at=row.placed_at,
    )


def units_gone(db: Session, lot_ids: Collection[int]) -> dict[tuple[int, str], int]:
    """What left each lot, but not by an order: (lot, reason) -> units, negative."""
    rows = db.execute(
        select(StockMovement.lot_id, StockMovement.reason, func.sum(StockMovement.quantity))
        .where(StockMovement.lot_id.in_(lot_ids), StockMovement.reason.in_(_GONE))
        .group_by(StockMovement.lot_id, StockMovement.reason)
    )
    return {(lot_id, reason): int(units) for lot_id, reason, units in rows if lot_id is not None}


def packed_sales(db: Session, lot_ids: Collection[int]) -> list[Sale]:
    """Units of the lots in parcels, whether they have left or not."""
    rows = db.execute(
        select(
            *_CONTACT,
            ShipmentLine.lot_id,
            ShipmentLine.quantity,
            Shipment.state.label("parcel_state"),
        )
        .join(Shipment, Shipment.id == ShipmentLine.shipment_id)
        .join(OrderLine, OrderLine.id == ShipmentLine.order_line_id)
        .join(Order, Order.id == OrderLine.order_id)
        .join(OrderContact, OrderContact.order_id == Order.id)
        .where(ShipmentLine.lot_id.in_(lot_ids), Shipment.state != "cancelled")
        .order_by(ShipmentLine.id)
    )
    return [
        _sale(row, lot_id=row.lot_id, units=row.quantity, is_out=row.parcel_state != "packed")
        for row in rows
    ]


def promised_sales(
    db: Session, variant_ids: Collection[int], but_lots: Collection[int], *, today: date
) -> list[Sale]:
    """Orders not packed yet of sizes of which the other lots no longer cover what was promised."""
    if not variant_ids:
        return []
    rows = db.execute(
        select(*_CONTACT, OrderLine.variant_id, OrderLine.quantity)
        .join(Order, Order.id == OrderLine.order_id)
        .join(OrderContact, OrderContact.order_id == Order.id)
        .where(
            OrderLine.variant_id.in_(variant_ids),
            and_(Order.state.in_((*AWAITING, "confirmed")), Order.fulfilment_state == "none"),
        )
        .order_by(OrderLine.id)
    ).all()
    promised: dict[int, int] = {}
    for row in rows:
        promised[row.variant_id] = promised.get(row.variant_id, 0) + row.quantity
    good = good_units(db, variant_ids, today=today, but_lots=but_lots)
    return [
        _sale(row, lot_id=None, units=row.quantity, is_out=False)
        for row in rows
        if promised[row.variant_id] > good[row.variant_id]
    ]
