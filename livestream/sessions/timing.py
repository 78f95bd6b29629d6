"""Time as sessions use it: half-open ranges of epoch seconds, buffers, free slots.

Sessions often cross midnight, so nothing here compares calendar days; a day is an interval too.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from shop.core.errors import Invalid
from shop.core.text import N_

VN: Final = ZoneInfo("Asia/Ho_Chi_Minh")

MIN_MINUTES: Final = 15
MAX_MINUTES: Final = 13 * 60
"""TikTok's LIVE Manager allows 30 minutes to 13 hours; shorter rehearsals are ours."""
MAX_AHEAD: Final = timedelta(days=366)

STEP_SECONDS: Final = 15 * 60
SPREAD_SECONDS: Final = 30 * 60
"""Offered slots start at least this far apart, so that three offers are three choices."""
DAY_SECONDS: Final = 86_400


class BadTime(Invalid):
    message = N_("Giờ phát chưa hợp lệ.")


@dataclass(frozen=True, order=True)
class Interval:
    """``start`` belongs to it, ``end`` does not; epoch seconds."""

    start: int
    end: int

    def overlaps(self, other: "Interval") -> bool:
        """Whether they share an instant; ranges that only touch do not."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True)
class Lane:
    """One resource as the free-slot finder sees it."""

    before_seconds: int
    after_seconds: int
    busy: tuple[Interval, ...] = ()
    """Holds of others, their buffers included."""
    hours: tuple[Interval, ...] | None = None
    """When it can be booked; None: always."""


class BadPriceWindow(Invalid):
    message = N_("Giá live bắt đầu sau khi phiên kết thúc. Hãy chọn phút sớm hơn.")


def price_span(
    starts_at: datetime, ends_at: datetime, from_minute: int, minutes: int | None
) -> tuple[datetime, datetime]:
    """When a live price holds: from a minute of the session on, never beyond its end.

    ``minutes`` None: to the end. Raises BadPriceWindow when it would begin after the end.
    """
    first = starts_at + timedelta(minutes=from_minute)
    if first >= ends_at:
        raise BadPriceWindow(field="price_from_minute")
    last = ends_at if minutes is None else min(first + timedelta(minutes=minutes), ends_at)
    return first, last


def epoch(instant: datetime) -> int:
    """Whole seconds since 1970 UTC."""
    return int(instant.timestamp())


def instant(seconds: int) -> datetime:
    """The aware UTC instant of epoch ``seconds``."""
    return datetime.fromtimestamp(seconds, UTC)


def hold_range(
    starts_at: datetime, ends_at: datetime, *, before_minutes: int, after_minutes: int
) -> Interval:
    """What a session takes of a resource, buffers included."""
    return Interval(epoch(starts_at) - before_minutes * 60, epoch(ends_at) + after_minutes * 60)


def check_times(starts_at: datetime, minutes: int, *, now: datetime) -> datetime:
    """When the session ends. Raises BadTime: a past or too distant start, a wrong length."""
    if not MIN_MINUTES <= minutes <= MAX_MINUTES:
        raise BadTime(N_("Phiên dài từ 15 phút đến 13 giờ."), field="minutes")
    if starts_at <= now:
        raise BadTime(N_("Giờ bắt đầu đã qua. Hãy chọn một giờ sắp tới."), field="starts_at")
    if starts_at > now + MAX_AHEAD:
        raise BadTime(N_("Chỉ đặt lịch trong vòng một năm tới."), field="starts_at")
    return starts_at + timedelta(minutes=minutes)


def merge(intervals: Iterable[Interval]) -> list[Interval]:
    """The same instants as disjoint intervals in order; touching ones become one."""
    merged: list[Interval] = []
    for item in sorted(intervals):
        if merged and item.start <= merged[-1].end:
            merged[-1] = Interval(merged[-1].start, max(merged[-1].end, item.end))
        else:
            merged.append(item)
    return merged


def covers(hours: Iterable[Interval], wanted: Interval) -> bool:
    """Whether ``wanted`` lies within the union of ``hours``."""
    return any(item.start <= wanted.start and wanted.end <= item.end for item in merge(hours))


def day_interval(day: date) -> Interval:
    """The 24 hours of a calendar day in Vietnam."""
    start = epoch(datetime.combine(day, time(), VN))
    return Interval(start, start + DAY_SECONDS)


def week_start(day: date) -> date:
    """The Monday of the week of ``day``."""
    return day - timedelta(days=day.weekday())


def common(groups: Sequence[Sequence[Interval]]) -> list[Interval]:
    """The instants that lie in every one of the groups; nothing for no groups."""
    if not groups:
        return []
    found = merge(groups[0])
    for group in groups[1:]:
        found = [
            Interval(max(mine.start, other.start), min(mine.end, other.end))
            for mine in found
            for other in merge(group)
            if mine.overlaps(other)
        ]
    return found


def _forbidden_starts(lanes: Sequence[Lane], length: int, window: Interval) -> list[Interval]:
    """Starts in ``window`` at which a session of ``length`` seconds would meet something."""
    found: list[Interval] = []
    for lane in lanes:
        found += [
            Interval(busy.start - length - lane.after_seconds + 1, busy.end + lane.before_seconds)
            for busy in lane.busy
        ]
        if lane.hours is not None:
            edge = window.start - DAY_SECONDS
            for item in merge(lane.hours):
                found.append(Interval(edge, item.start))
                edge = max(edge, item.end - length + 1)
            found.append(Interval(edge, window.end + DAY_SECONDS))
    return merge(item for item in found if item.start < item.end)


def is_free(lane: Lane, start: int, length_seconds: int) -> bool:
    """Whether a session of this length may start then, as far as the lane goes."""
    window = Interval(start, start + 1)
    return not any(
        item.start <= start < item.end for item in _forbidden_starts([lane], length_seconds, window)
    )


def free_starts(
    lanes: Sequence[Lane],
    *,
    length_seconds: int,
    window: Interval,
    around: int,
    limit: int = 3,
    choices: Sequence[Sequence[Lane]] = (),
    is_daily: bool = False,
) -> list[int]:
    """Up to ``limit`` starts nearest to ``around`` at which every lane is free, in order of time,
    and of each of the ``choices`` at least one lane is.

    ``is_daily``: near means near that hour, on whatever day, so that every day gets its offer.
    Starts lie on quarter hours within ``window`` and SPREAD_SECONDS apart from each other.
    """
    forbidden = _forbidden_starts(lanes, length_seconds, window)
    for lanes_of_choice in choices:
        forbidden += common(
            [_forbidden_starts([lane], length_seconds, window) for lane in lanes_of_choice]
        )
    forbidden = merge(forbidden)
    edges = [item.start for item in forbidden]

    def is_open(start: int) -> bool:
        at = bisect_right(edges, start) - 1
        return at < 0 or forbidden[at].end <= start

    first = -(-window.start // STEP_SECONDS) * STEP_SECONDS

    def distance(start: int) -> int:
        away = abs(start - around)
        return min(away % DAY_SECONDS, -away % DAY_SECONDS) if is_daily else away

    starts = sorted(
        range(first, window.end, STEP_SECONDS), key=lambda start: (distance(start), start)
    )
    chosen: list[int] = []
    for start in starts:
        if len(chosen) == limit:
            break
        if is_open(start) and all(abs(start - other) >= SPREAD_SECONDS for other in chosen):
            chosen.append(start)
    return sorted(chosen)
