"""Shapes of what staff type about campaigns."""

from datetime import datetime, time, timedelta
from typing import Any

from livestream.campaigns.models import Campaign
from shop.core.clock import VN
from shop.core.db import MAX_ID
from shop.core.errors import Invalid
from shop.core.money import MAX_VND
from shop.core.text import N_
from shop.web import forms
from shop.web.forms import Form


class CampaignForm(Form):
    """A campaign: its days are whole days in Vietnam, the last one included."""

    name = forms.text(N_("Tên chiến dịch"), minimum=3, maximum=160)
    name_en = forms.text(N_("Tên tiếng Anh"), is_required=False, maximum=160)
    province_code = forms.choice(N_("Tỉnh, thành phố"), is_required=False)
    starts_on = forms.day(N_("Từ ngày"))
    ends_on = forms.day(N_("Đến hết ngày"))
    goal_vnd = forms.vnd(N_("Mục tiêu doanh thu"), is_required=False, maximum=MAX_VND)
    goal_kg = forms.whole(N_("Mục tiêu sản lượng (kg)"), is_required=False, maximum=10_000_000)
    about = forms.long_text(N_("Giới thiệu"), is_required=False, maximum=5000)
    source_note = forms.text(N_("Nguồn thông tin"), is_required=False, maximum=300)

    def values(self) -> dict[str, Any]:
        """What was typed, as the services take it. Raises Invalid."""
        first, last = self.starts_on.data, self.ends_on.data
        if not first or not last or not (first.year >= 2000 and last.year <= 2100):
            raise Invalid(N_("Ngày chưa đúng, ví dụ: 22/11/2026."), field="starts_on")
        if last < first:
            raise Invalid(N_("Ngày kết thúc phải sau ngày bắt đầu."), field="ends_on")
        return {
            "name": self.name.data,
            "name_en": self.name_en.data or None,
            "province_code": self.province_code.data or None,
            "starts_at": datetime.combine(first, time(), VN),
            "ends_at": datetime.combine(last, time(), VN) + timedelta(days=1),
            "goal_vnd": self.goal_vnd.data,
            "goal_kg": self.goal_kg.data,
            "about": self.about.data,
            "source_note": self.source_note.data,
        }


def campaign_data(campaign: Campaign) -> dict[str, Any]:
    """The form's values for a campaign."""
    names = ("name", "name_en", "province_code", "goal_vnd", "goal_kg", "about", "source_note")
    return {name: getattr(campaign, name) for name in names} | {
        "starts_on": campaign.starts_at.astimezone(VN).date(),
        "ends_on": (campaign.ends_at - timedelta(days=1)).astimezone(VN).date(),
    }


class StateForm(Form):
    """A step of a campaign."""

    state = forms.choice(N_("Trạng thái"), [("published", N_("Mở")), ("ended", N_("Khép lại"))])


class ProductForm(Form):
    """A product of a campaign, by its address or number."""

    product = forms.text(N_("Sản phẩm"), maximum=200)

    def key(self) -> int | str:
        """The product's id, or the last part of its address."""
        typed = str(self.product.data).split("?")[0].rstrip("/").rsplit("/", 1)[-1]
        if typed.isascii() and typed.isdigit():
            return int(typed) if len(typed) < 11 and int(typed) <= MAX_ID else 0
        return typed
