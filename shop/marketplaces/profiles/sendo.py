"""Sendo: closed on 15 April 2025; the profile is kept so that old files can be read."""

from datetime import date

from shop.core.text import N_
from shop.marketplaces.rules.profile import Column, Lifecycle, Limit, Limits, Profile

_NEWS = N_(
    "doanhnghiepkinhdoanh.doanhnhanvn.vn: “Đối đầu Shopee, Lazada bất thành, Sendo lặng lẽ rút lui”"
)
_API = N_("các bộ nối API Sendo công khai, trước khi sàn đóng")

PROFILE = Profile(
    slug="sendo",
    order=90,
    label="Sendo",
    lifecycle=Lifecycle(
        state="closed",
        as_of=date(2025, 4, 15),
        source=_NEWS,
        certainty="certain",
        note=N_(
            "Sàn đã đóng ngày 15/04/2025 và chuyển thành Sendo Farm, tự bán thực phẩm tươi. "
            "Hồ sơ giữ lại để đối chiếu các tệp cũ."
        ),
    ),
    checked_on=date(2026, 11, 22),
    source=_API,
    level="archive",
    file_name="luu-tru-sendo",
    market_words=("sendo",),
    description_format="html",
    limits=Limits(photos_max=Limit(9, "uncertain", N_("quy tắc của Chợ Phiên"))),
    columns=(
        Column("name", N_("Tên sản phẩm"), "title", "required"),
        Column("sku", N_("SKU"), "sku", "required"),
        Column("price", N_("Giá"), "price", "required", "whole", hint=N_("đồng")),
        Column(
            "weight",
            N_("Cân nặng"),
            "weight_g",
            "required",
            "whole",
            "uncertain",
            N_("gam; mẫu cũ không nói rõ đơn vị"),
        ),
        Column("height", N_("Cao"), "height_cm", "optional", "whole", hint="cm"),
        Column("length", N_("Dài"), "length_cm", "optional", "whole", hint="cm"),
        Column("width", N_("Rộng"), "width_cm", "optional", "whole", hint="cm"),
        Column("stock_quantity", N_("Kho hàng"), "stock", "required", "whole"),
        Column("description", N_("Mô tả (HTML)"), "description"),
        Column("cat_4_id", N_("Mã ngành hàng"), "category", "required", "whole"),
        Column("avatar.picture_url", N_("Ảnh bìa"), "address_1", "required", "address"),
    ),
    help=(N_("Không đăng được nữa. Giữ gói này để đối chiếu với hàng đã từng đăng."),),
)
