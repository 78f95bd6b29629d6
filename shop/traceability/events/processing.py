"""Processing: raw material becomes the product."""

from shop.core.text import N_
from shop.traceability.rules.events import PLACE, REMARK, Epcis, EventKind, Field

EVENT = EventKind(
    slug="processing",
    label=N_("Sơ chế, chế biến"),
    icon="refresh",
    position=30,
    hint=N_("Rửa, xay, tráng, sấy, ủ, nấu"),
    epcis=Epcis("other", "in_progress", quantity="output_kg", unit="kg"),
    fields=(
        Field(
            "step",
            N_("Công đoạn"),
            "text",
            "Tráng bánh, phơi, cắt sợi",
            maximum=160,
        ),
        Field("input_kg", N_("Nguyên liệu vào"), "decimal", "300", unit="kg", is_required=False),
        Field("output_kg", N_("Thành phẩm ra"), "decimal", "180,5", unit="kg", is_required=False),
        PLACE,
        REMARK,
    ),
)
