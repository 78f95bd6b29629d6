"""Dispatch: a parcel with units of the lot left for a buyer. Written by orders, sealed."""

from shop.core.text import N_
from shop.traceability.rules.events import Epcis, EventKind, Field

EVENT = EventKind(
    slug="dispatch",
    label=N_("Xuất kho giao đơn"),
    icon="truck",
    position=60,
    lots=("finished",),
    recorder="system",
    is_public=False,
    epcis=Epcis("shipping", "in_transit", quantity="units", unit="unit", order="order"),
    fields=(
        Field("units", N_("Số gói"), "whole", 2, unit=N_("gói")),
        Field("order", N_("Đơn hàng"), "text", "DH7K2M9Q", maximum=20),
    ),
)
