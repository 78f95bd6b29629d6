"""Zalo: whether the store of an official account still takes goods is unknown; a post pack.

The pack serves posts on Facebook and pinned lines of a livestream too.
"""

from datetime import date

from shop.core.text import N_
from shop.marketplaces.rules import hand_over
from shop.marketplaces.rules.profile import Lifecycle, Limit, Limits, Profile

_OURS = N_("quy tắc của Chợ Phiên")
_MEMORY = N_("trí nhớ, chưa có nguồn")

PROFILE = Profile(
    slug="zalo",
    order=60,
    label="Zalo",
    lifecycle=Lifecycle(
        state="unknown",
        as_of=date(2026, 11, 22),
        source=N_("chỉ có địa chỉ API trong mã nguồn cũ; không có nguồn nào từ năm 2024"),
        certainty="uncertain",
        note=N_(
            "Chưa rõ cửa hàng của Zalo OA còn nhận hàng không. Gói này để đăng bài bằng tay trên "
            "Zalo, Facebook."
        ),
    ),
    checked_on=date(2026, 11, 22),
    source=N_("mã nguồn công khai gọi /v2.0/store/product/create, không ghi ngày"),
    level="hand_over",
    fidelity=("D",),
    file_name="phieu_san_pham",
    market_words=("zalo",),
    columns=hand_over.COLUMNS,
    asks=hand_over.ASKED,
    limits=Limits(
        description_max=Limit(2_000, "uncertain", _MEMORY),
        photos_advised=Limit(3, "uncertain", _OURS),
        photos_max=Limit(10, "uncertain", _MEMORY),
        photo_side_min=Limit(500, "uncertain", _OURS),
    ),
    help=(
        N_("Mở phiếu của từng sản phẩm, chép lời và chọn ảnh vuông trong thư mục anh/."),
        N_("Dán đường dẫn sản phẩm vào bài để người xem đặt hàng và xem nguồn gốc."),
        N_("Sau khi đăng, ghi lại địa chỉ bài để kiểm tra về sau."),
    ),
)
