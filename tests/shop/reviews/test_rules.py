"""What may be said, by plain values."""

from datetime import UTC, datetime, timedelta

import pytest

from shop.reviews import rules

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Nguyễn Văn A", "Nguyễn V. A."),
        ("Lò Thị Mai", "Lò T. M."),
        ("Mai", "Mai"),
        ("  Đỗ   Đức ", "Đỗ Đ."),
        ("", ""),
        ("a " * 100, "a " + "a. " * 26),
    ],
)
def test_names_are_shortened(name: str, short: str) -> None:
    assert rules.shorten_name(name).strip() == short.strip()[:80].strip()


@pytest.mark.parametrize(
    "text",
    [
        "Ngon lắm, sẽ mua nữa",
        "Ngon.Shop gói kỹ, giao nhanh",
        "Mua 2.500.000 đồng hàng Tết, lô L-2026-01",
        "Hạn dùng 22/11/2027, nặng 0,5 kg",
        "3.5 sao thôi",
        "Gói 500g.Cả nhà thích",
    ],
)
def test_honest_words_pass(text: str) -> None:
    rules.require_clean(text)


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("mua ở https://x.vn", rules.HasLink),
        ("vào www.lua-dao.com nhé", rules.HasLink),
        ("shopee.vn/abc rẻ hơn", rules.HasLink),
        ("nhắn zalo.me/0912", rules.HasLink),
        ("gọi 0912 345 678", rules.HasContact),
        ("+84 912.345.678 nhé", rules.HasContact),
        ("viết cho toi@vidu.vn", rules.HasContact),
    ],
)
def test_links_and_contacts_are_refused(text: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        rules.require_clean(text)


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("Bán như lừa đảo, ĐÉO mua nữa", "held"),
        ("Một lon nước các loại", "shown"),
        ("", "shown"),
        ("chốt đơn ngay", "shown"),
    ],
)
def test_rough_words_wait_for_staff(text: str, state: str) -> None:
    assert rules.first_state(text) == state


def test_the_window_to_edit() -> None:
    end = NOW + rules.EDIT_WINDOW
    assert rules.may_edit("shown", NOW, end - timedelta(seconds=1))
    assert not rules.may_edit("shown", NOW, end)
    assert not rules.may_edit("hidden", NOW, NOW)


def test_reasons_of_every_kind_have_words() -> None:
    for reasons in rules.REASONS_OF.values():
        assert set(reasons) <= set(rules.REPORT_REASONS)
        rules.require_reason("fake", "", reasons)
        with pytest.raises(rules.NoteNeeded):
            rules.require_reason("other", "", reasons)
        with pytest.raises(rules.ReasonNeeded):
            rules.require_reason("", "x", reasons)
