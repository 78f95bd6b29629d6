"""When a host, a studio or kit can be booked."""

from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from livestream.clubs import rules
from livestream.clubs.models import Availability, AvailabilityException, Resource
from livestream.clubs.services.auditing import audit_resource
from livestream.clubs.signals import availability_changed
from shop.core import clock
from shop.core.errors import Invalid
from shop.core.text import N_

MAX_AHEAD: Final = timedelta(days=366)
"""As far ahead as sessions may be booked."""


def set_weekly_hours(
    db: Session,
    *,
    resource_id: int,
    hours: list[tuple[int, int, int]],
    now: datetime,
    actor_id: int,
) -> None:
    """Replace the weekly hours: (weekday, from, to) in minutes after midnight. Raises BadHours.

    Sessions that exist are not moved; those that no longer fit are flagged and their people told.
    """
    for _weekday, from_minute, to_minute in hours:
        rules.check_hours(from_minute, to_minute)
    _lock(db, resource_id)
    db.execute(delete(Availability).where(Availability.resource_id == resource_id))
    db.add_all(
        Availability(
            resource_id=resource_id, weekday=weekday, from_minute=from_minute, to_minute=to_minute
        )
        for weekday, from_minute, to_minute in hours
    )
    db.flush()
    audit_resource(db, "resource.hours_set", resource_id, actor_id, now)
    availability_changed.send(db=db, resource_id=resource_id, actor_id=actor_id, now=now)


def _lock(db: Session, resource_id: int) -> None:
    """One change of a resource's hours at a time: two at once would both delete, then both add."""
    db.execute(select(Resource.id).where(Resource.id == resource_id).with_for_update())


def set_exception(
    db: Session,
    *,
    resource_id: int,
    day: date,
    actor_id: int,
    now: datetime,
    hours: tuple[int, int] | None = None,
    note: str = "",
) -> None:
    """Away on ``day``, or free at ``hours`` only. Raises BadHours, Invalid for another year."""
    if not clock.today_vn(now) <= day <= clock.today_vn(now) + MAX_AHEAD:
        raise Invalid(N_("Chọn một ngày từ hôm nay đến hết một năm tới."), field="day")
    if hours is not None:
        rules.check_hours(*hours)
    _lock(db, resource_id)
    row = db.scalars(
        select(AvailabilityException).where(
            AvailabilityException.resource_id == resource_id, AvailabilityException.day == day
        )
    ).one_or_none()
    if row is None:
        row = AvailabilityException(resource_id=resource_id, day=day)
        db.add(row)
    row.is_away = hours is None
    row.from_minute, row.to_minute = hours if hours is not None else (None, None)
    row.note = note
    db.flush()
    audit_resource(db, "resource.exception_set", resource_id, actor_id, now)
    availability_changed.send(db=db, resource_id=resource_id, actor_id=actor_id, now=now)


def drop_exception(
    db: Session, *, resource_id: int, day: date, actor_id: int, now: datetime
) -> None:
    """The usual hours hold again on ``day``; sessions are judged anew. Again changes nothing."""
    _lock(db, resource_id)
    row = db.scalars(
        select(AvailabilityException).where(
            AvailabilityException.resource_id == resource_id, AvailabilityException.day == day
        )
    ).one_or_none()
    if row is None:
        return
    db.delete(row)
    db.flush()
    audit_resource(db, "resource.exception_dropped", resource_id, actor_id, now)
    availability_changed.send(db=db, resource_id=resource_id, actor_id=actor_id, now=now)
