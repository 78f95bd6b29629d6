"""When reminders are due."""

from datetime import datetime, timedelta

import pytest

from livestream.reminders.rules import reminder_turns
from livestream.sessions.timing import VN

LONG_BEFORE = datetime(2026, 11, 1, tzinfo=VN)


def plan(audience: str, start: str, *, now: datetime = LONG_BEFORE) -> list[str]:
    starts_at = datetime.fromisoformat(f"2026-11-{start}").replace(tzinfo=VN)
    turns = [turn for turn in reminder_turns(starts_at, now=now) if turn.audience == audience]
    return [f"{turn.moment} {turn.due_at.astimezone(VN):%d %H:%M}" for turn in turns]


@pytest.mark.parametrize(
    ("start", "followers", "hosts"),
    [
        ("28 20:00", ["day 27 20:00", "hour 28 19:00", "soon 28 19:50"], "soon 28 19:50"),
        # at night the day before: in the morning of the day itself
        ("28 23:00", ["day 28 06:00", "soon 28 21:55"], "soon 28 22:50"),
        ("28 22:30", ["day 28 06:00", "hour 28 21:30", "soon 28 21:55"], "soon 28 22:20"),
        # before dawn: what cannot wait until six comes the evening before
        ("28 05:30", ["day 27 06:00", "soon 27 21:55"], "soon 28 05:20"),
        ("28 06:05", ["day 27 06:05", "soon 28 06:00"], "soon 28 05:55"),
        ("28 00:30", ["day 27 06:00", "soon 27 21:55"], "soon 28 00:20"),
    ],
)
def test_quiet_hours(start: str, followers: list[str], hosts: str) -> None:
    assert plan("followers", start) == followers
    assert plan("hosts", start)[-1] == hosts, "hosts hear the last one at its time"


def test_what_has_passed_is_left_out() -> None:
    start = datetime(2026, 11, 28, 20, 0, tzinfo=VN)
    for before, left in ((23 * 60, 2), (59, 1), (9, 0)):
        now = start - timedelta(minutes=before)
        assert len(plan("hosts", "28 20:00", now=now)) == left
