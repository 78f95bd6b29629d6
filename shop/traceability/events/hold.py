"""The lot is taken off sale for the time being."""

from shop.core.text import N_
from shop.traceability.rules.events import Epcis, EventKind, Field

EVENT = EventKind(
    slug="hold",
    label=N_("Tạm giữ"),
    icon="warning",
    position=120,
    recorder="system",
    epcis=Epcis("holding", "non_sellable_other"),
    fields=(Field("reason", N_("Lý do"), "text", "Chờ kết quả kiểm nghiệm lại"),),
)
