"""Boxing: units of the lot went into boxes with codes of their own."""

from shop.core.text import N_
from shop.traceability.rules.events import Epcis, EventKind, Field

EVENT = EventKind(
    slug="boxing",
    label=N_("Xếp thùng"),
    icon="box",
    position=55,
    lots=("finished",),
    recorder="system",
    epcis=Epcis(
        "packing", "in_progress", "ADD", quantity="units", times="boxes", unit="unit", box="box"
    ),
    fields=(
        Field("boxes", N_("Số thùng"), "whole", 10, unit=N_("thùng")),
        Field("units", N_("Số gói mỗi thùng"), "whole", 24, unit=N_("gói")),
        Field("box", N_("Mã thùng"), "text", "8CKTBHPVAG", is_required=False, maximum=10),
    ),
)
