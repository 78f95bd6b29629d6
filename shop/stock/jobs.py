"""Lots leave the shelf when their day has passed."""

from datetime import datetime

from shop.core.clock import today_vn
from shop.core.db import Database
from shop.core.jobs import job
from shop.stock import queries, services


@job("stock.block_expired", every_seconds=600)
def block_expired(database: Database, now: datetime) -> None:
    """Take units of lots past their best-before day out of what can be sold."""
    with database.read() as db:
        variant_ids = queries.variants_with_blocked_lots(db, today_vn(now))
    for variant_id in variant_ids:
        with database.transaction() as db:
            services.block_lots(db, variant_ids=[variant_id], now=now)
