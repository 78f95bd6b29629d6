"""Money never loses a đồng; text is clean and foldable."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.core.money import distribute, format_vnd
from shop.core.text import CROCKFORD, clean, fold, random_code, slugify


@pytest.mark.parametrize(
    ("amount", "shown"),
    [(0, "0\u00a0₫"), (1000, "1.000\u00a0₫"), (125000, "125.000\u00a0₫"), (-5000, "-5.000\u00a0₫")],
)
def test_format_vnd(amount: int, shown: str) -> None:
    assert format_vnd(amount) == shown


@pytest.mark.parametrize(
    ("total", "weights", "shares"),
    [
        (10, [1, 1, 1], [4, 3, 3]),
        (100, [1, 2], [33, 67]),
        (0, [0, 0], [0, 0]),
        (7, [0, 5, 0], [0, 7, 0]),
        (5, [], None),
    ],
)
def test_distribute_examples(total: int, weights: list[int], shares: list[int] | None) -> None:
    if shares is None:
        with pytest.raises(ValueError, match="zero weights"):
            distribute(total, weights)
    else:
        assert distribute(total, weights) == shares


@given(
    st.integers(0, 10**10),
    st.lists(st.integers(0, 10**9), min_size=1, max_size=40).filter(any),
)
def test_distribute_sums_exactly_and_stays_within_one_dong(total: int, weights: list[int]) -> None:
    shares = distribute(total, weights)
    whole = sum(weights)
    assert sum(shares) == total
    for share, weight in zip(shares, weights, strict=True):
        assert total * weight // whole <= share <= -(-total * weight // whole)


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=20).filter(any), st.data())
def test_no_share_exceeds_its_weight(weights: list[int], data: st.DataObject) -> None:
    total = data.draw(st.integers(0, sum(weights)))
    assert all(s <= w for s, w in zip(distribute(total, weights), weights, strict=True))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Miến   dong ", "Miến dong"),
        ("a\x00b\u200bc\u202ed", "abcd"),
        ("Mie\u0302\u0301n", "Miến"),
        ("một\r\nhai", "một\nhai"),
        ("\ufffe\uffff", ""),
        ("", ""),
    ],
)
def test_clean(typed: str, kept: str) -> None:
    assert clean(typed) == kept


@given(st.text(alphabet=" \n\t\r\u00a0\u2028\u200b\u0301\x00aeế", max_size=12))
def test_tidy_texts_take_a_short_way_to_the_same_end(typed: str) -> None:
    joined = typed.replace("\r\n", "\n").replace("\r", "\n")
    normal = unicodedata.normalize("NFC", joined)
    left_out = {"Cc", "Cf"}
    kept = "".join(c for c in normal if c in "\n\t" or unicodedata.category(c) not in left_out)
    lines = [re.sub(r"[^\S\n]+", " ", line).strip() for line in kept.split("\n")]
    assert clean(typed) == "\n".join(lines).strip()


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Miến dong Tài Hoan", "mien dong tai hoan"),
        ("ĐƯỜNG phèn", "duong phen"),
        ("gừng  đá – 500g", "gung da 500g"),
        ("ầ ế ỗ ữ ợ ỹ", "a e o u o y"),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded
    assert fold(fold(text)) == folded


def test_slug_is_never_empty() -> None:
    assert slugify("Trà hoa vàng (Bắc Kạn)") == "tra-hoa-vang-bac-kan"
    assert slugify("!!!") == "x"
    assert len(slugify("dài " * 100)) <= 80


def test_random_code_uses_unambiguous_symbols() -> None:
    code = random_code(200)
    assert len(code) == 200
    assert set(code) <= set(CROCKFORD)
    assert not set("ILOU") & set(CROCKFORD)
