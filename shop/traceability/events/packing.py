"""Packing: from here on the lot is what people buy."""

from shop.core.text import N_
from shop.traceability.rules.events import PLACE, REMARK, Epcis, EventKind, Field

EVENT = EventKind(
    slug="packing",
    label=N_("Đóng gói"),
    icon="box",
    position=50,
    hint=N_("Đóng túi, dán nhãn"),
    lots=("semi", "finished"),
    epcis=Epcis("packing", "active", "ADD", quantity="units", unit="unit"),
    fields=(
        Field("units", N_("Số gói"), "whole", 240, unit=N_("gói")),
        Field("package", N_("Quy cách"), "text", "Túi 500 g hàn kín", maximum=120),
        PLACE,
        REMARK,
    ),
)
