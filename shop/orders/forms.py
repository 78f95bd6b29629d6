"""Forms about orders: shape only."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from wtforms.validators import ValidationError

from shop.core.clock import VN
from shop.core.db import MAX_ID
from shop.core.errors import Invalid
from shop.core.text import N_
from shop.orders import rules
from shop.orders.rules import read_code
from shop.orders.rules.calls import OUTCOMES
from shop.orders.rules.parcels import FAIL_REASONS, Back
from shop.stock.rules import Pick
from shop.web.forms import Form, choice, moment, parse_whole, radio, text
from shop.web.i18n import gettext as _


class BadPick(Invalid):
    message = N_("Số lượng lấy từ lô phải là số nguyên từ 0 trở lên.")


class BadBack(Invalid):
    message = N_("Số nhập lại kho phải từ 0 đến %(most)s, là số hàng trong kiện.")


class LookupForm(Form):
    """An order by its code and the last digits of the phone number on it."""

    code = text(N_("Mã đơn"), maximum=40)
    phone_tail = text(N_("4 số cuối điện thoại nhận hàng"), minimum=4, maximum=4)

    def validate_code(self, field: Any) -> None:
        """The code carries a check symbol, so a typing mistake is told at once."""
        code = read_code(field.data)
        if code is None:
            raise ValidationError(_("Mã đơn chưa đúng. Mã gồm 10 chữ và số, ví dụ: 7KQ2M9XW4T."))
        field.data = code

    def validate_phone_tail(self, field: Any) -> None:
        """Four digits."""
        if not (field.data.isascii() and field.data.isdigit()):
            raise ValidationError(_("Vui lòng nhập 4 chữ số."))


def _choices(words: Mapping[str, str]) -> list[tuple[str, str]]:
    return list(words.items())


class BuyerCancelForm(Form):
    reason = choice(N_("Lý do hủy"), _choices(rules.BUYER_REASONS))


class SellerCancelForm(Form):
    reason = choice(N_("Lý do hủy"), _choices(rules.SELLER_REASONS))


class CutForm(Form):
    reason = choice(N_("Vì sao không gửi phần còn lại"), _choices(rules.CUT_REASONS))


class ShipForm(Form):
    carrier = text(N_("Đơn vị vận chuyển"), maximum=40)
    tracking_no = text(N_("Mã vận đơn"), is_required=False, maximum=60)


class FailForm(Form):
    reason = choice(N_("Vì sao chưa giao được"), _choices(FAIL_REASONS))


class CallForm(Form):
    """What came of a call; the time is Vietnam's, as people read it off their clock."""

    outcome = radio(N_("Kết quả cuộc gọi"), _choices(OUTCOMES))
    next_at = moment(N_("Khách hẹn gọi lại lúc"), is_required=False)
    submit_key = text(minimum=16, maximum=64, label="")

    @property
    def call_at(self) -> datetime | None:
        """The agreed instant."""
        found: datetime | None = self.next_at.data
        return found.replace(tzinfo=VN) if found else None


class BatchForm(Form):
    submit_key = text(minimum=16, maximum=60, label="")


class BatchShipForm(Form):
    carrier = text(N_("Đơn vị vận chuyển"), maximum=40)


def read_parcel(posted: Mapping[str, str]) -> int | None:
    """Which parcel is meant: the field ``kien``; None when it names none."""
    found = parse_whole(posted.get("kien", "")[:20])
    return found if found is not None and 0 < found <= MAX_ID else None


def read_back(posted: Mapping[str, str], packed: Mapping[int, int]) -> list[Back]:
    """What of a parcel goes on the shelf again: fields ``nhap_<line>``; the rest is written off.

    ``packed``: parcel line id -> units in it. Raises BadBack.
    """
    found = []
    for line_id, units in packed.items():
        restock = parse_whole(posted.get(f"nhap_{line_id}", "")[:20])
        if restock is None or restock > units:
            raise BadBack(most=units)
        found.append(Back(line_id, restock, units - restock))
    return found


def read_picks(
    posted: Mapping[str, str], sources: Mapping[int, Iterable[int | None]]
) -> dict[int, Sequence[Pick]] | None:
    """The lots chosen: fields ``pick_<line>_<lot>`` (lot 0: loose units) hold units.

    ``sources``: line id -> lots that were offered. None when no such field came: take what is
    proposed. Raises BadPick.
    """
    if not any(name.startswith("pick_") for name in posted):
        return None
    picks: dict[int, Sequence[Pick]] = {}
    for line_id, lots in sources.items():
        chosen: list[Pick] = []
        for lot_id in lots:
            typed = posted.get(f"pick_{line_id}_{lot_id or 0}", "").strip()
            units = parse_whole(typed[:20]) if typed else 0
            if units is None or units > rules.MAX_LINE_QUANTITY:
                raise BadPick
            if units:
                chosen.append((lot_id, units))
        picks[line_id] = chosen
    return picks
