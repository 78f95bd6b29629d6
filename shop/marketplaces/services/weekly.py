"""Exports that come again every week, without anybody pressing a button."""

from datetime import datetime, time, timedelta
from typing import Final

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from shop.catalogue.models import Producer
from shop.core.clock import VN
from shop.core.errors import Invalid
from shop.marketplaces import registry
from shop.marketplaces.models import ExportRun, ExportSchedule
from shop.marketplaces.services.exports import request_export
from shop.notifications.services import notify

MORNING: Final = time(6)
NOTICE: Final = "marketplaces.weekly"


def next_morning(now: datetime, weekday: int) -> datetime:
    """The next six o'clock of Vietnam on this weekday (0 is Monday), after ``now``."""
    here = now.astimezone(VN)
    first = datetime.combine(here.date(), MORNING, VN)
    first += timedelta(days=(weekday - first.weekday()) % 7)
    return first if first > now else first + timedelta(days=7)


def set_weekly(
    db: Session,
    *,
    producer_id: int,
    channel: str,
    weekday: int | None,
    actor_id: int,
    now: datetime,
) -> None:
    """Export a channel every week on this weekday; None: no longer.

    Raises UnknownChannel, Invalid (field ``weekday``).
    """
    profile = registry.profile_called(channel)
    if weekday is not None and not 0 <= weekday <= 6:
        raise Invalid(field="weekday")
    db.execute(select(Producer.id).where(Producer.id == producer_id).with_for_update()).one()
    db.execute(
        delete(ExportSchedule).where(
            ExportSchedule.producer_id == producer_id, ExportSchedule.channel == profile.slug
        )
    )
    if weekday is not None:
        db.add(
            ExportSchedule(
                producer_id=producer_id,
                channel=profile.slug,
                weekday=weekday,
                next_at=next_morning(now, weekday),
                set_by=actor_id,
                set_at=now,
            )
        )
    db.flush()


def export_due(db: Session, *, schedule_id: int, now: datetime) -> ExportRun | None:
    """Ask for the export of a schedule that is due and set its next time; None when another worker
    took it, or it is not due any more. A week that was missed is not made up for twice."""
    row = db.get(ExportSchedule, schedule_id)
    if row is None or row.next_at > now:
        return None
    due, following = row.next_at, next_morning(now, row.weekday)
    taken = db.execute(
        update(ExportSchedule)
        .where(ExportSchedule.id == schedule_id, ExportSchedule.next_at == due)
        .values(next_at=following)
        .returning(ExportSchedule.id)
    )
    if taken.one_or_none() is None or row.channel not in registry.all_profiles():
        return None
    return request_export(
        db,
        producer_id=row.producer_id,
        channel=row.channel,
        submit_key=f"week-{due:%Y%m%d}",
        actor_id=None,
        now=now,
    )


def tell_weekly(db: Session, *, run: ExportRun, now: datetime) -> None:
    """Tell who set the schedule that this week's bundle lies ready. Once per export."""
    if run.made_by is not None or run.report is None:
        return
    row = db.scalar(
        select(ExportSchedule).where(
            ExportSchedule.producer_id == run.producer_id, ExportSchedule.channel == run.channel
        )
    )
    if row is None:
        return
    counts = run.report["counts"]
    notify(
        db,
        person_ids=[row.set_by],
        kind=NOTICE,
        cause=f"{NOTICE}:{run.public_id}",
        payload={
            "channel": registry.profile_called(run.channel).label,
            "ready": counts["ready"],
            "blocked": counts["blocked"],
            "run": run.public_id,
        },
        now=now,
    )
