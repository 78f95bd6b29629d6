"""Receipt of raw material: one step back."""

from shop.core.text import N_
from shop.traceability.rules.events import PLACE, REMARK, Epcis, EventKind, Field

EVENT = EventKind(
    slug="receipt",
    label=N_("Nhập nguyên liệu"),
    icon="basket",
    position=20,
    hint=N_("Nhận từ hộ liên kết hoặc nơi bán"),
    epcis=Epcis("receiving", "in_progress", quantity="quantity_kg", unit="kg"),
    fields=(
        Field("material", N_("Nguyên liệu"), "text", "Bột dong riềng", maximum=120),
        Field("quantity_kg", N_("Khối lượng"), "decimal", "300", unit="kg"),
        Field(
            "supplier",
            N_("Nhận từ"),
            "text",
            "Tổ hợp tác trồng dong thôn Chè Cọ",
            maximum=160,
        ),
        Field(
            "supplier_lot",
            N_("Số lô hoặc số phiếu của bên giao"),
            "text",
            "BD-0926",
            is_required=False,
            is_public=False,
            maximum=60,
        ),
        PLACE,
        REMARK,
    ),
)
