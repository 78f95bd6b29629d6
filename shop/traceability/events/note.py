"""A note for the producer's own eyes: sealed in the chain, not shown."""

from shop.core.text import N_
from shop.traceability.rules.events import EventKind, Field

EVENT = EventKind(
    slug="note",
    label=N_("Ghi chú nội bộ"),
    icon="file",
    position=90,
    is_public=False,
    hint=N_("Chỉ người của gian hàng đọc được"),
    fields=(Field("text", N_("Nội dung"), "long_text", "Máy sấy số 2 hỏng, chuyển sang máy số 1"),),
)
