"""Forms of templates and results: shape only."""

import re
from collections.abc import Mapping

import wtforms

from shop.channel_sheets.rules.filling import MOST_CONSTANT
from shop.core.db import MAX_ID
from shop.core.text import N_
from shop.web import forms

MOST_COLUMNS = 1_000
_CONSTANT = "cot:"
_CATEGORY = re.compile(r"^nganh-([0-9]{1,18})$")


class TemplateForm(forms.Form):
    """The empty workbook of a shop."""

    co_so = forms.text(N_("Cơ sở"), is_required=False, maximum=120)
    shop_label = forms.text(
        N_("Tên gian hàng"),
        is_required=False,
        maximum=80,
        description=N_("Chỉ cần khi cơ sở có nhiều gian hàng trên cùng một sàn."),
    )
    sheet = wtforms.FileField(N_("Mẫu trống .xlsx của gian hàng"))


class ResultForm(forms.Form):
    """What a channel gave back."""

    co_so = forms.text(N_("Cơ sở"), is_required=False, maximum=120)
    channel = forms.text(N_("Sàn"), maximum=20)
    sheet = wtforms.FileField(N_("Tệp kết quả .xlsx hoặc .csv"))


def read_constants(posted: Mapping[str, str]) -> dict[str, str]:
    """Column key -> the value for every row, as typed."""
    found = {
        name[len(_CONSTANT) :]: text[: 4 * MOST_CONSTANT]
        for name, text in posted.items()
        if name.startswith(_CONSTANT) and len(name) < 200
    }
    return dict(list(found.items())[:MOST_COLUMNS])


def read_categories(posted: Mapping[str, str]) -> dict[int, str]:
    """Product id -> category id: what was typed wins over what was picked."""
    found: dict[int, str] = {}
    for name, text in posted.items():
        told = _CATEGORY.match(name)
        if told is None or int(told[1]) > MAX_ID:
            continue
        typed = posted.get(f"{name}-khac", "").strip()
        found[int(told[1])] = (typed or text.strip())[:40]
    return found
