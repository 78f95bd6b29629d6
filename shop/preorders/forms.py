"""What producers and buyers type: shape only."""

import re
from typing import Any, Final

from wtforms import HiddenField
from wtforms.validators import ValidationError

from shop.core.text import N_
from shop.preorders.rules import (
    CANCEL_REASONS,
    DEPOSIT_KINDS,
    MAX_HELD_BACK_PERCENT,
    MAX_QUANTITY,
    MAX_UNITS,
    MOVE_REASONS,
    REST,
)
from shop.preorders.services import HarvestPlan, PlaceRequest, WindowPlan
from shop.web.forms import (
    Form,
    choice,
    day,
    email,
    hidden,
    long_text,
    parse_whole,
    phone,
    radio,
    text,
    vnd,
    whole,
)
from shop.web.i18n import gettext as _

_SUBMIT_KEY: Final = re.compile(r"[A-Za-z0-9_-]{16,64}")


class _Once(Form):
    """A form that makes something, once however often it is sent."""

    submit_key = HiddenField()

    def validate_submit_key(self, field: Any) -> None:
        """What the page was sent with; a missing one means the page was not ours."""
        if not _SUBMIT_KEY.fullmatch(field.data or ""):
            raise ValidationError(_("Trang đã mở quá lâu. Vui lòng tải lại trang."))


class HarvestForm(Form):
    """What is expected."""

    season = text(N_("Tên vụ"), maximum=80)
    expected_units = whole(N_("Dự kiến thu hoạch"), minimum=1, maximum=MAX_UNITS)
    held_back_percent = whole(N_("Để dành phòng mất mùa"), maximum=MAX_HELD_BACK_PERCENT)
    outlook = long_text(N_("Nói thật với người mua"), is_required=False, maximum=1000)

    def harvest(self) -> HarvestPlan:
        """What the service takes; call it on a valid form."""
        return HarvestPlan(
            season=self.season.data,
            expected_units=self.expected_units.data or 0,
            held_back_percent=self.held_back_percent.data or 0,
            outlook=self.outlook.data or "",
        )


class TermsForm(Form):
    """Room, price and deposit of a window."""

    closes_on = day(N_("Nhận đặt đến hết ngày"))
    capacity = whole(N_("Số chỗ"), minimum=1, maximum=MAX_UNITS)
    price_vnd = vnd(N_("Giá mỗi đơn vị"), minimum=1_000)
    per_buyer = whole(N_("Mỗi người tối đa"), is_required=False, minimum=1, maximum=MAX_QUANTITY)
    deposit_kind = choice(N_("Tiền cọc"), [*DEPOSIT_KINDS.items()])
    deposit_amount = vnd(N_("Mức cọc"), is_required=False)

    def _plan(self, from_on: Any, to_on: Any) -> WindowPlan:
        is_free = self.deposit_kind.data == "none"
        return WindowPlan(
            from_on=from_on,
            to_on=to_on,
            closes_on=self.closes_on.data,
            capacity=self.capacity.data or 0,
            price_vnd=self.price_vnd.data or 0,
            per_buyer=self.per_buyer.data,
            deposit_kind=self.deposit_kind.data,
            deposit_amount=0 if is_free else self.deposit_amount.data or 0,
        )

    def plan(self, from_on: Any, to_on: Any) -> WindowPlan:
        """The terms for these days; call it on a valid form."""
        return self._plan(from_on, to_on)


class WindowForm(_Once, TermsForm):
    """A window with its days."""

    from_on = day(N_("Giao từ ngày"))
    to_on = day(N_("Giao đến ngày"))

    def window(self) -> WindowPlan:
        """What the service takes; call it on a valid form."""
        return self._plan(self.from_on.data, self.to_on.data)


class SeasonForm(HarvestForm, WindowForm):
    """A harvest and its first window. The sizes to choose from are filled by the route."""

    variant_id = choice(N_("Mặt hàng"))


class MoveForm(Form):
    """Other days, and why."""

    from_on = day(N_("Giao từ ngày"))
    to_on = day(N_("Giao đến ngày"))
    reason = choice(N_("Lý do dời"), [*MOVE_REASONS.items()])
    seen_moves = whole("", maximum=MAX_UNITS)


class CancelForm(Form):
    """Why a window is called off."""

    reason = choice(N_("Lý do hủy"), [*CANCEL_REASONS.items()])


class PlaceForm(_Once):
    """How many, for whom, where. Choices of places are filled by the route."""

    quantity = whole(N_("Số lượng"), minimum=1, maximum=MAX_QUANTITY)
    full_name = text(N_("Họ tên người nhận"), minimum=2, maximum=120)
    phone = phone(N_("Số điện thoại"))
    email = email(N_("E-mail"), is_required=False)
    province_code = choice(N_("Tỉnh, thành phố"))
    commune_code = choice(N_("Xã, phường"))
    street = text(N_("Số nhà, thôn, đường"), minimum=2, maximum=200)
    note = long_text(N_("Ghi chú cho người bán"), is_required=False, maximum=500)
    rest_by = radio(N_("Phần còn lại trả thế nào"), [*REST.items()])
    expected_total = hidden(maximum=20)
    expected_deposit = hidden(maximum=20)

    def request(self, window_code: str, language: str) -> PlaceRequest:
        """What the service takes; call it on a valid form."""
        return PlaceRequest(
            submit_key=self.submit_key.data,
            window_code=window_code,
            quantity=self.quantity.data or 0,
            full_name=self.full_name.data,
            phone=self.phone.data,
            email=self.email.data or None,
            province_code=self.province_code.data,
            commune_code=self.commune_code.data,
            street=self.street.data,
            note=self.note.data or "",
            rest_by=self.rest_by.data,
            expected_total_vnd=parse_whole(self.expected_total.data or ""),
            expected_deposit_vnd=parse_whole(self.expected_deposit.data or ""),
            language=language,
        )
