"""Shape of what people type about money."""

import re

import wtforms

from shop.core.db import MAX_ID
from shop.core.money import MAX_VND
from shop.core.text import N_
from shop.payments.banks import BANKS
from shop.web import forms

OTHER_BANK = "other"


def read_submit_key(value: str | None) -> str:
    """A submit key as pages make them; anything else counts as none."""
    return value if value and re.fullmatch(r"[A-Za-z0-9_-]{8,64}", value) else ""


class ReceiptForm(forms.Form):
    """A producer saw the buyer's money."""

    amount = forms.vnd(
        N_("Số tiền đã nhận"),
        is_required=False,
        minimum=1_000,
        maximum=MAX_VND,
        description=N_("Bỏ trống nếu đã nhận đủ số còn thiếu."),
    )
    reference = forms.text(
        N_("Mã giao dịch của ngân hàng"),
        is_required=False,
        maximum=40,
        description=N_("Có trong tin nhắn báo tiền; giúp không ghi trùng."),
    )
    is_extra = forms.tick(N_("Khách chuyển thêm tiền cho đơn đã trả đủ"))
    submit_key = wtforms.HiddenField(filters=[read_submit_key])


class WayForm(forms.Form):
    """Another way to pay, by the slug of its plug."""

    payment = forms.text(N_("Cách trả tiền"), maximum=20)


class AccountForm(forms.Form):
    """A bank account."""

    bank = forms.choice(
        N_("Ngân hàng"),
        [
            ("", N_("Chọn ngân hàng")),
            *sorted(BANKS.items(), key=lambda item: item[1]),
            (OTHER_BANK, N_("Ngân hàng khác")),
        ],
    )
    bank_bin = forms.text(
        N_("Mã ngân hàng (6 chữ số)"),
        is_required=False,
        maximum=6,
        description=N_("Chỉ điền khi chọn “Ngân hàng khác”."),
    )
    number = forms.text(N_("Số tài khoản"), maximum=30, minimum=4)
    holder = forms.text(N_("Tên chủ tài khoản"), maximum=120, minimum=2)

    @property
    def chosen_bin(self) -> str:
        """The bank's six digits, from the list or as typed."""
        chosen = str(self.bank.data)
        return str(self.bank_bin.data or "") if chosen == OTHER_BANK else chosen

    @property
    def bare_number(self) -> str:
        """The number without the blanks and marks people group it by."""
        return re.sub(r"[\s.\-]", "", str(self.number.data)).upper()


class PayeeForm(AccountForm):
    """A bank account that shall be paid for a producer."""

    producer_id = forms.row_id(N_("Cơ sở"))


class DecisionForm(forms.Form):
    """Staff's yes or no to a payee account."""

    decision = forms.choice(
        N_("Quyết định"), [("approve", N_("Duyệt")), ("reject", N_("Không duyệt"))]
    )
    note = forms.text(N_("Ghi chú"), is_required=False, maximum=300)
    is_bank_checked = forms.tick(N_("Tôi đã kiểm tra mã ngân hàng này với cơ sở"))


class MatchForm(forms.Form):
    """Which order unmatched money belongs to, and why."""

    order_code = forms.text(N_("Mã đơn"), maximum=20)
    note = forms.text(N_("Lý do"), minimum=4, maximum=300)


class AsideForm(forms.Form):
    """Why money belongs to no order."""

    same_as = forms.whole(
        N_("Cùng một lần chuyển với"), is_required=False, minimum=1, maximum=MAX_ID
    )
    note = forms.text(N_("Lý do"), minimum=4, maximum=300)
