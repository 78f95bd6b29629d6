"""A laboratory or house test, and its outcome."""

from shop.core.text import N_
from shop.traceability.rules.events import REMARK, Epcis, EventKind, Field

EVENT = EventKind(
    slug="test",
    label=N_("Kiểm nghiệm"),
    icon="verified",
    position=40,
    hint=N_("Kết quả của phòng thử nghiệm hoặc tự kiểm"),
    epcis=Epcis("inspecting", "conformant", outcome="outcome"),
    fields=(
        Field("what", N_("Kiểm tra gì"), "text", "Độ ẩm, vi sinh, kim loại nặng", maximum=160),
        Field(
            "outcome",
            N_("Kết quả"),
            "choice",
            "passed",
            choices=(("passed", N_("Đạt")), ("failed", N_("Không đạt"))),
        ),
        Field("laboratory", N_("Nơi kiểm"), "text", "Trung tâm QUATEST 1", maximum=160),
        Field("report_no", N_("Số phiếu"), "text", "TN-2611/045", is_required=False, maximum=60),
        Field("reported_on", N_("Ngày trên phiếu"), "day", "2026-11-10", is_required=False),
        REMARK,
    ),
)
