"""What the producer's desk shows, put together in a fixed number of statements."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from shop.orders import queries, rules
from shop.orders.models import Order, OrderLine, Shipment
from shop.orders.pages import OrderCard
from shop.orders.rules.calls import (
    OUTCOME_WORDS,
    Calling,
    CodLimits,
    CodRecord,
    Warning_,
    calling,
    cod_warnings,
)
from shop.orders.rules.parcels import FAIL_REASONS, NEXT, PARCEL_WORDS
from shop.orders.slots import PARCEL_COD


@dataclass(frozen=True)
class CallView:
    """A line of the log of calls; the word is a msgid."""

    word: str
    at: datetime
    by: str
    next_at: datetime | None


@dataclass(frozen=True)
class PhoneView:
    """Confirming by telephone: what was tried, what is unusual."""

    calls: Sequence[CallView] = ()
    standing: Calling = field(default_factory=Calling)
    record: CodRecord = field(default_factory=CodRecord)
    warnings: Sequence[Warning_] = ()

    @property
    def reason(self) -> str:
        """The reason to cancel with that is proposed; empty: none is."""
        reasons = {"refused": "buyer_asked", "no_answer": "no_answer", "wrong_number": "no_answer"}
        return reasons.get(self.standing.give_up, "")

    @property
    def give_up_word(self) -> str:
        """Msgid."""
        return OUTCOME_WORDS.get(self.standing.give_up, "")


@dataclass(frozen=True)
class ParcelLine:
    """Units in a parcel."""

    id: int
    line: OrderLine
    lot_no: str | None
    quantity: int
    restocked: int
    written_off: int


@dataclass(frozen=True)
class ParcelView:
    """A parcel with what is in it and what can be done with it."""

    shipment: Shipment
    number: int
    of: int
    lines: Sequence[ParcelLine]
    cod_vnd: int

    @property
    def word(self) -> str:
        """Msgid."""
        return PARCEL_WORDS[self.shipment.state]

    @property
    def fail_word(self) -> str:
        """Msgid; empty: the last try did not fail."""
        is_failed = self.shipment.state in {"failed", "returning", "returned"}
        return FAIL_REASONS.get(self.shipment.fail_reason, "") if is_failed else ""

    def may(self, state: str) -> bool:
        """Whether it may come to this state now."""
        return state in NEXT[self.shipment.state]


@dataclass(frozen=True)
class DeskCard(OrderCard):
    """An order in a list of the desk, with what one must know to act on it."""

    phone: PhoneView = field(default_factory=PhoneView)
    parcels: Sequence[ParcelView] = ()
    units_left: int = 0

    @property
    def may_cut(self) -> bool:
        """Whether the producer may say that nothing more will be sent."""
        return rules.may_cut(self.state, self.order.fulfilment_state, self.units_left)

    @property
    def is_all_back(self) -> bool:
        """Nothing is left to bring: the order is there to be called off."""
        return self.state == "confirmed" and self.order.fulfilment_state == "returned"

    @property
    def cancel_reason(self) -> str:
        """The reason to cancel with that is proposed; empty: none is."""
        return "undelivered" if self.is_all_back else self.phone.reason

    @property
    def troubles(self) -> list[str]:
        """Why it stands in the problem list; msgids."""
        order = self.order
        found = [parcel.fail_word for parcel in self.parcels if parcel.fail_word]
        if self.state == "awaiting_confirmation" and self.phone.reason:
            found.append(self.phone.give_up_word)
        if self.is_all_back:
            found.append(rules.FULFILMENT_WORDS["returned"])
        if order.payment_state in {"overpaid", "disputed", "partly_refunded"}:
            found.append(rules.PAYMENT_WORDS[order.payment_state])
        if order.state in {"cancelled", "expired"} and order.received_vnd > 0:
            found.append(rules.EVENT_WORDS["late_money"])
        return list(dict.fromkeys(found))


def desk_cards(
    db: Session, orders: Sequence[Order], now: datetime, limits: CodLimits
) -> list[DeskCard]:
    """The orders as the desk lists them; they come with lines and contact."""
    ids = [order.id for order in orders]
    parcels = parcel_views(db, orders)
    left = queries.units_left(db, ids)
    phones = phone_views(db, orders, now, limits)
    cards = []
    for order in orders:
        card = OrderCard.of(order, now)
        cards.append(
            DeskCard(
                order=order,
                state=card.state,
                phone=phones.get(order.id, PhoneView()),
                parcels=parcels.get(order.id, ()),
                units_left=sum(left.get(order.id, {}).values()),
            )
        )
    return cards


def phone_views(
    db: Session, orders: Sequence[Order], now: datetime, limits: CodLimits
) -> dict[int, PhoneView]:
    """Order id -> its calls and the record of its number, for orders paid on delivery."""
    cod = [order for order in orders if order.payment_provider == "cod"]
    calls = queries.calls_of(db, [order.id for order in cod])
    records = queries.cod_records(db, {order.contact.phone for order in cod})
    views = {}
    for order in cod:
        made = calls.get(order.id, [])
        record = records[order.contact.phone]
        is_open = order.state == "awaiting_confirmation"
        views[order.id] = PhoneView(
            calls=[
                CallView(OUTCOME_WORDS[one.call.outcome], one.call.at, one.by, one.call.next_at)
                for one in made
            ],
            standing=calling([(one.call.outcome, one.call.next_at) for one in made], now),
            record=record,
            warnings=cod_warnings(record, order.total_vnd, limits) if is_open else (),
        )
    return views


def parcel_views(db: Session, orders: Sequence[Order]) -> dict[int, list[ParcelView]]:
    """Order id -> its parcels, numbered in the order of packing."""
    found = queries.parcels_by_order(db, [order.id for order in orders])
    sent = [order for order in orders if order.id in found]
    cod = dict(PARCEL_COD.collect(db, sent)) if sent else {}
    lines = {line.id: line for order in sent for line in order.lines}
    return {
        order_id: [
            ParcelView(
                shipment=parcel.shipment,
                number=number,
                of=len(parcels),
                lines=[
                    ParcelLine(
                        one.id,
                        lines[one.order_line_id],
                        one.lot_no,
                        one.quantity,
                        one.restocked,
                        one.written_off,
                    )
                    for one in parcel.lines
                ],
                cod_vnd=cod.get(parcel.shipment.id, 0),
            )
            for number, parcel in enumerate(parcels, 1)
        ]
        for order_id, parcels in found.items()
    }
