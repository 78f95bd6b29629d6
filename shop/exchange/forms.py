"""Forms of documents and links."""

from datetime import date, timedelta
from decimal import Decimal

import wtforms
from wtforms.validators import ValidationError

from shop.core.text import N_
from shop.exchange.rules.links import DAYS
from shop.traceability.rules.events import BadFact, typed_decimal
from shop.web import forms
from shop.web.i18n import say

MAX_DAYS = 366
LIVES = {1: N_("1 ngày"), 7: N_("7 ngày"), 30: N_("30 ngày"), 90: N_("90 ngày")}


class LinkForm(forms.Form):
    """A link for an inspector."""

    label = forms.text(
        N_("Gửi cho ai"),
        minimum=2,
        maximum=120,
        description=N_("Ví dụ: Chi cục Quản lý chất lượng tỉnh. Chỉ bạn thấy dòng này."),
    )
    days = forms.choice(
        N_("Mở được trong"),
        [(str(days), LIVES[days]) for days in DAYS],
    )


class DocumentForm(forms.Form):
    """A partner's EPCIS document."""

    producer_id = forms.choice(N_("Cơ sở nhận hàng"))
    file = wtforms.FileField(N_("Tệp EPCIS 2.0 (JSON)"))


class ReceiveForm(forms.Form):
    """A partner's lot becomes ours."""

    product_id = forms.choice(N_("Dùng để làm sản phẩm"))
    material = forms.text(N_("Nguyên liệu"), minimum=2, maximum=120)
    supplier = forms.text(N_("Nhận từ"), minimum=2, maximum=160)
    quantity_kg = forms.text(N_("Khối lượng nhận (kg)"), maximum=20)
    made_on = forms.day(N_("Ngày nhận"))

    kilograms: Decimal

    def validate_quantity_kg(self, field: wtforms.Field) -> None:
        """A number of kilograms over zero."""
        try:
            self.kilograms = typed_decimal(field.data)
        except BadFact as fault:
            raise ValidationError(say(fault)) from None
        if not self.kilograms.is_finite() or not 0 < self.kilograms <= 1_000_000:
            raise ValidationError(say(BadFact(N_("Số phải lớn hơn 0 và không quá lớn."))))


class PeriodForm(forms.Form):
    """From which day to which, a year at most."""

    tu = forms.day(N_("Lô làm từ ngày"))
    den = forms.day(N_("đến ngày"))

    def validate_den(self, field: wtforms.Field) -> None:
        """Not before the first day, not more than a year after it."""
        first, last = self.tu.data, field.data
        if first is None or last is None:
            return
        if last < first or last - first > timedelta(days=MAX_DAYS):
            raise ValidationError(
                say(BadFact(N_("Khoảng ngày cần đúng thứ tự và dài tối đa một năm.")))
            )


def usual_period(today: date) -> dict[str, date]:
    """The last 90 days."""
    return {"tu": today - timedelta(days=90), "den": today}
