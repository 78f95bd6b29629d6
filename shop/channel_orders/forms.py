"""Forms of order imports: shape only."""

import re

import wtforms

from shop.channel_orders.rules import FIELDS, NONE, Layout
from shop.core.text import N_
from shop.sheets.rules.headers import HEADER_ROWS
from shop.web import forms

MOST_COLUMNS = 200


class ImportForm(forms.Form):
    """A channel's order export."""

    co_so = forms.text(N_("Cơ sở"), is_required=False, maximum=120)
    channel = forms.text(N_("Sàn"), maximum=20)
    sheet = wtforms.FileField(N_("Tệp đơn hàng .xlsx hoặc .csv"))


def read_layout(posted: dict[str, str]) -> Layout | None:
    """The columns that the person chose; None for what no page of ours sends."""
    places = {}
    for field in ("header", *FIELDS):
        text = posted.get(field, "")
        if not re.fullmatch(r"-1|[0-9]{1,3}", text) or int(text) >= MOST_COLUMNS:
            return None
        places[field] = int(text)
    header = places.pop("header")
    chosen = [place for place in places.values() if place != NONE]
    if not 0 <= header < HEADER_ROWS or len(chosen) != len(set(chosen)):
        return None
    return Layout(header, places)
