"""Shopee Việt Nam: keys of the mass-upload sheet, as public descriptions of it list them.

Keys are stable, their order and number are not, and every shop's own template carries a signature
and the shop's categories; so what is made here is a draft to copy from, and says so.
"""

from datetime import date

from shop.core.text import N_
from shop.marketplaces.rules.profile import (
    Column,
    Delivery,
    Layout,
    Lifecycle,
    Limit,
    Limits,
    Profile,
    Unit,
)

_SHEET = N_("mô tả công khai về mẫu đăng hàng loạt Shopee, 2026")
_API = N_("danh mục tham số API v2.product.add_item (congminh1254/shopee-sdk, 18/08/2026)")
_OLD_VN = N_("hai bộ điền mẫu Shopee Việt Nam, khoảng 2020–2021")
_BLOG = "shopeeplus.com, 2019"
_HABIT = N_("thói quen người bán; Shopee đặt giới hạn riêng cho từng gian hàng và ngành hàng")

_WAYS = N_("bộ điền mẫu Shopee Việt Nam, 2026")

PROFILE = Profile(
    slug="shopee",
    order=10,
    label="Shopee",
    lifecycle=Lifecycle(
        state="active",
        as_of=date(2025, 12, 31),
        source=N_("số liệu thị phần của Metric, năm 2025"),
        certainty="certain",
    ),
    checked_on=date(2026, 11, 22),
    source=_SHEET,
    level="draft",
    file_name="ban-nhap-shopee",
    market_words=("shopee",),
    brand_when_none="NoBrand",
    needs_category=True,
    needs_delivery=True,
    fidelity=("A", "B"),
    payload="shopee",
    sheet_weight=Unit("g", "uncertain", _OLD_VN),
    payload_weight=Unit("kg", "certain", _API),
    layout=Layout(
        must_have=("ps_product_name", "ps_price", "ps_weight"),
        data_after_needs=3,
        key_ends_at="|",
        shop_row=2,
        switch_words=(("On", "Off"), ("Mở", "Tắt"), ("Bật", "Tắt")),
        reason_key="et_title_reason",
        source=_SHEET,
    ),
    deliveries=(
        Delivery("5001", "Nhanh", True, "certain", _WAYS),
        Delivery("50052", "Tủ nhận hàng – SPX", True, "certain", _WAYS),
        Delivery("50039", "Tủ nhận hàng – Viettel Smartbox", True, "certain", _WAYS),
        Delivery("5012", "Trong Ngày", False, "certain", _WAYS),
        Delivery("5000", "Hỏa Tốc", False, "certain", _WAYS),
        Delivery("5004", "Hàng Cồng Kềnh", False, "certain", _WAYS),
        Delivery("50053", "Điểm nhận hàng", False, "certain", _WAYS),
    ),
    limits=Limits(
        title_min=Limit(10, "uncertain", _HABIT),
        title_advised=Limit(100, "uncertain", N_("một hệ thống bán hàng Việt Nam đặt tối đa 100")),
        title_max=Limit(120, "uncertain", _HABIT),
        description_min=Limit(100, "uncertain", _HABIT),
        description_max=Limit(3000, "uncertain", _HABIT),
        hashtags_max=Limit(18, "certain", _API),
        photos_advised=Limit(3, "uncertain", N_("kinh nghiệm người bán")),
        photos_max=Limit(9, "certain", _SHEET),
        photo_side_min=Limit(500, "uncertain", _BLOG),
        photo_bytes_max=Limit(2_000_000, "uncertain", N_("kinh nghiệm người bán")),
        photo_square=Limit(2, "uncertain", _BLOG),
        price_min_vnd=Limit(1_000, "uncertain", _BLOG),
        price_spread=Limit(5, "uncertain", _BLOG),
        variants_advised=Limit(20, "uncertain", N_("trang trợ giúp API của Shopee")),
        variants_max=Limit(50, "certain", _API),
        axes_max=Limit(2, "certain", _API),
        option_name_max=Limit(14, "uncertain", N_("giá trị mẫu trong tài liệu API")),
        option_max=Limit(20, "uncertain", N_("giá trị mẫu trong tài liệu API")),
        sku_max=Limit(100, "certain", _API),
    ),
    columns=(
        Column("ps_category", N_("Mã ngành hàng"), "category", "required", "whole"),
        Column("ps_product_name", N_("Tên sản phẩm"), "title", "required"),
        Column("ps_product_description", N_("Mô tả"), "description", "required"),
        Column("ps_sku_parent_short", N_("SKU sản phẩm"), "parent_sku"),
        Column(
            "et_title_variation_integration_no",
            N_("Mã nhóm phân loại"),
            "group",
            "conditional",
            hint=N_("cùng một số trên mọi dòng của một sản phẩm; trống khi chỉ có một quy cách"),
        ),
        Column("et_title_variation_1", N_("Tên nhóm phân loại 1"), "option_name_1", "conditional"),
        Column("et_title_option_for_variation_1", N_("Phân loại 1"), "option_1", "conditional"),
        Column("et_title_image_per_variation", N_("Ảnh phân loại"), "", "optional", "address"),
        Column("et_title_variation_2", N_("Tên nhóm phân loại 2"), "option_name_2"),
        Column("et_title_option_for_variation_2", N_("Phân loại 2"), "option_2", "conditional"),
        Column("ps_price", N_("Giá"), "price", "required", "whole", hint=N_("đồng")),
        Column("ps_stock", N_("Kho hàng"), "stock", "required", "whole"),
        Column("ps_sku_short", N_("SKU phân loại"), "sku"),
        Column("ps_gtin_code", N_("GTIN"), "gtin"),
        Column("ps_item_cover_image", N_("Ảnh bìa"), "address_1", "required", "address"),
        *(
            Column(f"ps_item_image_{n}", N_("Hình ảnh"), f"address_{n + 1}", "optional", "address")
            for n in range(1, 9)
        ),
        Column(
            "ps_weight",
            N_("Cân nặng"),
            "weight_g",
            "required",
            "whole",
            "uncertain",
            N_("gam; xem lại đơn vị trong mẫu của gian hàng"),
        ),
        Column("ps_length", N_("Dài"), "length_cm", "optional", "whole", hint="cm"),
        Column("ps_width", N_("Rộng"), "width_cm", "optional", "whole", hint="cm"),
        Column("ps_height", N_("Cao"), "height_cm", "optional", "whole", hint="cm"),
        Column(
            "channel_id.<id>",
            N_("Kênh giao hàng"),
            "",
            "conditional",
            hint=N_("mỗi gian hàng có các cột riêng; bật ít nhất một kênh"),
        ),
        Column("ps_product_pre_order_dts", N_("Số ngày chuẩn bị hàng"), "", "optional", "whole"),
        Column("ps_brand", N_("Thương hiệu"), "brand", "conditional"),
    ),
    help=(
        N_("Trong Kênh Người Bán, tải mẫu đăng hàng loạt trống của gian hàng bạn."),
        N_("Chép từng cột của bản nháp sang cột cùng khóa ở dòng 1 của mẫu (bỏ phần sau dấu |)."),
        N_("Chọn ngành hàng, kênh giao trong mẫu; không sửa dòng 2 của mẫu."),
        N_("Tải mẫu lên, rồi kéo ảnh trong thư mục anh/ vào từng sản phẩm nếu cột ảnh để trống."),
    ),
)
