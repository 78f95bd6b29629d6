"""Forms about orders: shape only."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from wtforms.validators import ValidationError

from shop.core.errors import Invalid
from shop.core.text import N_
from shop.orders import rules
from shop.orders.rules import read_code
from shop.stock.rules import Pick
from shop.web.forms import Form, choice, parse_whole, text
from shop.web.i18n import gettext as _


class BadPick(Invalid):
    message = N_("Số lượng lấy từ lô phải là số nguyên từ 0 trở lên.")


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


class ShipForm(Form):
    carrier = text(N_("Đơn vị vận chuyển"), maximum=40)
    tracking_no = text(N_("Mã vận đơn"), is_required=False, maximum=60)


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
