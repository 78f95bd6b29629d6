"""When a reminder is due: offsets before the start, quiet hours, what is too late to say."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from livestream.sessions.timing import VN
from shop.core.errors import Conflict
from shop.core.text import N_

AUDIENCES: Final = ("hosts", "producers", "followers")
OFFSETS: Final = {
    "day": timedelta(hours=24),
    "hour": timedelta(hours=1),
    "soon": timedelta(minutes=10),
}
"""How long before its start a session is called to mind."""
MOMENTS: Final = (*OFFSETS, "on_air", "moved", "cancelled")
"""``on_air``, ``moved`` and ``cancelled`` go to followers; the others hear of it from sessions."""
TURN_STATES: Final = ("planned", "told", "superseded")
FOLLOW_STATES: Final = ("unconfirmed", "following", "ended")

QUIET_FROM: Final = time(22)
QUIET_UNTIL: Final = time(6)
BEFORE_QUIET: Final = timedelta(minutes=5)
"""What would come in quiet hours and cannot wait for the morning comes this long before them."""

MAX_FOLLOWS: Final = 50
"""Coming sessions that one person or address follows at a time."""
FORGET_AFTER: Final = timedelta(days=60)
"""How long after a session its reminders and followers are kept."""


class SessionOver(Conflict):
    message = N_("Phiên này không còn nhận nhắc lịch. Hãy xem các phiên khác trong lịch live.")


class TooManyFollows(Conflict):
    message = N_("Bạn đang theo dõi 50 phiên sắp tới. Hãy bỏ bớt trước khi thêm.")


@dataclass(frozen=True)
class Turn:
    """One time to speak to one audience."""

    audience: str
    moment: str
    due_at: datetime


def is_quiet(instant: datetime) -> bool:
    """Whether people in Vietnam want to be left alone: from 22:00 to 6:00."""
    at = instant.astimezone(VN).time()
    return at >= QUIET_FROM or at < QUIET_UNTIL


def out_of_quiet(due_at: datetime, starts_at: datetime) -> datetime:
    """``due_at``, or when it falls into quiet hours: the morning after if the session has not begun
    by then, else shortly before the quiet hours begin."""
    if not is_quiet(due_at):
        return due_at
    local = due_at.astimezone(VN)
    night = local.date() if local.time() >= QUIET_FROM else local.date() - timedelta(days=1)
    morning = datetime.combine(night + timedelta(days=1), QUIET_UNTIL, VN)
    if morning < starts_at:
        return morning
    return datetime.combine(night, QUIET_FROM, VN) - BEFORE_QUIET


def reminder_turns(starts_at: datetime, *, now: datetime) -> Iterator[Turn]:
    """The reminders still to come for a session that starts at ``starts_at``.

    An offset that has passed is left out. Hosts hear the last one at its time even at night; of two
    that quiet hours push to one instant only the later is kept.
    """
    for audience in AUDIENCES:
        due: dict[datetime, str] = {}
        for moment, offset in OFFSETS.items():
            at = starts_at - offset
            if not (audience == "hosts" and moment == "soon"):
                at = out_of_quiet(at, starts_at)
            due[at] = moment
        for at, moment in due.items():
            if at > now:
                yield Turn(audience, moment, at)
