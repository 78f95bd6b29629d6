"""Shapes of what viewers and staff type about complaints."""

from livestream.complaints.rules import KIND_LABELS
from shop.core.text import N_
from shop.web import forms
from shop.web.forms import Form


class ComplaintForm(Form):
    """A viewer's complaint."""

    kind = forms.radio(N_("Việc gì"), list(KIND_LABELS.items()))
    item_code = forms.text(N_("Mã sản phẩm (A1, A2…)"), is_required=False, maximum=4)
    words = forms.long_text(N_("Bạn thấy gì"), minimum=10, maximum=3000)
    contact = forms.text(N_("Điện thoại hoặc e-mail để trả lời"), is_required=False, maximum=120)
    submit_key = forms.text("", minimum=8, maximum=64)


class AnswerForm(Form):
    """Staff's decision."""

    state = forms.choice(
        N_("Kết luận"),
        [("upheld", N_("Đúng, đã xử lý")), ("dismissed", N_("Không có căn cứ"))],
    )
    answer = forms.long_text(N_("Trả lời"), maximum=3000)
