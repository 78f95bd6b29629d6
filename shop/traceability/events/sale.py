"""Sale outside Chợ Phiên: at a stall, to a shop. Takes the units from stock; sealed."""

from shop.core.text import N_
from shop.traceability.rules.events import REMARK, Epcis, EventKind, Field

EVENT = EventKind(
    slug="sale",
    label=N_("Bán, giao ngoài Chợ Phiên"),
    icon="store",
    position=65,
    is_public=False,
    hint=N_("Bán ở chợ, giao cửa hàng: trừ vào kho của lô"),
    lots=("finished",),
    takes="units",
    epcis=Epcis("retail_selling", "retail_sold", quantity="units", unit="unit"),
    fields=(
        Field("units", N_("Số gói"), "whole", 12, unit=N_("gói")),
        Field("where", N_("Bán hoặc giao ở đâu"), "text", "Chợ phiên xã Côn Minh", maximum=120),
        Field(
            "document",
            N_("Số phiếu giao hàng"),
            "text",
            "PGH-2611-07",
            is_required=False,
            maximum=40,
        ),
        REMARK,
    ),
)
