"""What every rule of the market stands on: one step in a savepoint, and what holds after it."""

import hashlib
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from shop.cli import broken_invariants
from shop.core.db import Base as Table
from shop.core.db import Database
from shop.core.errors import DomainError
from shop.orders.models import Order, OrderEvent, OrderLine
from shop.orders.rules import STEPS
from shop.payments.models import PaymentAttempt
from shop.payments.provider import ProviderTxn
from tests.factories.payments import NOW
from tests.shop.trading.market import Market
from tests.soundness import invariants

COUNTED = (
    *("shop_order", "order_line", "order_event", "stock_level", "stock_movement"),
    *("stock_reservation", "payment_txn", "payment_match", "payment_attempt", "refund"),
    *("voucher", "voucher_redemption", "shipment", "shipment_line", "outbox_message"),
    *("preorder", "ship_window", "quote", "return_request", "payment_dispute"),
)
"""Tables that a replayed message must leave as they are."""

OF_TRADE = {
    name: query
    for name, query in invariants().items()
    if name.startswith(
        (
            *("orders", "stock", "payments", "checkout", "returns", "preorders"),
            *("wholesale", "enquiries"),
        )
    )
}
"""What a step here could break; all the others are asked at the end of each example."""

SMALL = st.integers(0, 40)


class Base(RuleBasedStateMachine):
    """The database of one example, how a step is tried in it, and what must hold after it."""

    database: Database
    market: Market
    steps = 0
    """Over all examples."""
    done: dict[str, int] = {}
    """How often a verb was not refused, so that the test can see that it is tried for real."""

    def __init__(self) -> None:
        super().__init__()
        self.connection = self.database.engine.connect()
        self.outer = self.connection.begin()
        self.db = Session(
            self.connection, join_transaction_mode="create_savepoint", expire_on_commit=False
        )
        self.now = NOW
        self.number = 0
        self.orders: list[int] = []
        self.agreed: dict[int, Any] = {}
        self.states: dict[int, str] = {}
        self.told: dict[int, int] = {}
        self.facts: list[ProviderTxn] = []
        self.requests: list[tuple[Any, list[int]]] = []
        self.quoted: dict[int, int] = {}
        self.disputed: dict[str, int] = {}

    def teardown(self) -> None:
        try:
            assert broken_invariants(self.db, invariants()) == []
        finally:
            self.db.close()
            self.outer.rollback()
            self.connection.close()

    def attempt(self, name: str, do: Callable[[], Any]) -> Any:
        """Do it in a savepoint; a refusal undoes it and gives None."""
        type(self).steps += 1
        try:
            with self.db.begin_nested():
                given = do()
                self.db.flush()
        except DomainError:
            return None
        finally:
            self.db.expunge_all()
        self.done[name] = self.done.get(name, 0) + 1
        return True if given is None else given

    def next_number(self) -> int:
        self.number += 1
        return self.number

    def order(self, which: int, *where: Any) -> int:
        """One of the orders; mostly one of those in a fitting state, so that steps lead on."""
        fitting = self.db.scalars(select(Order.id).where(*where).order_by(Order.id)).all()
        some = fitting if fitting and which < 32 else self.orders
        return some[-1 - which % len(some)]

    def about(self, **more: Any) -> dict[str, Any]:
        """What most verbs of the producer's desk are told."""
        return {"actor_id": self.market.owner, "now": self.now, **more}

    def open_page(self, attempt_id: int) -> None:
        """What starting an attempt stores once its provider has answered."""
        self.db.execute(
            update(PaymentAttempt)
            .where(PaymentAttempt.id == attempt_id)
            .values(state="started", provider_ref=f"ref_{attempt_id}_{self.next_number()}")
        )

    # What must hold after every step

    @invariant()
    def everything_holds(self) -> None:
        assert broken_invariants(self.db, OF_TRADE) == []

    @invariant()
    def orders_move_along_their_table(self) -> None:
        now = dict(self.db.execute(select(Order.id, Order.state)).all())
        for order_id, state in now.items():
            before = self.states.get(order_id, state)
            assert state == before or reachable(before, state), (before, state)
        self.states = now

    @invariant()
    def timelines_only_grow(self) -> None:
        rows = self.db.execute(
            select(OrderEvent.order_id, func.count()).group_by(OrderEvent.order_id)
        )
        now = dict(rows.all())
        assert all(now.get(order_id, 0) >= number for order_id, number in self.told.items())
        self.told = now

    @invariant()
    def what_was_agreed_never_changes(self) -> None:
        columns = list(OrderLine.__table__.columns)
        for row in self.db.execute(select(*columns)):
            assert self.agreed.setdefault(row.id, tuple(row)) == tuple(row)

    def fingerprint(self) -> str:
        """Digest of every row that a replay could touch."""
        digest = hashlib.sha256()
        for name in COUNTED:
            table = Table.metadata.tables[name]
            rows = self.db.execute(select(table).order_by(*table.primary_key.columns)).all()
            digest.update(repr([tuple(row) for row in rows]).encode())
        return digest.hexdigest()


def reachable(before: str, after: str) -> bool:
    """Whether legal steps lead there; one step of the test may make several of the order's."""
    seen, todo = {before}, [before]
    while todo:
        for further in STEPS[todo.pop()] - seen:
            seen.add(further)
            todo.append(further)
    return after in seen
