"""Forms of shipping: shape only."""

import secrets
from collections.abc import Mapping
from typing import Final

import wtforms

from shop.core.text import N_
from shop.sheets.rules.mapping import Layout
from shop.shipping.registry import all_carriers
from shop.shipping.rules.carriers import OTHER, Area
from shop.shipping.rules.settlement import FIELDS, BadMapping, require_columns
from shop.web.forms import Form, choice, parse_whole, text, vnd, whole

OTHER_CARRIER: Final = N_("Hãng khác")

CLOSINGS: Final = {
    "fee": N_("Hãng giữ làm phí"),
    "received": N_("Tiền về sau, đã nhận"),
    "written_off": N_("Không đòi nữa, xóa chênh lệch"),
}
"""What may have become of a difference."""


def fresh_key() -> str:
    """A key by which a second click is known."""
    return secrets.token_urlsafe(16)


def carrier_choices() -> list[tuple[str, str]]:
    """Every carrier, and any other."""
    known = [(one.slug, one.label) for one in all_carriers().values()]
    return [*known, (OTHER, OTHER_CARRIER)]


class SettlementForm(Form):
    """A carrier's file to look at."""

    carrier = choice(N_("Hãng vận chuyển"), carrier_choices())
    sheet = wtforms.FileField(N_("Tệp đối soát .xlsx hoặc .csv"))
    submit_key = text(minimum=16, maximum=64, label="")


class ClosingForm(Form):
    """What became of an open difference."""

    kind = choice(N_("Chênh lệch này là"), list(CLOSINGS.items()))
    amount = vnd(N_("Số tiền"), is_required=False, minimum=1)
    steps = whole(minimum=0, maximum=1_000_000, label="")


class StepsForm(Form):
    """An act on a line as it was seen."""

    steps = whole(minimum=0, maximum=1_000_000, label="")


class AreaForm(Form):
    """What a carrier calls where a parcel goes."""

    province_code = text(minimum=2, maximum=2, label="")
    commune_code = text(minimum=5, maximum=5, label="")
    province = text(N_("Tỉnh theo hãng"), minimum=2, maximum=80)
    district = text(N_("Huyện, quận theo hãng"), minimum=2, maximum=80)
    ward = text(N_("Xã, phường theo hãng"), minimum=2, maximum=80)

    def area(self) -> Area:
        """What was typed."""
        return Area(self.province.data, self.district.data, self.ward.data)


def read_layout(posted: Mapping[str, str], width: int) -> Layout:
    """The columns as chosen: ``col_<field>`` counts from 1, empty for none. Raises BadMapping."""
    header = _number(posted.get("header", ""))
    columns = {}
    for field in FIELDS:
        place = _number(posted.get(f"col_{field}", ""))
        if place:
            columns[field] = place - 1
    layout = Layout(max(0, (header or 1) - 1), columns)
    require_columns(layout, width)
    return layout


def _number(typed: str) -> int:
    if not typed:
        return 0
    found = parse_whole(typed[:20])
    if found is None or found > 5_100:
        raise BadMapping
    return found
