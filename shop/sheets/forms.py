"""Forms of the sheets: shape only."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import wtforms

from shop.core.db import MAX_ID
from shop.core.errors import Invalid
from shop.core.text import N_, clean
from shop.sheets.rules.grid import RowEdit, Was
from shop.web.forms import Form, choice, text

MAX_ROWS: Final = 100
"""Rows of the grid that one save may hold: a page."""

MODES: Final = {
    "keep": N_("Không đụng đến tồn kho"),
    "add": N_("Nhập thêm: cộng vào số đang có"),
    "count": N_("Kiểm kê: ghi đè bằng số đếm được"),
}
"""What the stock column of a sheet means, by explicit choice."""


class UploadForm(Form):
    """A sheet to try; what is in the file is judged in the background."""

    sheet = wtforms.FileField(N_("Tệp .xlsx hoặc .csv"))
    stock_mode = choice(N_("Cột tồn kho"), list(MODES.items()), default="keep")
    submit_key = text(minimum=16, maximum=64, label="")


@dataclass(frozen=True)
class GridForm:
    """The grid as posted."""

    edits: list[RowEdit]
    reason: str
    submit_key: str


_WAS: Final = re.compile(r"([0-9]{1,10}):([0-9]{1,7}):([0-9]{1,10})")


def _is_id(digits: str) -> bool:
    is_number = digits.isascii() and digits.isdigit() and len(digits) <= 10
    return is_number and 0 < int(digits) <= MAX_ID


def read_grid(posted: Mapping[str, str]) -> GridForm:
    """The rows of the grid: ``was-<id>`` says what the page showed, the rest is what was typed.

    Raises Invalid for what no page of ours sends.
    """
    edits = []
    for name in posted:
        head, _, digits = name.partition("-")
        if head != "was":
            continue
        shown = _WAS.fullmatch(posted[name])
        if not _is_id(digits) or shown is None:
            raise Invalid
        price, low, on_hand = (int(part) for part in shown.groups())
        typed = {
            field: clean(posted.get(f"{field}-{digits}", "")[:200]).replace("\n", " ")
            for field in ("price", "low", "add", "count", "lot")
        }
        edits.append(RowEdit(int(digits), Was(price, low, on_hand), **typed))
        if len(edits) > MAX_ROWS:
            raise Invalid
    key = posted.get("submit_key", "")
    if not 16 <= len(key) <= 64 or not key.isprintable():
        raise Invalid
    return GridForm(edits, posted.get("reason", "")[:20], key)
