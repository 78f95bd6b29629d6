"""Tiki: declining, no seller sheet was found; the v2.1 request payload and a hand-over pack."""

from datetime import date

from shop.core.text import N_
from shop.marketplaces.rules import hand_over
from shop.marketplaces.rules.profile import Lifecycle, Limit, Limits, Profile, Unit

_API = N_("mô-đun Odoo và hai bộ nối API Tiki công khai (integration/v2.1/requests)")
_SCHOOL = N_("hocvien.tiki.vn: các lý do từ chối đăng sản phẩm")

PROFILE = Profile(
    slug="tiki",
    order=65,
    label="Tiki",
    lifecycle=Lifecycle(
        state="declining",
        as_of=date(2025, 4, 21),
        source=N_("cafebiz.vn 21/04/2025 (Metric): thị phần quý 1/2025 còn 3 %"),
        certainty="uncertain",
        note=N_("Không tìm thấy nguồn nào của năm 2026. Hãy hỏi sàn trước khi bỏ công đăng hàng."),
    ),
    checked_on=date(2026, 11, 22),
    source=_API,
    level="hand_over",
    fidelity=("B", "D"),
    payload="tiki",
    file_name="phieu_san_pham",
    market_words=("tiki",),
    brand_when_none="OEM",
    payload_weight=Unit("kg", "certain", _API),
    columns=hand_over.COLUMNS,
    asks=hand_over.ASKED,
    limits=Limits(
        title_max=Limit(255, "certain", _SCHOOL),
        photos_advised=Limit(3, "uncertain", N_("kinh nghiệm người bán")),
        photos_max=Limit(9, "uncertain", N_("quy tắc của Chợ Phiên; sàn không công bố số ảnh")),
        photo_side_min=Limit(500, "certain", _SCHOOL),
        photo_square=Limit(2, "certain", _SCHOOL),
        price_min_vnd=Limit(1_000, "certain", _SCHOOL),
        price_max_vnd=Limit(20_000_000, "certain", _SCHOOL),
        axes_max=Limit(2, "certain", _API),
        weight_min_g=Limit(1, "certain", _SCHOOL),
        weight_max_g=Limit(100_000, "certain", _SCHOOL),
    ),
    help=(
        N_(
            "Sản phẩm chiếm ít nhất 80 % khung ảnh; ảnh không có số điện thoại, địa chỉ, trang web."
        ),
        N_("Kèm giấy phép, giấy công bố: thiếu giấy là lý do từ chối nhiều thứ hai sau ảnh."),
        *hand_over.HELP,
    ),
)
