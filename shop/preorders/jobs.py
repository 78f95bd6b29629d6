"""Windows that ended or came in are finished for every buyer, whatever was in the way."""

from datetime import datetime

from shop.core.db import Database
from shop.core.jobs import job
from shop.preorders import queries, services


@job("preorders.settle", every_seconds=60)
def settle(database: Database, now: datetime) -> None:
    """Tell and refund, or fill, whoever was left out; each window in a transaction of its own."""
    with database.read() as db:
        due = queries.unfinished_windows(db)
    for window_id in due:
        with database.transaction() as db:
            services.settle_window(db, window_id=window_id, now=now)
