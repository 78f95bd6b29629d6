"""Asking for an export, recording what came out, and what differs on a channel."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalogue.models import Producer, Product
from shop.core import tasks
from shop.core.clock import today_vn
from shop.core.errors import Invalid
from shop.core.text import N_, clean, random_code
from shop.marketplaces import queries, registry
from shop.marketplaces.models import ExportRun, Listing
from shop.marketplaces.rules.facts import Choice
from shop.marketplaces.rules.listing import MAX_PERCENT, MIN_PERCENT

TASK_KIND: Final = "marketplaces.export"
MAX_TITLE: Final = 500
MAX_RESERVE: Final = 1_000_000


class WrongChoice(Invalid):
    message = N_("Tên đăng quá dài, hoặc tỉ lệ giá, giá sàn, số giữ lại ngoài khoảng cho phép.")


@dataclass(frozen=True)
class Made:
    """What a finished export leaves behind."""

    bundle_name: str
    report: dict[str, Any]


def save_choice(
    db: Session,
    *,
    product_id: int,
    producer_ids: Collection[int],
    channel: str,
    choice: Choice,
    now: datetime,
) -> Listing:
    """Remember what the producer wants for a product on a channel.

    Raises UnknownChannel, UnknownProduct (also for other people's products), WrongChoice.
    """
    profile = registry.profile_called(channel)
    if queries.owner_of(db, product_id) not in set(producer_ids):
        raise queries.UnknownProduct
    title = clean(choice.title).replace("\n", " ")
    if (
        len(title) > MAX_TITLE
        or not MIN_PERCENT <= choice.price_percent <= MAX_PERCENT
        or not 0 <= choice.stock_reserve <= MAX_RESERVE
        or (choice.price_floor_vnd or 0) < 0
    ):
        raise WrongChoice
    db.execute(select(Product.id).where(Product.id == product_id).with_for_update()).one()
    listing = db.scalar(
        select(Listing).where(Listing.product_id == product_id, Listing.channel == profile.slug)
    )
    if listing is None:
        listing = Listing(product_id=product_id, channel=profile.slug)
        db.add(listing)
    listing.is_included = choice.is_included
    listing.overrides = {"title": title} if title else {}
    listing.price_percent = choice.price_percent
    listing.price_floor_vnd = choice.price_floor_vnd
    listing.stock_reserve = choice.stock_reserve
    listing.updated_at = now
    db.flush()
    return listing


def request_export(
    db: Session,
    *,
    producer_id: int,
    channel: str,
    submit_key: str,
    actor_id: int | None,
    now: datetime,
) -> ExportRun:
    """Put an export in the queue. The same ``submit_key``, or a channel that still waits, gives the
    export there is.

    Raises UnknownChannel.
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
    run.state = "done"
    db.flush()
