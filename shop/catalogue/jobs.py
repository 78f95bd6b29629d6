"""What the catalogue does by itself: certificates run out, pictures get their AVIF files."""

from datetime import datetime
from typing import Any

from shop.catalogue import queries, services
from shop.catalogue.configuration import storage_of
from shop.catalogue.pictures import add_avif
from shop.core.clock import today_vn
from shop.core.db import Database
from shop.core.jobs import job
from shop.core.tasks import Run, task_handler

BACKFILL: int = 500
"""Pictures without AVIF that one run of the job asks for."""


@job("certificates.expire", every_seconds=60)
def expire_certificates(database: Database, now: datetime) -> None:
    """End papers whose last day is over, within a minute of midnight in Vietnam.

    Pages judge the date at every read, so nothing wrong is shown before; but where a product has an
    older recognition with fewer stars that lasts longer, its list row shows it only after this.
    """
    today = today_vn(now)
    with database.read() as db:
        over = services.over_certificates(db, today)
    for certificate_id in over:
        with database.transaction() as db:
            services.expire_certificate(db, certificate_id=certificate_id, now=now)


@job("certificates.remind", every_seconds=3600)
def remind_of_certificates(database: Database, now: datetime) -> None:
    """Remind of papers that end in 90, 60 or 30 days: each person once a paper and threshold."""
    with database.read() as db:
        ending = services.ending_certificates(db, today_vn(now))
    for certificate_id in ending:
        with database.transaction() as db:
            services.remind_of_certificate(db, certificate_id=certificate_id, now=now)


@job("drafts.forget", every_seconds=86_400)
def forget_drafts(database: Database, now: datetime) -> None:
    """Forget unsaved words of the product editor that nobody came back to for three months."""
    with database.transaction() as db:
        services.forget_typed(db, now=now)


@task_handler(services.AVIF_TASK)
def make_avif(run: Run) -> dict[str, Any]:
    """Make the AVIF files of one picture; a picture that is not stored here has none."""
    try:
        return add_avif(storage_of(run.database), run.arguments["sha"])
    except FileNotFoundError:
        return {"missing": True}


@job("pictures.avif", every_seconds=86_400)
def ask_for_missing(database: Database, now: datetime) -> None:
    """Ask for the AVIF files of pictures that came by another way than an upload."""
    with database.transaction() as db:
        for sha in queries.photos_without_task(db, services.AVIF_TASK, limit=BACKFILL):
            services.ask_for_avif(db, sha, now=now)
