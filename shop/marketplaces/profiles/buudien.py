"""Buudien.vn, which Postmart.vn is reported to have become on 31 March 2024; a hand-over pack.

The farm-goods section is reported at nongsan.buudien.vn with a section for OCOP goods. All of this
comes from single secondary sources, so it is said but never refused upon.
"""

from datetime import date

from shop.core.text import N_
from shop.marketplaces.rules import hand_over
from shop.marketplaces.rules.profile import Lifecycle, Profile

PROFILE = Profile(
    slug="buudien",
    order=50,
    aliases=("postmart",),
    label="Buudien.vn (Postmart)",
    fidelity=("D",),
    lifecycle=Lifecycle(
        state="renamed",
        as_of=date(2024, 3, 31),
        source=N_("kế hoạch bán hàng của một cơ sở ở Lạng Sơn, 08/2026"),
        certainty="uncertain",
        note=N_(
            "Postmart.vn được cho là đã thành Buudien.vn từ 31/03/2024; nông sản ở "
            "nongsan.buudien.vn, có các mục sản phẩm OCOP, thực phẩm bồi dưỡng, sức khỏe và làm "
            "đẹp, thực phẩm và đặc sản. Số hỏi đáp ghi trong nguồn: 1900 565 657."
        ),
    ),
    checked_on=date(2026, 11, 22),
    source=N_("không tìm thấy mẫu đăng hàng, API hay tài liệu nào được công bố"),
    level="hand_over",
    file_name="phieu_san_pham",
    market_words=("postmart", "buudien", "buu dien vn"),
    columns=hand_over.COLUMNS,
    asks=hand_over.ASKED,
    limits=hand_over.LIMITS,
    help=hand_over.HELP,
)
