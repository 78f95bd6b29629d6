"""Harvest: where the chain of a raw lot begins."""

from shop.core.text import N_
from shop.traceability.rules.events import PLACE, REMARK, Epcis, EventKind, Field

EVENT = EventKind(
    slug="harvest",
    label=N_("Thu hoạch"),
    icon="leaf",
    position=10,
    hint=N_("Hái, cắt, nhổ, đánh bắt: việc đầu tiên của lô"),
    epcis=Epcis("commissioning", "active", "ADD", quantity="quantity_kg", unit="kg"),
    fields=(
        Field("crop", N_("Thu hoạch gì"), "text", "Củ dong riềng", maximum=120),
        Field("quantity_kg", N_("Khối lượng"), "decimal", "1250,5", unit="kg", is_required=False),
        PLACE,
        Field(
            "area_code",
            N_("Mã số vùng trồng"),
            "text",
            "VN-TN-0123",
            is_required=False,
            maximum=40,
        ),
        REMARK,
    ),
)
