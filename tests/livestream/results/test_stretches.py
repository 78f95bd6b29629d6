"""What lies between products, planned against actual, and the bars of the chart."""

from datetime import UTC, datetime, timedelta

from livestream.onair.rules.cues import DONE, SHOW, SKIP
from livestream.results.rules.charts import bars
from livestream.results.rules.stretches import actual, planned
from livestream.runsheets.rules.sheet import Part

EIGHT = datetime(2026, 11, 28, 13, 0, tzinfo=UTC)


def at(minute: int) -> datetime:
    return EIGHT + timedelta(minutes=minute)


def test_stretches_follow_the_product_before_them() -> None:
    sheet = [
        Part("b1", "opening", 5),
        Part("b2", "product", 20, 1),
        Part("b3", "questions", 8),
        Part("b4", "flash", 3, 1),
        Part("b5", "game", 4),
        Part("b6", "product", 20, 2),
        Part("b7", "closing", 5),
    ]
    assert [(one.after, one.minutes) for one in planned(sheet)] == [(None, 5), (1, 12), (2, 5)]


def test_only_what_was_pressed_is_known() -> None:
    presses = [(1, SHOW, at(7)), (1, DONE, at(30)), (2, SHOW, at(41)), (3, SHOW, at(50))]
    began, ended = at(0), at(60)
    assert actual(presses, began=began, ended=ended) == {None: 7, 1: 11}
    skipped = [*presses, (2, SKIP, at(52)), (3, DONE, at(55))]
    assert actual(skipped, began=began, ended=ended) == {None: 7, 1: 11, 3: 5}
    assert actual([], began=began, ended=ended) == {}, "nobody pressed anything"
    assert actual(presses[:1], began=None, ended=ended) == {}


def test_bars_are_in_proportion() -> None:
    assert [one.length for one in bars([("a", 50), ("b", 200), ("c", 0)])] == [25, 100, 1]
    assert [one.length for one in bars([("a", 0)])] == [1]
    assert bars([]) == []
