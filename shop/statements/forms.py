"""Forms of statements: shape only."""

import re

import wtforms

from shop.core.db import MAX_ID
from shop.core.text import N_
from shop.statements.rules import MOST_LINES
from shop.web import forms


class StatementForm(forms.Form):
    """A bank's file and the account it is of."""

    account_id = forms.row_id(N_("Tài khoản"))
    sheet = wtforms.FileField(N_("Tệp sao kê .xlsx hoặc .csv"))


def read_numbers(posted: list[str]) -> set[int]:
    """Row numbers that were ticked; anything else counts as none."""
    sound = [one for one in posted[: 2 * MOST_LINES] if re.fullmatch(r"[0-9]{1,6}", one)]
    return {int(one) for one in sound if int(one) <= MAX_ID}
