"""Exports are made by the task worker of the scheduler process."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from functools import partial
from typing import Any

from shop.catalogue.models import Producer
from shop.core import clock
from shop.core.db import Database
from shop.core.errors import NotFound
from shop.core.jobs import job
from shop.core.surroundings import surroundings_of
from shop.core.tasks import Run, in_steps, task_handler
from shop.marketplaces import queries, registry, services
from shop.marketplaces.rules.changes import compare, tally
from shop.marketplaces.services.kept_feeds import keep_feeds
from shop.marketplaces.services.photos import channel_photo, many_photos
from shop.marketplaces.services.weekly import export_due, tell_weekly
from shop.marketplaces.slots import OWN_SHEETS


@task_handler(services.TASK_KIND)
def export(run: Run) -> dict[str, Any]:
    """Make a producer's bundle for a channel as of the day it was asked for."""
    around = surroundings_of(run.database)
    profile = registry.profile_called(run.arguments["channel"])
    with run.database.read() as db:
        producer = db.get(Producer, run.arguments["producer_id"])
        if producer is None:
            raise NotFound
        desk = services.load_desk(
            db,
            around.storage,
            producer=producer,
            channel=profile.slug,
            day=date.fromisoformat(run.arguments["day"]),
            public_url=around.public_url,
        )
        day = date.fromisoformat(run.arguments["day"])
        sheets = OWN_SHEETS.collect(db, producer.id, profile.slug, day)
        asked = queries.run_of_task(db, run.task_id)
        before = (
            queries.report_before(db, producer.id, profile.slug, run_id=asked.id) if asked else None
        )
    with many_photos():
        made = services.make_bundle(
            profile,
            desk,
            market_words=registry.market_words(),
            read=around.storage.read,
            tell=in_steps(run.progress),
            photo=partial(channel_photo, around.storage),
            since=before if run.arguments.get("scope") == "changed" else None,
            own=next(iter(sheets), None),
        )
    report = made.report if before is None else {**made.report, "changes": _told(before, made)}
    name = around.storage.put(made.content, "zip")
    with run.database.transaction() as db:
        services.finish_export(
            db,
            task_id=run.task_id,
            made=services.Made(name, report, template_sha=made.template_sha or None),
        )
        done = queries.run_of_task(db, run.task_id)
        if done is not None:
            tell_weekly(db, run=done, now=clock.now())
    return {"bundle": name, **made.report["counts"]}


@job("marketplaces.weekly", every_seconds=300)
def export_weekly(database: Database, now: datetime) -> None:
    """Ask for the weekly exports whose time has come, each in its own transaction."""
    with database.read() as db:
        due = queries.schedules_due(db, now)
    for schedule_id in due:
        with database.transaction() as db:
            export_due(db, schedule_id=schedule_id, now=now)


@job("marketplaces.feeds", every_seconds=300)
def keep(database: Database, now: datetime) -> None:
    """Write the public feeds whose goods, prices or units changed."""
    keep_feeds(database, now)


def _told(before: Mapping[str, Any], made: services.Bundle) -> dict[str, Any]:
    """The difference from the export before, kept beside the report on the page: the bundle itself
    depends on the goods alone."""
    changes = compare(before, made.report["products"])
    return {
        "counts": tally(changes),
        "products": [asdict(one) for one in changes if one.what != "same"],
    }
