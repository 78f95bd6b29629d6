"""Voso.vn: no upload format is known and one source says it stopped in 2023; a hand-over pack."""

from datetime import date

from shop.core.text import N_
from shop.marketplaces.rules import hand_over
from shop.marketplaces.rules.profile import Lifecycle, Profile

PROFILE = Profile(
    slug="voso",
    order=70,
    fidelity=("D",),
    label="Voso.vn",
    lifecycle=Lifecycle(
        state="reported_closed",
        as_of=date(2026, 8, 31),
        source=N_("kế hoạch bán hàng của một cơ sở ở Lạng Sơn, 08/2026: ngừng từ năm 2023"),
        certainty="uncertain",
        note=N_("Báo chí năm 2022–2023 còn nhắc sàn này. Hãy gọi hỏi bưu cục trước khi gửi hồ sơ."),
    ),
    checked_on=date(2026, 11, 22),
    source=N_("không tìm thấy mẫu đăng hàng, API hay tài liệu nào được công bố"),
    level="hand_over",
    file_name="phieu_san_pham",
    market_words=("voso",),
    columns=hand_over.COLUMNS,
    asks=hand_over.ASKED,
    limits=hand_over.LIMITS,
    help=hand_over.HELP,
)
