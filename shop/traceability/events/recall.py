"""The lot is recalled: nobody may sell or use it any more."""

from shop.core.text import N_
from shop.traceability.rules.events import EventKind, Field

EVENT = EventKind(
    slug="recall",
    label=N_("Thu hồi"),
    icon="warning",
    position=125,
    recorder="system",
    fields=(
        Field("reason", N_("Lý do"), "text", "Phát hiện mốc trong hai gói trả về"),
        Field(
            "action",
            N_("Người mua cần làm"),
            "text",
            "Ngừng dùng, giữ gói và gọi cho người bán",
            is_required=False,
        ),
    ),
)
