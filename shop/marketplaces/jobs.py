"""Exports are made by the task worker of the scheduler process."""

from collections.abc import Callable
from datetime import date
from typing import Any

from shop.catalogue.models import Producer
from shop.core.errors import NotFound
from shop.core.surroundings import surroundings_of
from shop.core.tasks import Run, task_handler
from shop.marketplaces import registry, services

PROGRESS_STEP = 5
"""Percent between two writings of the progress."""


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
    made = services.make_bundle(
        profile,
        desk,
        market_words=registry.market_words(),
        read=around.storage.read,
        tell=_rarely(run.progress),
    )
    name = around.storage.put(made.content, "zip")
    with run.database.transaction() as db:
        services.finish_export(
            db, task_id=run.task_id, made=services.Made(bundle_name=name, report=made.report)
        )
    return {"bundle": name, **made.report["counts"]}


def _rarely(tell: Callable[[int], None]) -> Callable[[int], None]:
    """Pass on progress in steps, so that a thousand products do not make a thousand writes."""
    told = 0

    def step(percent: int) -> None:
        nonlocal told
        if percent - told >= PROGRESS_STEP:
            told = percent
            tell(percent)

    return step
