"""How long a hand-in may wait: a clock of working days, Monday to Friday, in Vietnam's time.

Two working days are our own promise to producers, no outside rule. The clock stands still on
Saturdays and Sundays.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta, timezone
from typing import Final

TARGET_DAYS: Final = 2
SOON: Final = timedelta(hours=8)
_VN: Final = timezone(timedelta(hours=7))
"""Vietnam keeps one time the whole year; rules do not read zone files."""
_SATURDAY: Final = 5


@dataclass(frozen=True)
class Waiting:
    """How a wait stands: ``ok``, ``soon`` (under eight hours left) or ``late``."""

    state: str
    due_at: datetime
    hours: int
    """Whole hours since it was handed in, week-ends included: what people call its age."""

    @property
    def days(self) -> int:
        return self.hours // 24


def due_at(since: datetime) -> datetime:
    """When a thing handed in at ``since`` should have been decided."""
    moment = _at_work(since.astimezone(_VN))
    for _day in range(TARGET_DAYS):
        moment = _at_work(moment + timedelta(days=1))
    return moment


def _at_work(moment: datetime) -> datetime:
    """The instant itself on a working day; the beginning of Monday on a week-end."""
    beyond = moment.weekday() - _SATURDAY
    if beyond < 0:
        return moment
    monday = moment.date() + timedelta(days=2 - beyond)
    return datetime.combine(monday, time.min, moment.tzinfo)


def waiting(since: datetime, now: datetime) -> Waiting:
    """How a wait that began at ``since`` stands now."""
    due = due_at(since)
    state = "late" if now > due else "soon" if due - now < SOON else "ok"
    hours = max(0, int((now - since).total_seconds() // 3600))
    return Waiting(state, due, hours)
