"""Destruction: part of the lot was thrown away, burnt or buried. Takes it from the lot."""

from shop.core.text import N_
from shop.traceability.rules.events import PLACE, REMARK, Epcis, EventKind, Field

EVENT = EventKind(
    slug="destruction",
    label=N_("Tiêu hủy"),
    icon="trash",
    position=80,
    hint=N_("Hàng hỏng, hết hạn, bị thu hồi: trừ khỏi lô"),
    takes="quantity",
    epcis=Epcis("destroying", "destroyed", "DELETE", quantity="quantity"),
    fields=(
        Field("quantity", N_("Số lượng hủy, theo đơn vị của lô"), "whole", 6),
        Field("cause", N_("Lý do"), "text", "Gói bị rách, ẩm mốc", maximum=160),
        Field(
            "way",
            N_("Cách hủy"),
            "choice",
            "compost",
            choices=(
                ("compost", N_("Ủ phân, làm thức ăn chăn nuôi")),
                ("bury", N_("Chôn lấp")),
                ("burn", N_("Đốt")),
                ("service", N_("Thuê đơn vị xử lý")),
                ("other", N_("Cách khác")),
            ),
        ),
        PLACE,
        REMARK,
    ),
)
