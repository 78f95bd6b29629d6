"""The producer's desk: what waits, searched and filtered in a fixed number of statements."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from shop.core.text import fold
from shop.orders.models import (
    Order,
    OrderCall,
    OrderContact,
    OrderCut,
    OrderLine,
    Shipment,
    ShipmentLine,
)
from shop.orders.queries.reading import whole
from shop.orders.rules import AWAITING, CAME_BACK, read_code
from shop.orders.rules.calls import NO_ANSWER_LIMIT

_DISTURBED = ("overpaid", "disputed", "partly_refunded")
_HAS_MONEY = ("partial", "paid", "overpaid", "disputed")


def _ordered() -> ColumnElement[int]:
    return (
        select(func.sum(OrderLine.quantity))
        .where(OrderLine.order_id == Order.id)
        .correlate(Order)
        .scalar_subquery()
    )


def _cut() -> ColumnElement[int]:
    return (
        select(func.coalesce(func.sum(OrderCut.units), 0))
        .join(OrderLine, OrderLine.id == OrderCut.order_line_id)
        .where(OrderLine.order_id == Order.id, OrderCut.reason != CAME_BACK)
        .correlate(Order)
        .scalar_subquery()
    )


def _packed() -> ColumnElement[int]:
    return (
        select(func.coalesce(func.sum(ShipmentLine.quantity), 0))
        .join(Shipment, Shipment.id == ShipmentLine.shipment_id)
        .where(Shipment.order_id == Order.id, Shipment.state != "cancelled")
        .correlate(Order)
        .scalar_subquery()
    )


def _has_parcel(*states: str) -> ColumnElement[bool]:
    return exists().where(Shipment.order_id == Order.id, Shipment.state.in_(states))


def _calls_in_vain() -> ColumnElement[bool]:
    """Nobody is reached, or the buyer does not want it: a person must decide."""
    later = aliased(OrderCall)
    newest = ~exists().where(later.order_id == OrderCall.order_id, later.id > OrderCall.id)
    tries = aliased(OrderCall)
    tried = (
        select(func.count())
        .select_from(tries)
        .where(tries.order_id == OrderCall.order_id, tries.outcome == "no_answer")
        .correlate(OrderCall)
        .scalar_subquery()
    )
    in_vain = or_(
        OrderCall.outcome.in_(("wrong_number", "refused")),
        and_(OrderCall.outcome == "no_answer", tried >= NO_ANSWER_LIMIT),
    )
    return exists().where(OrderCall.order_id == Order.id, newest, in_vain)


TABS: Final[dict[str, ColumnElement[bool]]] = {
    "to_confirm": Order.state.in_(AWAITING),
    "to_pack": and_(
        Order.state == "confirmed",
        Order.awaits_goods.is_(False),
        Order.received_vnd >= func.coalesce(Order.upfront_vnd, 0),
        Order.payment_state.not_in(("refunded", "disputed")),
        or_(
            Order.fulfilment_state == "none",
            and_(
                Order.fulfilment_state.in_(("packed", "partly_shipped", "failed_delivery")),
                _ordered() - _cut() > _packed(),
            ),
        ),
    ),
    "to_ship": and_(
        Order.state == "confirmed",
        Order.fulfilment_state.not_in(("none", "delivered", "returned")),
        _has_parcel("packed"),
    ),
    "on_the_way": and_(
        Order.state == "confirmed",
        Order.fulfilment_state.in_(("partly_shipped", "shipped", "delivered")),
    ),
    "problems": or_(
        and_(
            Order.state == "confirmed",
            Order.fulfilment_state.in_(("failed_delivery", "returned")),
        ),
        and_(Order.state.in_((*AWAITING, "confirmed")), Order.payment_state.in_(_DISTURBED)),
        and_(Order.state == "completed", Order.payment_state == "disputed"),
        and_(Order.state.in_(("cancelled", "expired")), Order.payment_state.in_(_HAS_MONEY)),
        and_(Order.state == "awaiting_confirmation", _calls_in_vain()),
    ),
    "all": Order.id > 0,
}
"""The desk's lists. An order may stand in "problems" and in another one."""


@dataclass(frozen=True)
class DeskFilter:
    """What narrows a list: words typed, the way to pay, calls that are due."""

    words: str = ""
    payment: str = ""
    """``cod``, ``prepaid`` or nothing."""
    is_call_due: bool = False

    @property
    def is_empty(self) -> bool:
        return not (self.words or self.payment or self.is_call_due)


