"""Shape of what people type about refunds."""

import wtforms

from shop.core.money import MAX_VND
from shop.core.text import N_
from shop.payments.forms import read_submit_key
from shop.payments.rules import REFUND_REASONS
from shop.web import forms


class AskForm(forms.Form):
    """How much of an order goes back, and why."""

    amount = forms.vnd(
        N_("Số tiền hoàn"),
        is_required=False,
        minimum=1_000,
        maximum=MAX_VND,
        description=N_("Bỏ trống để hoàn tất cả phần còn lại."),
    )
    reason = forms.choice(
        N_("Lý do"),
        [("", N_("Chọn lý do")), *REFUND_REASONS.items()],
    )
    note = forms.text(N_("Ghi chú"), is_required=False, maximum=300)
    submit_key = wtforms.HiddenField(filters=[read_submit_key])


class PayoutForm(forms.Form):
    """A refund was paid out by hand."""

    reference = forms.text(
        N_("Mã giao dịch hoàn tiền"),
        minimum=2,
        maximum=40,
        description=N_("Có trong ứng dụng ngân hàng sau khi chuyển. Trả tiền mặt: ghi số phiếu."),
    )
    proof = forms.picture(N_("Ảnh chụp hoặc tệp PDF chứng từ"))


class RefusalForm(forms.Form):
    """Why a refund is not made, or came back."""

    note = forms.text(N_("Lý do"), minimum=4, maximum=300)
