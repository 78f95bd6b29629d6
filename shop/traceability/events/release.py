"""The lot goes on sale."""

from shop.core.text import N_
from shop.traceability.rules.events import EventKind, Field

EVENT = EventKind(
    slug="release",
    label=N_("Mở bán"),
    icon="store",
    position=110,
    recorder="system",
    fields=(Field("remark", N_("Ghi chú thêm"), "text", "Đủ giấy tờ", is_required=False),),
)
