"""Forms of statements: shape only."""

import re

import wtforms

from shop.core.db import MAX_ID
from shop.core.text import N_
from shop.sheets.rules.headers import HEADER_ROWS
from shop.statements.rules import FIELDS, MOST_LINES, NONE, Layout
from shop.web import forms

MOST_COLUMNS = 200


class StatementForm(forms.Form):
    """A bank's file and the account it is of."""

    account_id = forms.row_id(N_("Tài khoản"))
    sheet = wtforms.FileField(N_("Tệp sao kê .xlsx hoặc .csv"))


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


def read_numbers(posted: list[str]) -> set[int]:
    """Row numbers that were ticked; anything else counts as none."""
    sound = [one for one in posted[: 2 * MOST_LINES] if re.fullmatch(r"[0-9]{1,6}", one)]
    return {int(one) for one in sound if int(one) <= MAX_ID}
