"""Care of the crop: what was sprayed or spread, and how long to wait before harvest."""

from shop.core.text import N_
from shop.traceability.rules.events import PLACE, REMARK, Epcis, EventKind, Field

EVENT = EventKind(
    slug="care",
    label=N_("Chăm sóc"),
    icon="settings",
    position=5,
    hint=N_("Bón phân, tưới, phun, làm cỏ"),
    lots=("raw",),
    epcis=Epcis("other", "in_progress"),
    fields=(
        Field(
            "work",
            N_("Việc làm"),
            "choice",
            "fertilise",
            choices=(
                ("fertilise", N_("Bón phân")),
                ("spray", N_("Phun thuốc")),
                ("water", N_("Tưới")),
                ("weed", N_("Làm cỏ")),
                ("other", N_("Việc khác")),
            ),
        ),
        Field("input", N_("Vật tư đã dùng"), "text", "Phân hữu cơ", is_required=False, maximum=120),
        Field("dose", N_("Liều lượng"), "text", "2 kg/gốc", is_required=False, maximum=80),
        Field(
            "waiting_days",
            N_("Thời gian cách ly"),
            "whole",
            14,
            unit=N_("ngày"),
            is_required=False,
            maximum=365,
        ),
        PLACE,
        REMARK,
    ),
)
