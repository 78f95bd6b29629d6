"""The life of orders at the producer's desk, and time."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.orders import queries as order_queries
from shop.orders import services as orders
from shop.orders.models import Order, OrderLine, Shipment, ShipmentLine
from shop.orders.rules import BUYER_REASONS, SELLER_REASONS
from shop.orders.rules.parcels import Back
from tests.shop.trading.base import SMALL
from tests.shop.trading.money import Money


def pack_some(db: Session, *, order_id: int, **about: Any) -> Any:
    """One unit of the order's first line, from the lots proposed."""
    line = db.scalars(select(OrderLine).where(OrderLine.order_id == order_id).limit(1)).one()
    picks = orders.propose_picks(db, [line], about["now"].date(), {line.id: 1})
    return orders.pack_order(db, order_id=order_id, picks=picks, is_part=True, **about)


def turn_back(db: Session, *, order_id: int, **about: Any) -> Any:
    """The first parcel under way comes back."""
    return orders.turn_back(
        db, order_id=order_id, shipment_id=_parcel(db, order_id, "shipped", "failed"), **about
    )


def take_back(db: Session, *, order_id: int, **about: Any) -> Any:
    """It is here again: one unit of each line is spoilt, the others lie on the shelf."""
    shipment_id = _parcel(db, order_id, "returning", "failed", "shipped")
    rows = db.scalars(select(ShipmentLine).where(ShipmentLine.shipment_id == shipment_id))
    back = [Back(row.id, row.quantity - 1, 1) for row in rows]
    return orders.take_back(db, order_id=order_id, shipment_id=shipment_id, back=back, **about)


def _parcel(db: Session, order_id: int, *states: str) -> int:
    found = select(Shipment.id).where(Shipment.order_id == order_id, Shipment.state.in_(states))
    return db.scalar(found.limit(1)) or 0


_CONFIRMED = Order.state == "confirmed"
_HAS_REST = Order.fulfilment_state.in_(("none", "packed", "partly_shipped"))
_UNDER_WAY = ("shipped", "partly_shipped")
DESK: dict[str, tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]] = {
    "confirm": (orders.confirm_order, (Order.state == "awaiting_confirmation",), {}),
    "pack": (orders.pack_order, (_CONFIRMED, _HAS_REST), {}),
    "ship": (
        orders.ship,
        (_CONFIRMED, Order.fulfilment_state.in_(("packed", "partly_shipped"))),
        {"carrier": "GHN", "tracking_no": "VN1"},
    ),
    "deliver": (
        orders.deliver,
        (Order.fulfilment_state.in_((*_UNDER_WAY, "failed_delivery")),),
        {},
    ),
    "fail": (orders.fail_delivery, (Order.fulfilment_state.in_(_UNDER_WAY),), {}),
    "pack some": (pack_some, (_CONFIRMED, Order.fulfilment_state.in_(("none", "packed"))), {}),
    "turn back": (turn_back, (Order.fulfilment_state.in_(("shipped", "failed_delivery")),), {}),
    "take back": (take_back, (Order.fulfilment_state.in_((*_UNDER_WAY, "failed_delivery")),), {}),
    "cut rest": (
        orders.cut_rest,
        (Order.fulfilment_state.in_(("partly_shipped", "failed_delivery")),),
        {"reason": "out_of_stock"},
    ),
    "arrival": (orders.confirm_arrival, (Order.fulfilment_state == "shipped",), {}),
}
"""What the desk and the buyer do with an order: the verb, where it fits, what else it is told."""


class Desk(Money):
    """What producers and their buyers do with orders; the clock goes on."""

    @precondition(lambda self: self.orders)
    @rule(which=SMALL, verb=st.sampled_from(sorted(DESK)))
    def seller_works(self, which: int, verb: str) -> None:
        do, where, more = DESK[verb]
        self.step(verb, do, which, *where, **more)

    @precondition(lambda self: self.orders)
    @rule(which=SMALL, by=st.sampled_from(("buyer", "seller", "nobody")), why=SMALL)
    def cancel(self, which: int, by: Any, why: int) -> None:
        if by != "nobody":
            reasons = sorted(BUYER_REASONS if by == "buyer" else SELLER_REASONS)
            reason = reasons[why % len(reasons)]
            self.step("cancel", orders.cancel_order, which, by=by, reason=reason)

    @precondition(lambda self: self.orders)
    @rule(which=SMALL)
    def money_comes_too_late(self, which: int) -> None:
        order_id = self.order(which, Order.state == "awaiting_payment")
        end = self.db.scalar(select(Order.expires_at).where(Order.id == order_id))
        fact = self.fact(order_id, "exact", "code", "")
        if end is not None and fact is not None:
            self.now = max(self.now, end + timedelta(minutes=1))
            self.time_passes(0)
            self.facts.append(fact)
            self.take(fact)

    @precondition(lambda self: self.orders)
    @rule(
        which=SMALL,
        steps=st.sampled_from((2, 3, 3, 3, 4)),
        last=st.sampled_from(("arrival", "fail", "take back", "turn back", "deliver")),
    )
    def sell_one_to_the_end(self, which: int, steps: int, last: str) -> None:
        """The good way, or much of it, so that random steps also start from late states."""
        order_id = self.order(which)
        state = self.db.scalar(select(Order.state).where(Order.id == order_id))
        if state == "awaiting_payment":
            fact = self.fact(order_id, "exact", "code", "")
            if fact is not None:
                self.facts.append(fact)
                self.take(fact)
        for verb in (*("confirm", "pack", "ship", "deliver")[:steps], last):
            do, _where, more = DESK[verb]
            self.step(verb, do, which, Order.id == order_id, **more)

    def step(
        self, name: str, verb: Callable[..., Any], which: int, *where: Any, **more: Any
    ) -> None:
        order_id = self.order(which, *where)
        self.attempt(
            name,
            lambda: verb(
                self.db, order_id=order_id, actor_id=self.market.owner, now=self.now, **more
            ),
        )

    @rule(minutes=st.sampled_from((1, 5, 20, 31, 120, 60 * 49)))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        due = order_queries.due_orders(self.db, self.now)
        self.attempt(
            "expire", lambda: orders.expire_orders(self.db, order_ids=due, now=self.now) or None
        )
        still = order_queries.due_orders(self.db, self.now)
        assert not still, "what is due ends at once"
