"""Shapes of what people type into a run sheet."""

from dataclasses import dataclass

from flask import request

from livestream.runsheets.rules.sheet import (
    ADDABLE,
    KIND_LABELS,
    MAX_PART_MINUTES,
    MAX_PARTS,
    Part,
    StrangePart,
)
from livestream.sessions.models import SessionItem
from livestream.sessions.services import ItemWish
from livestream.sessions.timing import MAX_MINUTES
from shop.core.db import MAX_ID
from shop.core.errors import Invalid
from shop.core.text import N_, clean
from shop.web import forms
from shop.web.forms import Form, parse_whole

MAX_TITLE = 120
MAX_NOTE = 1000
MAX_WORDS = 6000
_KEY_LENGTH = 20


class SheetForm(Form):
    """The sheet as a whole; its rows come beside it, see ``typed_parts``."""

    version = forms.whole("", is_required=False, maximum=MAX_ID)
    add_kind = forms.choice(
        N_("Thêm phần"), [(kind, KIND_LABELS[kind]) for kind in ADDABLE], is_required=False
    )
    add_minutes = forms.whole(
        N_("Số phút"), is_required=False, minimum=1, maximum=MAX_PART_MINUTES, default=5
    )
    add_item = forms.whole(N_("Sản phẩm"), is_required=False, maximum=MAX_ID)


class WordsForm(Form):
    """Words for one product; ``keep`` repeated: keys of the points that stay on the sheet."""

    words = forms.long_text(N_("Lời dẫn"), is_required=False, maximum=MAX_WORDS)


class ProductForm(Form):
    """A product to add."""

    variant_id = forms.row_id(N_("Sản phẩm"))


class DealForm(Form):
    """What a product costs on air and how much of it is kept; its minutes are the sheet's."""

    version = forms.whole("", is_required=False, maximum=MAX_ID)
    live_price_vnd = forms.vnd(N_("Giá khi live"), is_required=False, minimum=1000)
    set_aside = forms.whole(N_("Để riêng cho phiên"), is_required=False, maximum=1_000_000)
    price_from_minute = forms.whole(
        N_("Giá live từ phút thứ"), is_required=False, maximum=MAX_MINUTES
    )
    price_minutes = forms.whole(
        N_("Giá live kéo dài"),
        is_required=False,
        minimum=1,
        maximum=MAX_MINUTES,
        description=N_("Bỏ trống: đến hết phiên."),
    )
    price_cap = forms.whole(
        N_("Bán giá live tối đa"),
        is_required=False,
        minimum=1,
        maximum=1_000_000,
        description=N_("Bỏ trống: đến hết số để riêng."),
    )
    per_buyer = forms.whole(
        N_("Mỗi người mua tối đa"), is_required=False, minimum=1, maximum=1_000_000
    )

    def wish(self, item: SessionItem) -> ItemWish:
        """What was typed, for this item."""
        return ItemWish(
            variant_id=item.variant_id,
            minutes=item.minutes,
            live_price_vnd=self.live_price_vnd.data,
            set_aside=self.set_aside.data or 0,
            price_from_minute=self.price_from_minute.data or 0,
            price_minutes=self.price_minutes.data,
            price_cap=self.price_cap.data,
            per_buyer=self.per_buyer.data,
        )


@dataclass(frozen=True)
class Step:
    """The button that was pressed."""

    move: tuple[str, int] | None = None
    drop: str | None = None
    is_adding: bool = False
    is_fitting: bool = False


def typed_parts() -> list[Part]:
    """The rows as typed: ``part`` repeated in the order wished, with its three fields each.

    Raises Invalid naming the field of the first wrong number.
    """
    keys = [key[:_KEY_LENGTH] for key in request.form.getlist("part")]
    if len(keys) > MAX_PARTS:
        raise StrangePart
    return [
        Part(
            key,
            "",
            _minutes(key),
            title=_words(f"title_{key}", MAX_TITLE),
            note=_words(f"note_{key}", MAX_NOTE),
        )
        for key in keys
    ]


def _minutes(key: str) -> int:
    typed = parse_whole(request.form.get(f"minutes_{key}", "")[:20])
    if typed is None or not 1 <= typed <= MAX_PART_MINUTES:
        raise Invalid(N_("Mỗi phần từ 1 đến 240 phút."), field=f"minutes_{key}")
    return typed


def _words(name: str, maximum: int) -> str:
    typed = clean(request.form.get(name, "")[: maximum * 4])
    if len(typed) > maximum:
        raise Invalid(N_("Ghi chú dài quá %(most)s ký tự."), field=name, most=maximum)
    return typed


def pressed() -> Step:
    """Which button sent the form: ``step`` = ``up:KEY``, ``down:KEY``, ``drop:KEY``, ``add``,
    ``fit``; anything else only saves."""
    name, _colon, key = request.form.get("step", "")[:40].partition(":")
    if name in {"up", "down"}:
        return Step(move=(key, -1 if name == "up" else 1))
    if name == "drop":
        return Step(drop=key)
    return Step(is_adding=name == "add", is_fitting=name == "fit")
