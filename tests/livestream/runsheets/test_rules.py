"""The order of a sheet, what may be said on a day, and words to reconsider."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livestream.clubs.policies import policy_of
from livestream.runsheets.rules import points, sheet
from livestream.runsheets.rules.sheet import Part, StrangePart
from livestream.runsheets.rules.words import remarks

START = datetime(2026, 11, 28, 13, 0, tzinfo=UTC)


def keys(parts: list[Part]) -> list[str]:
    return [part.key for part in parts]


def test_a_plain_sheet_and_one_that_follows_the_line_up() -> None:
    plain = sheet.arrange([], {7: 20, 9: 15})
    assert [(part.kind, part.minutes) for part in plain] == [
        ("opening", 5),
        ("product", 20),
        ("product", 15),
        ("closing", 5),
    ]
    stored = [
        Part("b1", "opening", 5),
        Part("b2", "product", 10, 7),
        Part("b3", "flash", 3, 8),
        Part("b4", "closing", 5),
    ]
    assert keys(sheet.arrange(stored, {7: 20, 9: 15})) == ["b1", "b2", "i9", "b4"]


def test_expected_times_cross_midnight() -> None:
    late = datetime(2026, 11, 28, 16, 55, tzinfo=UTC)
    found = sheet.timed([Part("a", "opening", 5), Part("b", "questions", 10)], late)
    assert [one.starts_at.minute for one in found] == [55, 0]
    assert found[1].starts_at == found[0].ends_at


def test_products_cannot_leave_by_the_sheet() -> None:
    current = sheet.arrange([], {7: 20})
    kept = sheet.edited(current, [Part("closing", "", 4)])
    assert keys(kept) == ["closing", "i7"], "the opening was dropped, the product was not"
    with pytest.raises(StrangePart):
        sheet.dropped(current, "i7")
    with pytest.raises(StrangePart):
        sheet.edited(current, [Part("b99", "", 4)])
    with pytest.raises(StrangePart):
        sheet.edited(current, [Part("i7", "", 4), Part("i7", "", 4)])
    with pytest.raises(StrangePart):
        sheet.added(current, "product", 5, 7)
    with pytest.raises(StrangePart):
        sheet.added(current, "flash", 5, None)


@given(
    st.lists(st.integers(1, 60), min_size=1, max_size=20),
    st.integers(1, 780),
)
def test_fitting_fills_the_session_whenever_it_can(minutes: list[int], length: int) -> None:
    parts = sheet.arrange([], dict(enumerate(minutes, start=1)))
    fitted = sheet.fitted(parts, length)
    assert keys(fitted) == keys(parts)
    shown = [part.minutes for part in fitted if part.kind == "product"]
    assert min(shown) >= 1
    room = length - 2 * sheet.FRAME_MINUTES
    if room >= len(minutes) and max(shown) < sheet.MAX_PART_MINUTES:
        assert sheet.over_minutes(fitted, length) == 0


def test_moving_and_minutes_of_an_item_shown_twice() -> None:
    parts = [
        Part("b1", "product", 10, 7),
        Part("b2", "product", 5, 8),
        Part("b3", "flash", 3, 7),
    ]
    assert keys(sheet.moved(parts, "b3", -1)) == ["b1", "b3", "b2"]
    assert keys(sheet.moved(parts, "b1", -1)) == ["b1", "b2", "b3"]
    assert sheet.minutes_by_item(parts) == {7: 13, 8: 5}


def test_points_end_with_their_source() -> None:
    paper = points.PaperFact(1, "ocop", "OCOP", 4, "12/QĐ", "UBND tỉnh", date(2026, 11, 27))
    entry = points.JournalFact(
        5, "harvest", "Thu hoạch", "L1", "T1", date(2026, 11, 1), "", date(2026, 11, 28)
    )
    label = points.label_points({"origin": "Thái Nguyên.", "warnings": "Có gừng", "usage": ""})
    said = [*label, *points.paper_points([paper]), *points.journal_points([entry])]
    good, gone = points.sayable(said, date(2026, 11, 28))
    assert [point.key for point in gone] == ["paper:1"]
    assert [point.key for point in good] == ["label:origin", "label:warnings", "journal:5"]
    kept = points.chosen(good, ["label:origin", "label:warnings"])
    assert [point.key for point in kept] == ["label:warnings", "journal:5"], "a warning is said"


@pytest.mark.parametrize(
    ("words", "platform", "codes"),
    [
        ("Miến dai, nấu không nát.", "tiktok", []),
        ("Trà này chữa mất ngủ, cam kết khỏi.", "facebook", ["claims_healing", "promise"]),
        ("OCOP 5 sao đây ạ", "facebook", ["claims_stars", "claims_ocop"]),
        ("Gọi 0912 345 678 hoặc vào Shopee nhé", "tiktok", ["contact", "other_platform"]),
        ("Gọi 0912 345 678 hoặc vào Shopee nhé", "zalo", []),
        ("Vào giỏ TikTok ngay", "tiktok", []),
        ("Cả nhà để lại số điện thoại", "shopee", ["comment_order"]),
        ("Cả nhà để lại số điện thoại", "facebook", []),
    ],
)
def test_words_to_reconsider(words: str, platform: str, codes: list[str]) -> None:
    found = remarks(words, valid_stars=None, policies=[policy_of(platform)])
    assert [one.code for one in found] == codes
    assert all(one.source for one in found)


def test_a_megabyte_of_script_is_read_in_one_pass() -> None:
    assert remarks("để lại " * 60_000, valid_stars=4, policies=[policy_of("tiktok")]) == []
