"""Provincial portals of OCOP goods: none publishes an upload format; one hand-over pack for all."""

from datetime import date

from shop.core.text import N_
from shop.marketplaces.rules import hand_over
from shop.marketplaces.rules.profile import Lifecycle, Profile

PROFILE = Profile(
    slug="cong-tinh",
    order=55,
    label=N_("Cổng OCOP của tỉnh"),
    aliases=("ocopquangninh", "quangtrimart"),
    lifecycle=Lifecycle(
        state="unknown",
        as_of=date(2026, 11, 22),
        source=N_("báo chí 2022–2023 nhắc ocopquangninh và Quangtrimart"),
        certainty="uncertain",
        note=N_(
            "Mỗi tỉnh một cổng (như ocopquangninh, Quangtrimart); chưa rõ cổng nào còn nhận hàng. "
            "Hỏi Sở Công Thương hoặc Văn phòng điều phối nông thôn mới của tỉnh."
        ),
    ),
    checked_on=date(2026, 11, 22),
    source=N_("không tìm thấy mẫu đăng hàng, API hay tài liệu nào được công bố"),
    level="hand_over",
    fidelity=("D",),
    file_name="phieu_san_pham",
    market_words=("ocopquangninh", "quangtrimart"),
    columns=hand_over.COLUMNS,
    asks=hand_over.ASKED,
    limits=hand_over.LIMITS,
    help=hand_over.HELP,
)
