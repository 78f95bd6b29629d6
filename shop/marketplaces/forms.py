"""What people type about a listing or an export: shape only."""

import re

from flask import request

from shop.core.text import N_
from shop.marketplaces.rules.facts import Choice
from shop.marketplaces.rules.listing import MAX_PERCENT, MIN_PERCENT
from shop.marketplaces.services import MAX_RESERVE, MAX_TITLE
from shop.web import forms

_KEY = re.compile(r"^[A-Za-z0-9_-]{8,64}$")


class ChoiceForm(forms.Form):
    """How a product goes to one channel."""

    is_included = forms.tick(N_("Đưa sản phẩm này lên kênh"), default=True)
    title = forms.text(
        N_("Tên đăng"),
        is_required=False,
        maximum=MAX_TITLE,
        description=N_("Bỏ trống để dùng tên dựng sẵn."),
    )
    price_percent = forms.whole(
        N_("Giá trên kênh so với giá bán"),
        is_required=False,
        minimum=MIN_PERCENT,
        maximum=MAX_PERCENT,
        default=100,
        description=N_("Khác 100 thì giá được làm tròn lên nghìn đồng."),
    )
    price_floor_vnd = forms.vnd(
        N_("Giá sàn"),
        is_required=False,
        description=N_("Giá trên kênh thấp hơn mức này thì sản phẩm không được xuất."),
    )
    stock_reserve = forms.whole(
        N_("Giữ lại mỗi quy cách"),
        is_required=False,
        maximum=MAX_RESERVE,
        default=0,
        description=N_("Số món không chào trên kênh này, để dành cho nơi khác."),
    )

    def choice(self) -> Choice:
        """What the service takes."""
        return Choice(
            is_included=bool(self.is_included.data),
            title=self.title.data or "",
            price_percent=100 if self.price_percent.data is None else self.price_percent.data,
            price_floor_vnd=self.price_floor_vnd.data or None,
            stock_reserve=self.stock_reserve.data or 0,
        )


def submit_key() -> str:
    """The key that makes a double click one export; empty when it is none of ours."""
    given = request.form.get("submit_key", "")
    return given if _KEY.match(given) else ""
