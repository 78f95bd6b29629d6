"""The board depends on the set of presses alone; expected times follow the clock."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livestream.onair.rules.cues import (
    KINDS,
    Cue,
    Press,
    corrected,
    expect,
    fit_minutes,
    over_minutes,
    replay,
)

START = datetime(2026, 11, 28, 13, 0, tzinfo=UTC)
END = START + timedelta(minutes=60)
CUES = [Cue(1, 20), Cue(2, 10), Cue(3, 30)]

presses = st.builds(
    Press,
    key=st.integers(0, 30).map(str),
    kind=st.sampled_from(KINDS),
    at=st.integers(0, 90).map(lambda minute: START + timedelta(minutes=minute)),
    item_id=st.sampled_from([None, 1, 2, 3, 99]),
    minutes=st.integers(1, 30),
)


def press(kind: str, minute: int, item_id: int | None = None, **more: int) -> Press:
    return Press(
        f"{kind}-{minute}-{item_id}", kind, START + timedelta(minutes=minute), item_id, **more
    )


@given(
    st.lists(presses, max_size=12, unique_by=lambda one: one.key).flatmap(
        lambda made: st.tuples(st.just(made), st.permutations(made + made))
    )
)
def test_any_order_and_any_repetition_give_the_same_board(
    pair: tuple[list[Press], list[Press]],
) -> None:
    in_order, shuffled = pair
    assert replay(CUES, in_order, ends_at=END) == replay(CUES, shuffled, ends_at=END)


def test_two_consoles_that_press_the_same_skip_nothing() -> None:
    made = [press("show", 0, 1), Press("a", "show", START + timedelta(minutes=5), 2)]
    made.append(Press("b", "show", START + timedelta(minutes=5, seconds=1), 2))
    board = replay(CUES, made, ends_at=END)
    assert (board.current, board.since, board.pinned) == (2, START + timedelta(minutes=5), 2)
    assert [board.state_of(one) for one in (1, 2, 3)] == ["done", "on", "waiting"]
    assert board.seconds == {1: 300}


def test_done_of_an_item_no_longer_on_changes_nothing() -> None:
    made = [press("show", 0, 1), press("show", 5, 2), press("done", 6, 1), press("skip", 7, 3)]
    board = replay(CUES, made, ends_at=END)
    assert board.current == 2
    assert board.state_of(3) == "skipped"


def test_expected_times_follow_the_real_clock() -> None:
    board = replay(CUES, [press("show", 10, 1)], ends_at=END)
    now = START + timedelta(minutes=40)  # ten minutes too long already
    slots = expect(CUES, board, starts_at=START, now=now)
    assert [(one.item_id, one.ends_at) for one in slots] == [
        (1, now),
        (2, now + timedelta(minutes=10)),
        (3, now + timedelta(minutes=40)),
    ]
    assert over_minutes(slots, ends_at=END, now=now) == 20


def test_fitting_ends_the_plan_at_the_sessions_end() -> None:
    board = replay(CUES, [press("show", 10, 1), press("fit", 30)], ends_at=END)
    now = START + timedelta(minutes=30)
    slots = expect(CUES, board, starts_at=START, now=now)
    assert over_minutes(slots, ends_at=END, now=now) == 0


def test_what_shows_no_product_takes_its_time_too() -> None:
    cues = [Cue(1, 20, 5), Cue(2, 10), Cue(3, 15, 5)]
    before = replay(cues, [], ends_at=END, tail=5)
    for minute, first in ((0, 5), (3, 5), (9, 9)):  # the opening runs from the start, not anew
        now = START + timedelta(minutes=minute)
        slots = expect(cues, before, starts_at=START, now=now)
        assert slots[0].starts_at == START + timedelta(minutes=first)
        assert over_minutes(slots, ends_at=END, now=now, tail=5) == first - 5
    board = replay(cues, [press("show", 10, 1), press("fit", 30)], ends_at=END, tail=5)
    now = START + timedelta(minutes=30)
    slots = expect(cues, board, starts_at=START, now=now)
    assert slots[2].starts_at - slots[1].ends_at == timedelta(minutes=5)
    assert over_minutes(slots, ends_at=END, now=now, tail=5) == 0


@given(st.lists(st.integers(1, 240), min_size=1, max_size=20), st.integers(-60, 800))
def test_fitted_minutes_use_what_is_free(minutes: list[int], free: int) -> None:
    shares = fit_minutes(minutes, free)
    assert min(shares) >= 1
    assert sum(shares) == max(free, len(minutes))


def test_the_latest_word_on_a_price_holds() -> None:
    made = [press("price_on", 5, 2, minutes=10), press("price_off", 8, 2)]
    assert not replay(CUES, made, ends_at=END).prices[2].is_on
    again = [*made, press("price_on", 9, 2, minutes=5)]
    wish = replay(CUES, again, ends_at=END).prices[2]
    assert wish.is_on
    assert wish.until == START + timedelta(minutes=14)


@pytest.mark.parametrize(
    ("at_ms", "sent_ms", "minutes_ago"),
    [
        (None, None, 0),
        (0, 180_000, 3),  # the phone thinks it is 1970: its age counts all the same
        (200_000, 100_000, 0),  # pressed after it was sent: never in the future
        (0, 10**15, 20),  # older than the session itself
    ],
)
def test_a_press_is_dated_by_its_age(
    at_ms: int | None, sent_ms: int | None, minutes_ago: int
) -> None:
    now = START + timedelta(minutes=20)
    at = corrected(at_ms, sent_ms, now=now, earliest=START)
    assert at == now - timedelta(minutes=minutes_ago)
