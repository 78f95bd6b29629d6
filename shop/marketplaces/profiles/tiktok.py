"""TikTok Shop Việt Nam: keys of the mass-upload template; limits of the 202309 product API."""

from datetime import date

from shop.core.text import N_
from shop.marketplaces.rules.profile import (
    Column,
    Layout,
    Lifecycle,
    Limit,
    Limits,
    Profile,
    Unit,
)

_SHEET = N_("các mẫu TikTok Shop đã được mô tả công khai, tệp mang ngày 17/06 và 25/09/2026")
_API = N_("bộ kiểm tra API 202309 của một hệ thống bán hàng Việt Nam, dẫn tài liệu TikTok")
_CUT = N_("một hệ thống bán hàng Việt Nam tự cắt ở độ dài này")

PROFILE = Profile(
    slug="tiktok",
    order=20,
    label="TikTok Shop",
    aliases=("tiktok-shop",),
    lifecycle=Lifecycle(
        state="active",
        as_of=date(2026, 9, 25),
        source=N_("số liệu thị phần của Metric, năm 2025; tệp mẫu mang ngày 25/09/2026"),
        certainty="certain",
    ),
    checked_on=date(2026, 11, 22),
    source=_SHEET,
    level="draft",
    fidelity=("A", "B"),
    file_name="ban-nhap-tiktok",
    market_words=("tiktok shop", "tiktok"),
    needs_category=True,
    payload="tiktok",
    sheet_weight=Unit("g", "certain", _SHEET),
    payload_weight=Unit("kg", "certain", _API),
    layout=Layout(
        must_have=("product_name", "price", "seller_sku"),
        data_after_needs=2,
        shop_row=2,
        source=_SHEET,
    ),
    limits=Limits(
        title_min=Limit(25, "certain", _API),
        title_max=Limit(255, "certain", _API),
        description_max=Limit(10_000, "certain", _API),
        photos_advised=Limit(3, "uncertain", N_("kinh nghiệm người bán")),
        photos_max=Limit(9, "certain", _API),
        photo_side_min=Limit(300, "certain", _API),
        photo_side_max=Limit(4000, "certain", _API),
        photo_bytes_max=Limit(5_000_000, "uncertain", N_("trí nhớ, chưa có nguồn")),
        price_min_vnd=Limit(1, "certain", _API),
        axes_max=Limit(2, "certain", _SHEET),
        variants_max=Limit(100, "certain", _API),
        option_max=Limit(50, "uncertain", _CUT),
        sku_max=Limit(100, "uncertain", _CUT),
    ),
    columns=(
        Column("category", N_("Ngành hàng"), "category", "required", hint=N_("chọn trong mẫu")),
        Column("brand", N_("Thương hiệu"), "brand", hint=N_("trống là không có thương hiệu")),
        Column("product_name", N_("Tên sản phẩm"), "title", "required"),
        Column("product_description", N_("Mô tả"), "description", "required"),
        Column("main_image", N_("Ảnh bìa"), "address_1", "required", "address"),
        *(
            Column(f"image_{n}", N_("Hình ảnh"), f"address_{n}", "optional", "address")
            for n in range(2, 10)
        ),
        Column("gtin_type", N_("Loại mã vạch"), ""),
        Column("gtin_code", N_("GTIN"), "gtin"),
        Column("property_name_1", N_("Tên nhóm phân loại 1"), "option_name_1", "conditional"),
        Column("property_value_1", N_("Phân loại 1"), "option_1", "conditional"),
        Column("property_1_image", N_("Ảnh phân loại"), "", "optional", "address"),
        Column("property_name_2", N_("Tên nhóm phân loại 2"), "option_name_2", "conditional"),
        Column("property_value_2", N_("Phân loại 2"), "option_2", "conditional"),
        Column("parcel_weight", N_("Cân nặng"), "weight_g", "required", "whole", hint=N_("gam")),
        Column("parcel_length", N_("Dài"), "length_cm", "optional", "whole", hint="cm"),
        Column("parcel_width", N_("Rộng"), "width_cm", "optional", "whole", hint="cm"),
        Column("parcel_height", N_("Cao"), "height_cm", "optional", "whole", hint="cm"),
        Column("delivery", N_("Kênh giao hàng"), "", hint=N_("trống hoặc Default")),
        Column("price", N_("Giá"), "price", "required", "whole", hint=N_("đồng")),
        Column("quantity", N_("Kho hàng"), "stock", "required", "whole"),
        Column("seller_sku", N_("SKU"), "sku"),
    ),
    help=(
        N_("Trong Trung tâm nhà bán hàng TikTok Shop, tải mẫu đăng hàng loạt trống."),
        N_("Chép từng cột của bản nháp sang cột cùng khóa ở dòng 1 của mẫu; không sửa dòng 2."),
        N_("Chọn ngành hàng đúng như danh sách trong mẫu, kể cả số trong ngoặc."),
        N_("Tải ảnh trong thư mục anh/ lên kho ảnh của TikTok Shop, rồi dán địa chỉ vào cột ảnh."),
    ),
)
