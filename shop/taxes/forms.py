"""Forms of tax rates: shape only."""

from typing import Any, Final

from shop.core.text import N_
from shop.taxes.rules import ACTIVITIES, MAX_BP, SELLER_KINDS
from shop.web.forms import Form, choice, choices, day, text, tick, vnd, whole


class RateForm(Form):
    """A rate, or a yearly amount, as staff keep it."""

    code = text(N_("Mã"), is_required=False, maximum=40)
    revision = whole(is_required=False, maximum=1_000_000, label="")
    label = text(N_("Tên, câu chữ tiếng Việt"), minimum=2, maximum=200)
    label_en = text(N_("Tiếng Anh"), minimum=2, maximum=200)
    activity = choice(N_("Áp dụng cho"), list(ACTIVITIES.items()), is_required=False)
    seller_kinds = choices(N_("Loại người bán"), list(SELLER_KINDS.items()), is_required=False)
    vat_bp = whole(N_("Thuế GTGT, phần vạn"), is_required=False, maximum=MAX_BP)
    pit_bp = whole(N_("Thuế TNCN, phần vạn"), is_required=False, maximum=MAX_BP)
    limit_vnd = vnd(N_("Ngưỡng doanh thu năm"), is_required=False)
    basis = text(N_("Căn cứ pháp lý"), minimum=3, maximum=200)
    is_checked = tick(N_("Đã đối chiếu với văn bản"))
    valid_from = day(N_("Dùng từ ngày"), is_required=False)
    valid_until = day(N_("Dùng đến hết ngày"), is_required=False)
    why = text(N_("Vì sao đổi, căn cứ nào"), minimum=3, maximum=300)

    def values(self) -> dict[str, Any]:
        """The data of the entry, as the reference service takes it."""
        found = {name: self[name].data for name in _KEPT}
        return found | {name: found[name] or 0 for name in ("vat_bp", "pit_bp", "limit_vnd")}


_KEPT: Final = (
    *("label", "label_en", "activity", "seller_kinds", "vat_bp", "pit_bp", "limit_vnd"),
    *("basis", "is_checked"),
)
