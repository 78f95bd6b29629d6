"""Asking for an export, and recording what came out."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalogue.models import Producer
from shop.core import tasks
from shop.core.clock import today_vn
from shop.core.text import random_code
from shop.marketplaces import queries, registry
from shop.marketplaces.models import ExportRun

TASK_KIND: Final = "marketplaces.export"


@dataclass(frozen=True)
class Made:
    """What a finished export leaves behind."""

    bundle_name: str
    report: dict[str, Any]
    template_sha: str | None = None
    """Of the seller's template that was filled."""


def request_export(
    db: Session,
    *,
    producer_id: int,
    channel: str,
    submit_key: str,
    actor_id: int | None,
    now: datetime,
    scope: str = "all",
) -> ExportRun:
    """Put an export in the queue. The same ``submit_key``, or a channel that still waits, gives the
    export there is.

    ``scope``: ``all``, or ``changed`` for what differs from the last export. Raises UnknownChannel.
    """
    profile = registry.profile_called(channel)
    db.execute(select(Producer.id).where(Producer.id == producer_id).with_for_update()).one()
    waiting = queries.waiting_run(db, producer_id, profile.slug)
    if waiting is not None:
        return waiting
    public_id = random_code(26)
    task = tasks.enqueue(
        db,
        kind=TASK_KIND,
        key=f"{TASK_KIND}:{producer_id}:{profile.slug}:{submit_key}",
        public_id=public_id,
        arguments={
            "producer_id": producer_id,
            "channel": profile.slug,
            "day": today_vn(now).isoformat(),
            "scope": scope,
        },
        now=now,
        owner_id=actor_id,
    )
    known = queries.run_of_task(db, task.id)
    if known is not None:
        return known
    run = ExportRun(
        public_id=public_id,
        producer_id=producer_id,
        channel=profile.slug,
        profile_version=profile.version,
        task_id=task.id,
        scope=scope,
        made_by=actor_id,
        made_at=now,
    )
    db.add(run)
    db.flush()
    return run


def finish_export(db: Session, *, task_id: int, made: Made) -> None:
    """Freeze the report beside the bundle; a second finishing changes nothing."""
    run = queries.run_of_task(db, task_id)
    if run is None or run.state == "done":
        return
    run.bundle_name = made.bundle_name
    run.report = made.report
    run.template_sha = made.template_sha
    run.state = "done"
    db.flush()
