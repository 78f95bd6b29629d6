"""Facebook and Instagram catalogue: columns of Meta's public feed specification."""

from datetime import date

from shop.core.text import N_
from shop.marketplaces.rules.profile import Column, Lifecycle, Limit, Limits, Profile

_SPEC = N_("Meta, “Reference – Catalog”, bản 22/04/2026")
_MEMORY = N_("trí nhớ, chưa có nguồn")

PROFILE = Profile(
    slug="meta",
    order=40,
    label="Facebook, Instagram",
    aliases=("facebook",),
    lifecycle=Lifecycle(state="active", as_of=date(2026, 4, 22), source=_SPEC, certainty="certain"),
    checked_on=date(2026, 11, 22),
    source=_SPEC,
    level="feed",
    fidelity=("C",),
    file_name="meta",
    market_words=("facebook shop",),
    limits=Limits(
        title_advised=Limit(65, "uncertain", _MEMORY),
        title_max=Limit(200, "uncertain", _MEMORY),
        description_max=Limit(9_999, "uncertain", _MEMORY),
        photos_max=Limit(20, "uncertain", _MEMORY),
        photo_side_min=Limit(500, "uncertain", _MEMORY),
        photo_bytes_max=Limit(8_000_000, "uncertain", _MEMORY),
        price_min_vnd=Limit(1, "certain", _SPEC),
        sku_max=Limit(100, "uncertain", _MEMORY),
    ),
    columns=(
        Column("id", N_("Mã hàng"), "sku", "required"),
        Column("title", N_("Tên sản phẩm"), "title_of_size", "required"),
        Column("description", N_("Mô tả"), "description", "required"),
        Column("availability", N_("Còn hàng"), "availability_words", "required"),
        Column("condition", N_("Tình trạng"), "condition", "required"),
        Column("price", N_("Giá"), "price_and_currency", "required"),
        Column("link", N_("Đường dẫn"), "page_url", "required"),
        Column("image_link", N_("Ảnh bìa"), "address_1", "required", "address"),
        Column("additional_image_link", N_("Hình ảnh"), "addresses_more", "optional", "address"),
        Column("brand", N_("Thương hiệu"), "producer", "conditional"),
        Column("item_group_id", N_("Mã nhóm phân loại"), "item_group", "conditional"),
        Column("quantity_to_sell_on_facebook", N_("Kho hàng"), "stock", "optional", "whole"),
    ),
    help=(
        N_("Trong Trình quản lý thương mại, tạo danh mục rồi chọn nguồn dữ liệu theo lịch."),
        N_("Dán địa chỉ /feed/meta.csv của trang này, đặt lịch tải mỗi ngày."),
        N_("Mã hàng giữ nguyên giữa các lần tải; đừng đổi SKU đã đăng."),
    ),
)
