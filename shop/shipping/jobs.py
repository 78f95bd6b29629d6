"""Settlements are booked by the task worker in small transactions; old files are cleared daily."""

import json
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select

from shop.core import clock
from shop.core.db import Database
from shop.core.jobs import job
from shop.core.surroundings import surroundings_of
from shop.core.tasks import Run, task_handler
from shop.sheets.workbooks import sheet_of
from shop.shipping import services
from shop.shipping.models import CodSettlement
from shop.shipping.rules.settlement import mapping_of, read_rows

CHUNK: Final = 20
"""Rows in one transaction: a buyer waits for at most this much of a file."""
FILES_KEPT: Final = timedelta(days=30)


@task_handler(services.BOOK)
def book_settlement(run: Run) -> dict[str, Any]:
    """Book a confirmed file row by row; begun again, it passes over what is booked."""
    settlement_id, actor_id = run.arguments["settlement_id"], run.arguments["actor_id"]
    with run.database.read() as db:
        row = db.get_one(CodSettlement, settlement_id)
    if row.state != "applying" or row.cells_name is None:
        return {}
    storage = surroundings_of(run.database).storage
    sheet = sheet_of(json.loads(storage.read(row.cells_name)))
    rows = read_rows(sheet.table.rows, mapping_of(row.mapping))
    counts: dict[str, int] = {}
    for first in range(0, len(rows), CHUNK):
        with run.database.transaction() as db:
            for stand in services.book_chunk(
                db,
                settlement=row,
                rows=rows[first : first + CHUNK],
                actor_id=actor_id,
                now=clock.now(),
            ):
                counts[stand] = counts.get(stand, 0) + 1
        run.progress(min(99, 100 * (first + CHUNK) // max(1, len(rows))))
    with run.database.transaction() as db:
        services.finish_settlement(db, settlement_id=row.id, counts=counts, now=clock.now())
    return counts


@job("shipping.clean", every_seconds=24 * 3600)
def clean_files(database: Database, now: datetime) -> None:
    """Forget the cells of settlements after 30 days; what was booked stays."""
    storage = surroundings_of(database).storage
    with database.transaction() as db:
        old = db.scalars(
            select(CodSettlement).where(
                CodSettlement.cells_name.is_not(None),
                CodSettlement.state != "applying",
                CodSettlement.made_at < now - FILES_KEPT,
            )
        ).all()
        names = {row.cells_name for row in old if row.cells_name}
        for row in old:
            row.cells_name = None
        db.flush()
        needed = set(
            db.scalars(select(CodSettlement.cells_name).where(CodSettlement.cells_name.in_(names)))
        )
    for name in names - needed:
        storage.delete(name)
