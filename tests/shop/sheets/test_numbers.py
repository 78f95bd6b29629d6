"""Numbers as people type them: a table of the common ways, properties for all others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.sheets.rules import numbers
from shop.sheets.rules.numbers import GRAMS, MILLILITRES, MILLIMETRES, MONEY, PLAIN, Unreadable

MOST = 10**12


def read(typed: str | float, units: dict[str, int] | None = None) -> int:
    return numbers.parse_whole(typed, units=units or PLAIN, minimum=0, maximum=MOST)


@pytest.mark.parametrize(
    ("typed", "units", "wanted"),
    [
        ("1.250.000", MONEY, 1_250_000),
        ("1,250,000.00", MONEY, 1_250_000),
        ("1.250.000,00", MONEY, 1_250_000),
        ("1 250 000", MONEY, 1_250_000),
        ("1'250'000", MONEY, 1_250_000),
        ("1\u00a0250\u00a0000 ₫", MONEY, 1_250_000),
        ("125.000 ₫", MONEY, 125_000),
        ("125.000đ", MONEY, 125_000),
        ("125000 VND", MONEY, 125_000),
        ("125k", MONEY, 125_000),
        ("125 nghìn", MONEY, 125_000),
        ("1,5 triệu", MONEY, 1_500_000),
        ("1.5tr", MONEY, 1_500_000),
        ("1.250", PLAIN, 1_250),
        ("1,250", PLAIN, 1_250),
        ("+20", PLAIN, 20),
        ("007", PLAIN, 7),
        (" 12 ", PLAIN, 12),
        (12, PLAIN, 12),
        (12.0, PLAIN, 12),
        ("1,5 kg", GRAMS, 1_500),
        ("1.5kg", GRAMS, 1_500),
        ("0,125 kg", GRAMS, 125),
        ("500 g", GRAMS, 500),
        ("500 gr.", GRAMS, 500),
        ("0,5 lít", MILLILITRES, 500),
        ("12 cm", MILLIMETRES, 120),
    ],
)
def test_common_ways_are_read(typed: str | float, units: dict[str, int], wanted: int) -> None:
    assert read(typed, units) == wanted


@pytest.mark.parametrize(
    ("typed", "units", "why"),
    [
        ("12%", MONEY, numbers.PERCENT),
        ("-5", PLAIN, numbers.NEGATIVE),
        ("−5", PLAIN, numbers.NEGATIVE),
        ("(5)", PLAIN, numbers.NEGATIVE),
        (-5, PLAIN, numbers.NEGATIVE),
        ("1,5", MONEY, numbers.NOT_WHOLE),
        (1.5, PLAIN, numbers.NOT_WHOLE),
        ("0.500", PLAIN, numbers.NOT_WHOLE),
        ("1.250 kg", GRAMS, numbers.AMBIGUOUS),
        ("1,250k", MONEY, numbers.AMBIGUOUS),
        ("1.25.000", MONEY, numbers.AMBIGUOUS),
        ("12.34.56", MONEY, numbers.AMBIGUOUS),
        ("1.234,567.8", MONEY, numbers.AMBIGUOUS),
        ("8,93E+12", PLAIN, numbers.SCIENTIFIC),
        ("1e5", PLAIN, numbers.SCIENTIFIC),
        ("5 con", PLAIN, numbers.UNKNOWN_UNIT),
        ("5 kg", MILLIMETRES, numbers.UNKNOWN_UNIT),
        ("", PLAIN, numbers.NOT_A_NUMBER),
        ("mười", PLAIN, numbers.NOT_A_NUMBER),
        ("٣", PLAIN, numbers.NOT_A_NUMBER),
        ("²", PLAIN, numbers.NOT_A_NUMBER),
        ("=1+1", PLAIN, numbers.NOT_A_NUMBER),
        ("1" * 41, PLAIN, numbers.NOT_A_NUMBER),
        ("1" * 39, PLAIN, numbers.TOO_LARGE),
        (float("nan"), PLAIN, numbers.NOT_A_NUMBER),
        (float("inf"), PLAIN, numbers.NOT_A_NUMBER),
        (1e300, PLAIN, numbers.TOO_LARGE),
    ],
)
def test_what_is_unclear_is_refused(typed: str | float, units: dict[str, int], why: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read(typed, units)
    assert refused.value.text == why


@given(st.integers(0, MOST), st.sampled_from(["", ".", ",", " ", "'", "\u00a0"]))
def test_grouping_never_changes_the_number(number: int, mark: str) -> None:
    assert read(f"{number:,}".replace(",", mark)) == number


@given(st.integers(0, 10**9), st.sampled_from([("k", 3), ("tr", 6)]), st.sampled_from(".,"))
def test_a_unit_moves_the_point_exactly(number: int, unit: tuple[str, int], point: str) -> None:
    name, places = unit
    digits = f"{number:0{places + 1}d}"
    typed = f"{digits[:-places]}{point}{digits[-places:]}0{name}"
    assert read(typed, dict(MONEY)) == number


def read_or_none(typed: str | float) -> int | None:
    try:
        return read(typed, dict(MONEY))
    except Unreadable:
        return None


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_and_never_negative(text: str) -> None:
    assert read_or_none(text) is None or 0 <= (read_or_none(text) or 0) <= MOST


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_any_float_is_read_exactly_or_refused(value: float) -> None:
    assert read_or_none(value) in {None, value}
