"""What order pages show, put together from several features' tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from shop.core.clock import today_vn
from shop.orders import queries, rules
from shop.orders.models import Order, OrderEvent, OrderLine, Shipment
from shop.orders.rules import telling
from shop.orders.services import propose_picks
from shop.stock import queries as stock
from shop.stock.rules import LotOnHand
from shop.traceability.queries import LotName, code_url, lot_names, product_code


@dataclass(frozen=True)
class OrderCard:
    """An order in a list."""

    order: Order
    state: str
    """As it stands now, also when no job has written its end yet."""

    @classmethod
    def of(cls, order: Order, now: datetime) -> "OrderCard":
        """The order as lists show it."""
        shown = rules.shown_state(order.state, order.expires_at, order.payment_state, now)
        return cls(order, shown)

    @property
    def state_word(self) -> str:
        """Msgid."""
        return rules.STATE_WORDS[self.state]

    @property
    def payment_word(self) -> str:
        """Msgid."""
        return rules.PAYMENT_WORDS[self.order.payment_state]

    @property
    def fulfilment_word(self) -> str:
        """Msgid."""
        return rules.FULFILMENT_WORDS[self.order.fulfilment_state]

    @property
    def units(self) -> int:
        """How many pieces."""
        return sum(line.quantity for line in self.order.lines)


@dataclass(frozen=True)
class TraceLink:
    """Where the journey of some units of a line can be read."""

    label: str
    """Lot number; empty: the product has no lots."""
    units: int
    url: str


@dataclass(frozen=True)
class Step:
    """A step of the timeline; words are msgids."""

    title: str
    at: datetime
    reason: str
    carrier: str
    tracking_no: str
    is_bad: bool


@dataclass(frozen=True)
class OrderPage(OrderCard):
    """One order with all its page shows."""

    steps: Sequence[Step]
    traces: Mapping[int, Sequence[TraceLink]]
    """Order line id -> its lots."""
    cuts: Mapping[int, int]
    """Order line id -> units that will not be sent."""
    backs: Mapping[int, int]
    """Order line id -> units of parcels that came back undelivered."""
    shipment: Shipment | None
    next_sentence: str
    may_buyer_cancel: bool
    may_confirm_arrival: bool
    may_seller_cancel: bool
    may_confirm: bool

    @property
    def masked_name(self) -> str:
        return telling.mask_name(self.order.contact.full_name)

    @property
    def masked_phone(self) -> str:
        return telling.mask_phone(self.order.contact.phone)


_BAD = frozenset({"cancelled", "expired", "delivery_failed", "late_money"})


def order_page(db: Session, order: Order, now: datetime, *, public_only: bool = True) -> OrderPage:
    """Everything the page of one order shows; the order comes with its lines and contact."""
    card = OrderCard.of(order, now)
    has_left = order.fulfilment_state != "none" or order.cut_vnd > 0
    parcels = queries.parcels(db, order.id) if has_left else []
    packed = [line for parcel in parcels for line in parcel.lines]
    names = lot_names(db, [line.lot_id for line in packed if line.lot_id is not None])
    traces: dict[int, list[TraceLink]] = {}
    for line in packed:
        link = _trace(db, line, names)
        if link is not None:
            traces.setdefault(line.order_line_id, []).append(link)
    fulfilment = order.fulfilment_state
    return OrderPage(
        order=order,
        state=card.state,
        steps=[_step(event) for event in queries.timeline(db, order.id, public_only=public_only)],
        traces=traces,
        cuts=queries.cuts_of(db, order.id) if order.cut_vnd else {},
        backs=_units_back(parcels),
        shipment=parcels[-1].shipment if parcels else None,
        next_sentence=telling.next_for_buyer(
            card.state, fulfilment, order.awaits_goods, order.payment_state
        ),
        may_buyer_cancel=rules.may_buyer_cancel(card.state, fulfilment),
        may_confirm_arrival=rules.may_confirm_arrival(card.state, fulfilment),
        may_seller_cancel=rules.may_seller_cancel(card.state, fulfilment),
        may_confirm=card.state == "awaiting_confirmation",
    )


def _units_back(parcels: Sequence[queries.Parcel]) -> dict[int, int]:
    units: dict[int, int] = {}
    for parcel in parcels:
        if parcel.shipment.state == "returned":
            for line in parcel.lines:
                units[line.order_line_id] = units.get(line.order_line_id, 0) + line.quantity
    return units


def _trace(db: Session, line: queries.PackedLine, names: Mapping[int, LotName]) -> TraceLink | None:
    if line.lot_id is not None and line.lot_id in names:
        lot = names[line.lot_id]
        return TraceLink(lot.lot_no, line.quantity, lot.url)
    code = product_code(db, line.product_id)
    return TraceLink("", line.quantity, code_url(code)) if code else None


def _step(event: OrderEvent) -> Step:
    detail: Mapping[str, Any] = event.detail
    title = rules.EVENT_WORDS.get(event.kind, event.kind)
    if event.kind == "money":
        title = telling.MONEY_WORDS.get(str(detail.get("state", "")), title)
    return Step(
        title=title,
        at=event.at,
        reason=rules.REASON_WORDS.get(str(detail.get("reason", "")), ""),
        carrier=str(detail.get("carrier", "")),
        tracking_no=str(detail.get("tracking_no", "")),
        is_bad=event.kind in _BAD,
    )


@dataclass(frozen=True)
class PackingSource:
    """Where units of a line may come from, and how many are proposed."""

    lot: LotOnHand | None
    on_hand: int
    proposed: int


@dataclass(frozen=True)
class PackingLine:
    """A line on the packing view."""

    line: OrderLine
    left: int
    """Units in no parcel yet."""
    sources: Sequence[PackingSource]

    @property
    def is_short(self) -> bool:
        """Too few units that may be sold."""
        return sum(source.proposed for source in self.sources) < self.left


def packing(db: Session, order: Order, now: datetime) -> list[PackingLine]:
    """What to pack from which lot, first expired first out; empty when it is not time to pack."""
    left = queries.units_left(db, [order.id])[order.id]
    is_time = rules.may_pack(order.state, order.payment_state, sum(left.values()))
    if not is_time or not order.is_ready:
        return []
    today = today_vn(now)
    picks = propose_picks(db, order.lines, today, left)
    view = []
    for line in order.lines:
        if not left[line.id]:
            continue
        proposed = dict(picks[line.id])
        lots = stock.sellable_lots(db, line.variant_id, today)
        loose = stock.units_without_lot(db, line.variant_id)
        sources = [PackingSource(lot, lot.on_hand, proposed.get(lot.lot_id, 0)) for lot in lots]
        if loose > 0:
            sources.append(PackingSource(None, loose, proposed.get(None, 0)))
        view.append(PackingLine(line, left[line.id], sources))
    return view
