"""Work by the clock: the daily root over all journals. Long work: batches of codes and labels."""

from datetime import datetime
from typing import Any

from shop.core import clock
from shop.core.clock import today_vn
from shop.core.db import Database
from shop.core.jobs import job
from shop.core.surroundings import surroundings_of
from shop.core.tasks import Run, task_handler
from shop.traceability import services
from shop.traceability.configuration import limits_of
from shop.traceability.services import batches, clones, sheets


@job("journal.anchor", every_seconds=1800)
def anchor(database: Database, now: datetime) -> None:
    """Publish the roots of past days that have none; once a day there is something to do."""
    with database.transaction() as db:
        services.publish_anchors(db, now=now)


@job("codes.watch", every_seconds=300)
def watch(database: Database, now: datetime) -> None:
    """Open alerts about unit and box codes whose daily counts are unusual."""
    with database.transaction() as db:
        clones.watch_codes(db, limits=limits_of(database), now=now)


@task_handler(batches.TASK_KIND)
def make_batch(run: Run) -> dict[str, Any]:
    """Make the missing codes of a batch, then its label file."""
    batch_id, now = run.arguments["batch_id"], clock.now()
    missing, total = 1, 0
    while missing:
        with run.database.transaction() as db:
            missing = batches.add_codes(db, batch_id=batch_id, now=now)
        total = max(total, missing)
        run.progress(80 - 80 * missing // max(total + 1, 1))
    with run.database.read() as db:
        around = surroundings_of(run.database)
        sheet = sheets.sheet_of_batch(
            db, batch_id, public_url=around.public_url, today=today_vn(now)
        )
    content, suffix = sheets.render(sheet)
    name = around.storage.put(content, suffix)
    with run.database.transaction() as db:
        batches.finish_batch(db, batch_id=batch_id, task_id=run.task_id, file_name=name)
    return {"file": name, "labels": len(sheet.units)}
