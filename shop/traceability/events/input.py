"""An input: how much of another lot went into this one. The last word about a lot counts."""

from shop.core.text import N_
from shop.traceability.rules.events import EventKind, Field

EVENT = EventKind(
    slug="input",
    label=N_("Nguyên liệu từ lô khác"),
    icon="box",
    position=25,
    recorder="system",
    fields=(
        Field("parent", N_("Mã lô nguyên liệu"), "text", "NB2K7PQ4AX", maximum=10),
        Field("lot_no", N_("Số lô"), "text", "BD-0926", maximum=20),
        Field("material", N_("Nguyên liệu"), "text", "Bột dong riềng", maximum=160),
        Field("quantity", N_("Tổng lượng đã dùng"), "decimal", "120"),
        Field("uom", N_("Đơn vị"), "text", "kg", maximum=12),
    ),
)
