"""Free slots: when everything asked for is free, and which of several would do."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from livestream.clubs.models import Resource
from livestream.sessions.models import LiveSession
from livestream.sessions.queries.plans import busy_around, hours_of, load_plan
from livestream.sessions.rules import judge, refusals
from livestream.sessions.timing import (
    DAY_SECONDS,
    VN,
    Interval,
    Lane,
    day_interval,
    epoch,
    free_starts,
    instant,
    is_free,
)

OFFERS: Final = 3
TRIED: Final = 24
"""So many free starts are judged by the other rules before a refusal gives up offering."""


@dataclass(frozen=True)
class Slot:
    """A start at which everything asked for is free, and what was taken where anything would do."""

    starts_at: datetime
    resource_ids: tuple[int, ...]


def free_slots(
    db: Session,
    resource_ids: Collection[int],
    *,
    length: timedelta,
    around: datetime,
    now: datetime,
    but: int | None = None,
    days: int = 7,
    limit: int = OFFERS,
) -> list[datetime]:
    """Up to ``limit`` starts near ``around`` at which all the resources are free, in order of time.

    ``but``: the session that asks, whose own holds do not count. Small hours (23–6) are offered
    only to who asked for one.
    """
    window = Interval(epoch(around - timedelta(days=days)), epoch(around + timedelta(days=days)))
    found = find_slots(
        db,
        fixed=resource_ids,
        length=length,
        window=window,
        around=around,
        now=now,
        but=but,
        limit=limit,
    )
    return [slot.starts_at for slot in found]


def find_slots(
    db: Session,
    *,
    fixed: Collection[int],
    length: timedelta,
    window: Interval,
    around: datetime,
    now: datetime,
    any_of: Sequence[Sequence[int]] = (),
    but: int | None = None,
    limit: int = OFFERS,
    is_daily: bool = False,
) -> list[Slot]:
    """Starts in ``window`` when all of ``fixed`` are free and one of each of ``any_of``.

    ``is_daily``: near the hour of ``around`` on each day, instead of near that one instant.
    """
    window = Interval(max(window.start, epoch(now + timedelta(minutes=15))), window.end)
    if window.start >= window.end:
        return []
    wanted = {*fixed, *(one for group in any_of for one in group)}
    lanes = _lanes(db, wanted, window=window, length=length, now=now, but=but)
    seconds = int(length.total_seconds())
    fixed_lanes = [lanes[one] for one in sorted(set(fixed)) if one in lanes]
    if not _is_night(around):
        fixed_lanes.append(Lane(0, 0, busy=tuple(_nights(window))))
    starts = free_starts(
        fixed_lanes,
        length_seconds=seconds,
        window=window,
        around=epoch(around),
        limit=limit,
        choices=[[lanes[one] for one in group] for group in any_of],
        is_daily=is_daily,
    )
    return [
        Slot(
            instant(start),
            (
                *sorted(fixed),
                *(
                    next(one for one in group if is_free(lanes[one], start, seconds))
                    for group in any_of
                ),
            ),
        )
        for start in starts
    ]


def _lanes(
    db: Session,
    resource_ids: Collection[int],
    *,
    window: Interval,
    length: timedelta,
    now: datetime,
    but: int | None,
) -> dict[int, Lane]:
    resources = db.scalars(
        select(Resource).where(Resource.id.in_(resource_ids)).order_by(Resource.id)
    ).all()
    around = Interval(window.start - DAY_SECONDS, window.end + DAY_SECONDS)
    busy = busy_around(db, resource_ids, around=around, now=now, but=but)
    hours = hours_of(db, resources, instant(window.start), instant(window.end) + length)
    return {
        resource.id: Lane(
            before_seconds=resource.buffer_before_minutes * 60,
            after_seconds=resource.buffer_after_minutes * 60,
            busy=tuple(entry.hold for entry in busy.get(resource.id, ())),
            hours=hours.get(resource.id),
        )
        for resource in resources
    }


def offers_for(
    db: Session,
    live: LiveSession,
    *,
    now: datetime,
    only: Collection[int] | None = None,
) -> list[datetime]:
    """The nearest starts at which the session would be let through, in order of time.

    Free by the holds, and judged by every rule that refuses a proposal: what is offered works.
    """
    plan = load_plan(db, live, now=now, only=only)
    ids = [resource.id for resource in plan.resources]
    length = live.ends_at - live.starts_at
    starts = free_slots(
        db, ids, length=length, around=live.starts_at, now=now, but=live.id, limit=TRIED
    )
    if not starts:
        return []
    rows = db.scalars(select(Resource).where(Resource.id.in_(ids))).all()
    hours = hours_of(db, rows, starts[0], starts[-1] + length)
    resources = tuple(replace(one, hours=hours.get(one.id)) for one in plan.resources)
    good = [
        start
        for start in starts
        if not refusals(
            judge(replace(plan, starts_at=start, ends_at=start + length, resources=resources)),
            "propose",
        )
    ]
    nearest = sorted(good, key=lambda start: abs(start - live.starts_at))[:OFFERS]
    return sorted(nearest)


def _is_night(at: datetime) -> bool:
    return not 6 <= at.astimezone(VN).hour < 23


def _nights(window: Interval) -> list[Interval]:
    """From midnight to six of every day in the window."""
    day = instant(window.start).astimezone(VN).date()
    last = instant(window.end).astimezone(VN).date()
    found = []
    while day <= last + timedelta(days=1):
        start = day_interval(day).start
        found.append(Interval(start, start + 6 * 3600))
        day += timedelta(days=1)
    return found
