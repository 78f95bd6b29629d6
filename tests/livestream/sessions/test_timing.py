"""Ranges, days in Vietnam, and the free-slot finder against a slow but plain one."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livestream.sessions.states import (
    NEXT_STATES,
    WrongState,
    next_short_code,
    require_step,
    short_code,
)
from livestream.sessions.timing import (
    STEP_SECONDS,
    BadTime,
    Interval,
    Lane,
    check_times,
    covers,
    day_interval,
    epoch,
    free_starts,
    hold_range,
    merge,
    week_start,
)

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
H = 3600

spans = st.builds(
    lambda start, length: Interval(start * 300, (start + length) * 300),
    st.integers(0, 300),
    st.integers(1, 60),
)
lanes = st.builds(
    Lane,
    before_seconds=st.sampled_from([0, 300, 900]),
    after_seconds=st.sampled_from([0, 600]),
    busy=st.lists(spans, max_size=4).map(tuple),
    hours=st.none() | st.lists(spans, max_size=3).map(tuple),
)


def is_free(lane: Lane, start: int, length: int) -> bool:
    on_air = Interval(start, start + length)
    hold = Interval(start - lane.before_seconds, start + length + lane.after_seconds)
    if any(hold.overlaps(busy) for busy in lane.busy):
        return False
    return lane.hours is None or covers(lane.hours, on_air)


@settings(max_examples=300, deadline=None)
@given(st.lists(lanes, max_size=3), st.integers(1, 8), st.integers(0, 100_000))
def test_free_starts_are_free_and_nearest(found: list[Lane], quarters: int, around: int) -> None:
    length, window = quarters * STEP_SECONDS, Interval(0, 90_000)
    starts = free_starts(found, length_seconds=length, window=window, around=around, limit=1)
    every = [
        start
        for start in range(0, window.end, STEP_SECONDS)
        if all(is_free(lane, start, length) for lane in found)
    ]
    assert bool(starts) == bool(every)
    if starts:
        assert starts[0] in every
        assert abs(starts[0] - around) == min(abs(start - around) for start in every)


@given(st.lists(spans))
def test_merge_keeps_every_instant(items: list[Interval]) -> None:
    merged = merge(items)
    assert all(a.end < b.start for a, b in pairwise(merged))
    points = {p for item in items for p in (item.start, item.end - 1, item.end)}
    for point in points:
        assert any(i.start <= point < i.end for i in items) == any(
            i.start <= point < i.end for i in merged
        )


def test_touching_ranges_do_not_overlap() -> None:
    assert not Interval(0, 10).overlaps(Interval(10, 20))
    assert Interval(0, 11).overlaps(Interval(10, 20))


def test_buffers_are_part_of_the_hold() -> None:
    end = NOW + timedelta(hours=1)
    hold = hold_range(NOW, end, before_minutes=15, after_minutes=30)
    assert (hold.start, hold.end) == (epoch(NOW) - 900, epoch(end) + 1800)


def test_a_day_is_vietnams_day() -> None:
    day = day_interval(date(2026, 11, 28))
    assert day.start == epoch(datetime(2026, 11, 27, 17, tzinfo=UTC))
    assert week_start(date(2026, 11, 29)) == date(2026, 11, 23)


@pytest.mark.parametrize("minutes", [0, 14, 781, 840, -60, 10**9])
def test_absurd_lengths(minutes: int) -> None:
    with pytest.raises(BadTime):
        check_times(NOW + timedelta(days=1), minutes, now=NOW)


@pytest.mark.parametrize("shift", [timedelta(0), -timedelta(days=1), timedelta(days=400)])
def test_absurd_starts(shift: timedelta) -> None:
    with pytest.raises(BadTime):
        check_times(NOW + shift, 60, now=NOW)


def test_states_follow_the_table_only() -> None:
    for state, following in NEXT_STATES.items():
        for wanted in NEXT_STATES:
            if wanted in following:
                require_step(state, wanted)
            else:
                with pytest.raises(WrongState):
                    require_step(state, wanted)


def test_short_codes() -> None:
    assert [short_code(i) for i in (0, 8, 9, 71, 72)] == ["A1", "A9", "B1", "H9", "J1"]
    assert next_short_code({"A1", "A3"}) == "A2"
    with pytest.raises(ValueError, match="no more"):
        short_code(24 * 9)
