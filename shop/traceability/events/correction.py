"""A correction: the entry at fault stays, this one says what is right."""

from shop.core.text import N_
from shop.traceability.rules.events import EventKind, Field

EVENT = EventKind(
    slug="correction",
    label=N_("Đính chính"),
    icon="edit",
    position=100,
    recorder="system",
    fields=(Field("reason", N_("Lý do sửa"), "text", "Gõ nhầm khối lượng"),),
)