def desk_counts(db: Session, producer_ids: Collection[int], now: datetime) -> dict[str, int]:
    """How many orders wait in each list, in one statement."""
    counted = [func.count().filter(_in_tab(name, now)) for name in TABS]
    row = db.execute(select(*counted).where(Order.producer_id.in_(producer_ids))).one()
    return dict(zip(TABS, row, strict=True))


def desk_orders(
    db: Session,
    producer_ids: Collection[int],
    tab: str,
    now: datetime,
    *,
    offset: int,
    limit: int,
    narrowed: DeskFilter = DeskFilter(),
) -> list[Order]:
    """A page of one of the desk's lists: what waits longest first, the newest first in "all"."""
    order = (
        (Order.placed_at.desc(), Order.id.desc()) if tab == "all" else (Order.placed_at, Order.id)
    )
    return list(
        db.scalars(
            whole()
            .where(Order.producer_id.in_(producer_ids), _in_tab(tab, now), *_narrow(narrowed, now))
            .order_by(*order)
            .offset(offset)
            .limit(limit)
        )
    )


def desk_total(
    db: Session, producer_ids: Collection[int], tab: str, now: datetime, narrowed: DeskFilter
) -> int:
    """How many orders of the list fit the filter."""
    fitting = (
        select(func.count())
        .select_from(Order)
        .where(Order.producer_id.in_(producer_ids), _in_tab(tab, now), *_narrow(narrowed, now))
    )
    return db.scalar(fitting) or 0


def own_ids(db: Session, producer_ids: Collection[int], codes: Collection[str]) -> dict[str, int]:
    """Code -> id of those of the orders that are the producers'."""
    rows = db.execute(
        select(Order.code, Order.id).where(
            Order.producer_id.in_(producer_ids), Order.code.in_(codes)
        )
    )
    return {row.code: row.id for row in rows}


def _in_tab(tab: str, now: datetime) -> ColumnElement[bool]:
    return and_(TABS[tab], ~_is_overdue(now)) if tab == "to_confirm" else TABS[tab]


def _narrow(narrowed: DeskFilter, now: datetime) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if narrowed.words:
        found.append(_matches(narrowed.words))
    if narrowed.payment:
        is_cod = Order.payment_provider == "cod"
        found.append(is_cod if narrowed.payment == "cod" else ~is_cod)
    if narrowed.is_call_due:
        found.append(_is_call_due(now))
    return found


def _matches(words: str) -> ColumnElement[bool]:
    """The code, some digits of the telephone number, or words of the name without their marks."""
    ways: list[ColumnElement[bool]] = []
    code = read_code(words)
    if code is not None:
        ways.append(Order.code == code)
    bare = "".join(words.split()).replace(".", "").removeprefix("+84")
    if bare.isascii() and bare.isdigit() and len(bare) >= 3:
        ways.append(OrderContact.phone.contains(bare.lstrip("0") or bare, autoescape=True))
    name = fold(words)
    if name and not name.replace(" ", "").isdigit():
        ways.append(
            and_(
                *(
                    OrderContact.search_text.contains(word, autoescape=True)
                    for word in name.split()[:6]
                )
            )
        )
    if words.isascii() and words.isalnum() and len(words) >= 4:
        ways.append(Order.code.startswith(words.upper(), autoescape=True))
    if not ways:
        return false()
    return exists().where(OrderContact.order_id == Order.id, or_(*ways))


def count_calls_again(db: Session, producer_ids: Collection[int], now: datetime) -> int:
    """Waiting orders whose buyer is to be called again by now."""
    again = (
        select(func.count())
        .select_from(Order)
        .where(Order.producer_id.in_(producer_ids), _in_tab("to_confirm", now), _is_call_due(now))
    )
    return db.scalar(again) or 0


def _is_call_due(now: datetime) -> ColumnElement[bool]:
    """The time of the next call has come."""
    later = aliased(OrderCall)
    newest = ~exists().where(later.order_id == OrderCall.order_id, later.id > OrderCall.id)
    is_due = exists().where(OrderCall.order_id == Order.id, newest, OrderCall.next_at <= now)
    return and_(Order.state == "awaiting_confirmation", is_due)


def _is_overdue(now: datetime) -> ColumnElement[bool]:
    return and_(
        Order.state.in_(AWAITING),
        Order.payment_state == "unpaid",
        func.coalesce(Order.expires_at, now) < now,
    )
