"""Boxing: units of the lot went into a box with a code of its own."""

from shop.core.text import N_
from shop.traceability.rules.events import EventKind, Field

EVENT = EventKind(
    slug="boxing",
    label=N_("Xếp thùng"),
    icon="box",
    position=55,
    lots=("finished",),
    recorder="system",
    fields=(
        Field("box", N_("Mã thùng"), "text", "8CKTBHPVAG", maximum=10),
        Field("units", N_("Số gói"), "whole", 24, unit=N_("gói")),
    ),
)
