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
