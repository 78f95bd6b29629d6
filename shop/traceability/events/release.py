"""The lot goes on sale."""

from shop.core.text import N_
from shop.traceability.rules.events import Epcis, EventKind, Field

EVENT = EventKind(
    slug="release",
    label=N_("Mở bán"),
    icon="store",
    position=110,
    recorder="system",
    epcis=Epcis("stocking", "sellable_accessible"),
    fields=(Field("remark", N_("Ghi chú thêm"), "text", "Đủ giấy tờ", is_required=False),),
)
