"""The shapes of what people send about recalls and drills."""

import secrets

import wtforms

from shop.core.text import N_
from shop.recalls.rules import ANSWERS, HAZARDS, MOST_UNITS, OUTCOMES, SETTLED_WAYS
from shop.web import forms


def fresh_key() -> str:
    """What makes a double click one recall: made when the form is shown."""
    return secrets.token_urlsafe(16)


def _submit_key() -> wtforms.HiddenField:
    return wtforms.HiddenField(
        filters=[lambda value: value or None],
        validators=[forms.required(), wtforms.validators.Length(min=8, max=64)],
    )


class RecallForm(forms.Form):
    """The one confirmation."""

    hazard = forms.choice(N_("Mức nguy hại"), list(HAZARDS.items()))
    reason = forms.long_text(
        N_("Lý do thu hồi (tiếng Việt)"),
        minimum=10,
        maximum=500,
        description=N_(
            "Ai quét mã cũng đọc được. Không ghi tên người, số điện thoại hay e-mail ở đây."
        ),
    )
    reason_en = forms.long_text(N_("Lý do thu hồi (tiếng Anh)"), is_required=False, maximum=500)
    advice = forms.long_text(
        N_("Người mua cần làm gì (tiếng Việt)"),
        minimum=10,
        maximum=1000,
        description=N_(
            "Ví dụ: Ngừng dùng, giữ nguyên gói, gọi cho chúng tôi để đổi hoặc trả. Số điện thoại "
            "ghi ở ô dưới."
        ),
    )
    advice_en = forms.long_text(
        N_("Người mua cần làm gì (tiếng Anh)"), is_required=False, maximum=1000
    )
    contact_phone = forms.phone(N_("Số điện thoại người mua gọi để hỏi"))
    is_sure = forms.tick(
        N_("Tôi hiểu: bấm nút dưới đây thì hàng ngừng bán và người mua được báo ngay."), must=True
    )
    submit_key = _submit_key()


class OutcomeForm(forms.Form):
    """How telling a buyer ended."""

    outcome = forms.choice(N_("Kết quả"), list(OUTCOMES.items()))
    note = forms.text(N_("Ghi chú"), is_required=False, maximum=300)


class AnswerForm(forms.Form):
    """What a buyer answers."""

    outcome = forms.radio(N_("Hàng của bạn thế nào?"), [(slug, OUTCOMES[slug]) for slug in ANSWERS])


class ReturnForm(forms.Form):
    """Units that came back from a buyer."""

    units = forms.whole(N_("Số gói trả về"), minimum=1, maximum=MOST_UNITS)


class SettleForm(forms.Form):
    """Units of a lot that are gone for good."""

    way = forms.choice(N_("Đã xử lý thế nào"), list(SETTLED_WAYS.items()))
    units = forms.whole(N_("Số gói"), minimum=1, maximum=MOST_UNITS)
    submit_key = _submit_key()


class NoteForm(forms.Form):
    """Words that close or reopen a recall."""

    note = forms.long_text(N_("Kết luận"), minimum=5, maximum=1000)


class ReopenForm(forms.Form):
    """Why a closed recall is opened again."""

    note = forms.long_text(N_("Vì sao mở lại"), minimum=5, maximum=1000)


class DrillForm(forms.Form):
    """Starting a drill; the lots come beside."""

    submit_key = _submit_key()


class FinishForm(forms.Form):
    """What people found in a drill."""

    counted = forms.whole(N_("Số gói đếm được trên kệ"), maximum=MOST_UNITS)
    called = forms.whole(N_("Số người mua đã thử gọi hoặc nhắn được"), maximum=MOST_UNITS)
    note = forms.long_text(N_("Điều rút ra"), is_required=False, maximum=1000)
