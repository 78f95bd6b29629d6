"""Google Merchant: attributes of Google's public product data specification."""

from datetime import date

from shop.core.text import N_
from shop.marketplaces.rules.profile import Column, Lifecycle, Limit, Limits, Profile, Unit

_SPEC = "Google, “Product data specification”"
_MEMORY = N_("trí nhớ, chưa có nguồn")

PROFILE = Profile(
    slug="google",
    order=45,
    label="Google Merchant",
    lifecycle=Lifecycle(
        state="active", as_of=date(2026, 11, 22), source=_SPEC, certainty="certain"
    ),
    checked_on=date(2026, 11, 22),
    source=_SPEC,
    level="feed",
    fidelity=("C",),
    file_name="google",
    market_words=("google shopping",),
    sheet_weight=Unit("kg", "certain", _SPEC),
    limits=Limits(
        title_max=Limit(150, "uncertain", _MEMORY),
        description_max=Limit(5_000, "uncertain", _MEMORY),
        photos_max=Limit(11, "uncertain", _MEMORY),
        photo_side_min=Limit(100, "uncertain", _MEMORY),
        photo_bytes_max=Limit(16_000_000, "uncertain", _MEMORY),
        price_min_vnd=Limit(1, "certain", _SPEC),
        sku_max=Limit(50, "certain", _SPEC),
    ),
    columns=(
        Column("id", N_("Mã hàng"), "sku", "required"),
        Column("title", N_("Tên sản phẩm"), "title_of_size", "required"),
        Column("description", N_("Mô tả"), "description", "required"),
        Column("link", N_("Đường dẫn"), "page_url", "required"),
        Column("image_link", N_("Ảnh bìa"), "address_1", "required", "address"),
        Column("additional_image_link", N_("Hình ảnh"), "addresses_more", "optional", "address"),
        Column("availability", N_("Còn hàng"), "availability_code", "required"),
        Column("price", N_("Giá"), "price_and_currency", "required"),
        Column("condition", N_("Tình trạng"), "condition"),
        Column("brand", N_("Thương hiệu"), "producer"),
        Column("gtin", N_("GTIN"), "gtin"),
        Column("identifier_exists", N_("Có mã định danh"), "identifier_exists"),
        Column("item_group_id", N_("Mã nhóm phân loại"), "item_group", "conditional"),
        Column("shipping_weight", N_("Cân nặng"), "shipping_weight"),
        Column("unit_pricing_measure", N_("Khối lượng tịnh"), "unit_measure"),
    ),
    help=(
        N_("Trong Google Merchant Center, thêm nguồn sản phẩm kiểu tệp tải theo lịch."),
        N_("Dán địa chỉ /feed/google.xml của trang này."),
        N_("Giá và tình trạng trên trang sản phẩm luôn khớp với tệp vì cùng một nguồn."),
    ),
)
