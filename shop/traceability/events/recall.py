"""The lot is recalled: nobody may sell or use it any more, and those who bought it are told."""

from shop.core.text import N_
from shop.traceability.rules.events import Epcis, EventKind, Field

EVENT = EventKind(
    slug="recall",
    label=N_("Thu hồi lô"),
    icon="warning",
    position=125,
    recorder="system",
    epcis=Epcis("holding", "recalled", sets="recalled"),
    fields=(
        Field("recall", N_("Mã đợt thu hồi"), "text", "7K2PQ4AX", is_required=False, maximum=12),
        Field(
            "reason", N_("Lý do"), "long_text", "Phát hiện mốc trong hai gói trả về", maximum=500
        ),
        Field(
            "advice",
            N_("Người mua cần làm"),
            "long_text",
            "Ngừng dùng, giữ gói và gọi cho người bán",
            is_required=False,
        ),
    ),
)
