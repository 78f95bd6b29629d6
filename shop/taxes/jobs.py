"""The withholding ledger follows the payment ledger every ten minutes."""

from datetime import datetime
from typing import Final

from shop.core.db import Database
from shop.core.jobs import job
from shop.taxes import queries, services

AT_ONCE: Final = 200


@job("taxes.book", every_seconds=600)
def book(database: Database, now: datetime) -> None:
    """Book every order with new money, each in a transaction of its own."""
    last = 0
    while True:
        with database.read() as db:
            waiting = queries.orders_to_book(db, after=last, limit=AT_ONCE)
        if not waiting:
            return
        for order_id in waiting:
            with database.transaction() as db:
                services.book_order(db, order_id=order_id, now=now)
        last = waiting[-1]
