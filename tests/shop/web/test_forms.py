"""Fields read what people type, clean it, and say what is wrong; nothing reaches a query unread."""

from datetime import date, datetime
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from shop.core.errors import Conflict
from shop.web import forms

HOSTILE = [
    "\x00",
    "2147483648",
    "-1",
    "1.5",
    "1e3",
    "0x10",
    "٣",
    "½",
    "²",
    "NaN",
    "∞",
    "9" * 400,
    "",
    " ",
    "\u200b",
    "x" * 100_000,
    "9" * 100_000,
]


@pytest.fixture
def app() -> Flask:
    """Forms need no more of an application than its requests."""
    return Flask(__name__)


class Everything(forms.Form):
    name = forms.text("Tên", maximum=20)
    story = forms.long_text("Chuyện", is_required=False, maximum=50)
    quantity = forms.whole("Số lượng", minimum=1, maximum=99)
    price = forms.vnd("Giá", is_required=False, minimum=1000)
    item = forms.row_id()
    kind = forms.choice("Loại", [("a", "A"), ("b", "B")])
    many = forms.choices("Nhiều", [("a", "A"), ("b", "B")], is_required=False)
    mail = forms.email("E-mail", is_required=False)
    phone = forms.phone("Điện thoại", is_required=False)
    made_on = forms.day("Ngày", is_required=False)
    starts = forms.moment("Lúc", is_required=False)
    agreed = forms.tick("Đồng ý", must=True)
    back = forms.hidden()


GOOD = {"name": "Miến", "quantity": "2", "item": "7", "kind": "a", "agreed": "1"}


def read(app: Flask, **over: Any) -> Everything:
    with app.test_request_context("/", method="POST", data=GOOD | over):
        form = Everything.read()
        form.validate()
        return form


def test_good_form_is_read(app: Flask) -> None:
    form = read(app)
    assert not form.errors
    assert (form.quantity.data, form.item.data, form.kind.data) == (2, 7, "a")


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("125000", 125000),
        ("125.000", 125000),
        ("1.250.000", 1250000),
        ("1 250 000", 1250000),
        ("1\u00a0250\u00a0000", 1250000),
        ("125.000 ₫", 125000),
        ("125000đ", 125000),
        (" 7 ", 7),
        ("007", 7),
        ("0", 0),
        ("1.25", None),
        ("12.50", None),
        ("1,250", None),
        ("1.2500", None),
        (".000", None),
        ("-5", None),
        ("+5", None),
        ("1e3", None),
        ("٣", None),
        ("１２", None),
        ("²", None),
        ("", None),
        ("9" * 16, None),
        ("1\x00", 1),
    ],
)
def test_numbers_as_typed(typed: str, number: int | None) -> None:
    assert forms.parse_whole(typed) == number


@given(st.text(max_size=40))
def test_any_text_is_a_number_in_range_or_none(typed: str) -> None:
    number = forms.parse_whole(typed)
    assert number is None or 0 <= number < 10**15


@given(st.integers(min_value=0, max_value=10**12))
def test_numbers_as_we_write_them_are_read_back(number: int) -> None:
    dotted = f"{number:,}".replace(",", ".")
    assert forms.parse_whole(dotted) == number
    assert forms.parse_whole(dotted + "\u00a0₫") == number


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", " \u200b "),
        ("name", "x" * 21),
        ("story", "x" * 51),
        ("quantity", "0"),
        ("quantity", "100"),
        ("quantity", "hai"),
        ("price", "999"),
        ("price", "10000000001"),
        ("item", "0"),
        ("item", "2147483648"),
        ("kind", "c"),
        ("kind", ""),
        ("many", "c"),
        ("mail", "a@b"),
        ("mail", "a b@c.test"),
        ("mail", "a@b..test"),
        ("phone", "123"),
        ("phone", "+1 202 555 0123"),
        ("made_on", "31/02/2026"),
        ("made_on", "hôm qua"),
        ("starts", "25:00"),
        ("agreed", ""),
    ],
)
def test_wrong_value_has_its_sentence_beside_the_field(app: Flask, field: str, value: str) -> None:
    form = read(app, **{field: value})
    assert set(form.errors) == {field}
    assert all(form.errors[field])


@pytest.mark.parametrize("field", Everything(None)._fields)
@pytest.mark.parametrize("value", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_value_is_an_error_or_a_clean_value(app: Flask, field: str, value: str) -> None:
    form = read(app, **{field: value})
    data = form[field].data
    if isinstance(data, int):
        assert field == "agreed" or data <= 2**31 - 1 or field == "price" or form.errors
    if isinstance(data, str) and field != "back":
        assert "\x00" not in data


def test_repeated_and_missing_fields(app: Flask) -> None:
    form = read(app, quantity=["2", "3"], kind=["a", "b"], many=["a", "b"])
    assert (form.quantity.data, form.kind.data, form.many.data) == (2, "a", ["a", "b"])
    with app.test_request_context("/", method="POST", data={}):
        empty = Everything.read()
        assert not empty.validate()
        assert set(empty.errors) == {"name", "quantity", "item", "kind", "agreed"}


def test_text_is_composed_and_cleaned(app: Flask) -> None:
    form = read(app, name="  Mie\u0302\u0301n\u200b \x00 dong\r\n ", story="a\r\nb\u202e")
    assert form.name.data == "Miến dong"
    assert form.story.data == "a\nb"


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        ("0912345678", "0912345678"),
        ("+84 912 345 678", "0912345678"),
        ("0912.345.678", "0912345678"),
        ("84912345678", "0912345678"),
        ("０９１２３４５６７８", "0912345678"),
    ],
)
def test_phones_as_typed(app: Flask, typed: str, digits: str) -> None:
    assert read(app, phone=typed).phone.data == digits


def test_days_and_moments_as_typed(app: Flask) -> None:
    form = read(app, made_on="22/11/2026", starts="2026-11-22T20:00")
    assert form.made_on.data == date(2026, 11, 22)
    assert form.starts.data == datetime(2026, 11, 22, 20, 0)  # noqa: DTZ001 - as typed
    assert read(app, made_on="2026-11-22").made_on.data == date(2026, 11, 22)


def test_refusal_of_a_service_stands_beside_its_field(app: Flask) -> None:
    form = read(app)
    with app.test_request_context("/"):
        form.add_error(Conflict("Chỉ còn %(left)s.", field="quantity", left=3))
        form.add_error(Conflict("Đã đổi.", field="nowhere"))
    assert form.quantity.errors == ["Chỉ còn 3."]
    assert form.form_errors == ["Đã đổi."]


def test_typed_number_is_shown_again_as_typed(app: Flask) -> None:
    form = read(app, quantity="hai hộp")
    assert 'value="hai hộp"' in str(form.quantity())


def test_optional_number_left_empty_is_none(app: Flask) -> None:
    form = read(app, price="")
    assert form.price.data is None
    assert not form.errors
