"""The check symbol catches what people get wrong when they read a label aloud."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.core.text import CROCKFORD
from shop.traceability.rules import codes

data = st.text(CROCKFORD, min_size=9, max_size=9)
places = st.integers(0, 9)


def full(nine: str) -> str:
    return nine + codes.check_symbol(nine)


@given(data)
def test_a_code_with_its_check_symbol_is_right(nine: str) -> None:
    assert codes.is_right(full(nine))


@given(data, places, st.sampled_from(CROCKFORD))
def test_one_changed_symbol_always_shows(nine: str, place: int, symbol: str) -> None:
    code = full(nine)
    changed = code[:place] + symbol + code[place + 1 :]
    assert codes.is_right(changed) == (changed == code)


@given(data, places, places)
def test_two_swapped_symbols_always_show(nine: str, first: int, second: int) -> None:
    symbols = list(full(nine))
    symbols[first], symbols[second] = symbols[second], symbols[first]
    assert codes.is_right("".join(symbols)) == ("".join(symbols) == full(nine))


def test_every_error_of_both_kinds_is_caught_for_one_code() -> None:
    code = full("8CKTBHPVA")
    for place in range(10):
        for symbol in CROCKFORD.replace(code[place], ""):
            assert not codes.is_right(code[:place] + symbol + code[place + 1 :])
    for place in range(9):
        if code[place] != code[place + 1]:
            swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
            assert not codes.is_right(swapped)


@given(data, places, st.sampled_from(CROCKFORD))
def test_the_right_code_is_among_the_near_ones(nine: str, place: int, symbol: str) -> None:
    code = full(nine)
    changed = code[:place] + symbol + code[place + 1 :]
    near = codes.near(changed)
    assert changed == code or code in near
    assert all(codes.is_right(other) for other in near)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("8CKTB-HPVAG", "8CKTBHPVAG"),
        (" 8ckt bhpv.ag ", "8CKTBHPVAG"),
        ("ILOU000000", "110V000000"),
        ("8CKTBHPVA", None),
        ("8CKTBHPVAGX", None),
        ("", None),
        ("Ơ" * 10, None),
        ("８CKTBHPVAG", None),
        ("x" * 1_000_000, None),
        ("8CKTBHPV\x00G", None),
    ],
)
def test_codes_are_read_as_people_type_them(typed: str, read: str | None) -> None:
    assert codes.normalise(typed) == read


@given(st.text(max_size=60))
def test_nothing_typed_breaks_the_reader(typed: str) -> None:
    read = codes.normalise(typed)
    assert read is None or (len(read) == 10 and set(read) <= set(CROCKFORD))


def test_new_codes_are_right_and_differ() -> None:
    made = {codes.new_code() for _ in range(200)}
    assert len(made) == 200
    assert all(codes.is_right(code) for code in made)


@pytest.mark.parametrize("nine", ["", "12345678", "1234567890", "12345678I"])
def test_only_nine_symbols_have_a_check(nine: str) -> None:
    with pytest.raises(ValueError, match="not nine"):
        codes.check_symbol(nine)


@pytest.mark.parametrize("code", ["", "123", "IIIIIIIIII", "8CKTBHPVAGG"])
def test_what_is_no_code_is_not_right(code: str) -> None:
    assert not codes.is_right(code)
