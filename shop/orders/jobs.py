"""Unpaid and unconfirmed orders end on time; producers are reminded of calls."""

from datetime import datetime

from shop.core.db import Database
from shop.core.jobs import job
from shop.orders import queries, services


@job("orders.expire", every_seconds=60)
def expire(database: Database, now: datetime) -> None:
    """End every order that is due, each in a transaction of its own."""
    with database.read() as db:
        due = queries.due_orders(db, now)
    for order_id in due:
        with database.transaction() as db:
            services.expire_order(db, order_id=order_id, now=now)


@job("orders.remind_calls", every_seconds=300)
def remind_calls(database: Database, now: datetime) -> None:
    """Tell producers whom they agreed to call about now."""
    with database.read() as db:
        due = queries.due_calls(db, now)
    for call_id in due:
        with database.transaction() as db:
            services.remind_of_call(db, call_id=call_id, now=now)
