"""What people type about a candidate: shape only."""

from shop.candidates import rules
from shop.core.text import N_
from shop.web.forms import Form, choice, day, long_text, text

_STARS = [("", N_("Chưa định")), ("3", "3 ★"), ("4", "4 ★"), ("5", "5 ★")]


class OpenForm(Form):
    """Which product, towards what, until when."""

    kind = choice(N_("Theo dõi việc gì"), list(rules.KINDS.items()))
    product_id = choice(N_("Sản phẩm"))
    target_stars = choice(N_("Hạng sao hướng tới"), _STARS, is_required=False)
    deadline = day(N_("Hạn nộp, hạn xong"), is_required=False)
    note = long_text(N_("Ghi chú"), is_required=False, maximum=1000)


class PlanForm(Form):
    """Deadline, stars and words."""

    target_stars = choice(N_("Hạng sao hướng tới"), _STARS, is_required=False)
    deadline = day(N_("Hạn nộp, hạn xong"), is_required=False)
    note = long_text(N_("Ghi chú"), is_required=False, maximum=1000)


class StageForm(Form):
    """At which step it is."""

    stage = text(N_("Bước"), maximum=16)


class PaperForm(Form):
    """Where one paper stands."""

    code = text(N_("Giấy"), maximum=40)
    state = choice(N_("Tình trạng"), list(rules.PAPER_LABELS.items()))
    note = text(N_("Ghi chú"), is_required=False, maximum=300)
