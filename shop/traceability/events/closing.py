"""The lot is over: nothing of it is left to sell."""

from shop.core.text import N_
from shop.traceability.rules.events import EventKind, Field

EVENT = EventKind(
    slug="closing",
    label=N_("Đóng lô"),
    icon="lock",
    position=130,
    recorder="system",
    fields=(Field("remark", N_("Ghi chú thêm"), "text", "Đã bán hết", is_required=False),),
)
