"""Lazada Việt Nam: columns seen in its management files; one workbook per category.

The create-new workbook of Vietnam was not found, so the sheet is a draft. The seller's own template
holds a hash column that must survive untouched; it is left out here.
"""

from datetime import date

from shop.core.text import N_
from shop.marketplaces.rules.profile import Column, Layout, Lifecycle, Limit, Limits, Profile, Unit

_SYSTEM = N_("một hệ thống bán hàng Việt Nam nối API Lazada, 2026")
_API = N_("ví dụ /product/create công khai")
_FILES = N_("các tệp quản lý sản phẩm Lazada đã được mô tả công khai")
_GUIDE = "global.lianlianpay.com"

PROFILE = Profile(
    slug="lazada",
    order=30,
    label="Lazada",
    lifecycle=Lifecycle(
        state="active",
        as_of=date(2025, 4, 21),
        source=N_("cafebiz.vn 21/04/2025: thị phần quý 1/2025 còn 8 % và đang giảm"),
        certainty="certain",
    ),
    checked_on=date(2026, 11, 22),
    source=_FILES,
    level="draft",
    file_name="ban-nhap-lazada",
    market_words=("lazada",),
    brand_when_none="No Brand",
    needs_category=True,
    description_format="html",
    fidelity=("A", "B"),
    payload="lazada",
    sheet_weight=Unit("kg", "certain", _FILES),
    payload_weight=Unit("kg", "certain", _API),
    layout=Layout(
        must_have=("title.vi_VN", "sku.price", "sku.sellerSku"),
        data_after_needs=3,
        hidden_keys_suffix="_hide",
        untouched_keys=("tr(s-wb-product@md5key)",),
        certainty="uncertain",
        source=N_("một bộ tải hàng lên Lazada Thái Lan đã công bố mã nguồn"),
    ),
    limits=Limits(
        title_max=Limit(255, "certain", _SYSTEM),
        photos_advised=Limit(3, "uncertain", N_("kinh nghiệm người bán")),
        photos_max=Limit(8, "certain", _SYSTEM),
        photo_side_min=Limit(330, "uncertain", N_("trí nhớ, chưa có nguồn")),
        photo_side_max=Limit(5000, "certain", _SYSTEM),
        photo_bytes_max=Limit(3_000_000, "certain", _SYSTEM),
        photo_square=Limit(2, "uncertain", _GUIDE),
        axes_max=Limit(2, "uncertain", N_("trí nhớ, chưa có nguồn")),
        price_min_vnd=Limit(1, "certain", _API),
    ),
    columns=(
        Column("catId", N_("Mã ngành hàng"), "category", "required", "whole"),
        Column("*Product Name(Vietnamese)", N_("Tên sản phẩm"), "title", "required"),
        Column("Product Images1", N_("Ảnh bìa"), "address_1", "required", "address"),
        *(
            Column(f"Product Images{n}", N_("Hình ảnh"), f"address_{n}", "optional", "address")
            for n in range(2, 9)
        ),
        Column("Main Description", N_("Mô tả (HTML)"), "description"),
        Column("Product Highlights", N_("Điểm nổi bật"), "summary"),
        Column("Brand", N_("Thương hiệu"), "brand", "required"),
        Column("SellerSKU", N_("SKU"), "sku", "required"),
        Column(
            "Variations Combo",
            N_("Phân loại"),
            "option",
            "conditional",
            hint=N_("trống khi chỉ có một quy cách"),
        ),
        Column("currencyCode", N_("Tiền tệ"), "currency"),
        Column("*Price", N_("Giá"), "price", "required", "whole", hint=N_("đồng")),
        Column("*Quantity", N_("Kho hàng"), "stock", "required", "whole"),
        Column("SpecialPrice", N_("Giá khuyến mãi"), "", "optional", "whole"),
        Column("SpecialPrice Start", N_("Khuyến mãi từ"), ""),
        Column("SpecialPrice End", N_("Khuyến mãi đến"), ""),
        Column(
            "Package Weight (kg)", N_("Cân nặng"), "weight_kg", "required", "decimal", hint="kg"
        ),
        Column("Package Length (cm)", N_("Dài"), "length_cm", "required", "whole", hint="cm"),
        Column("Package Width (cm)", N_("Rộng"), "width_cm", "required", "whole", hint="cm"),
        Column("Package Height (cm)", N_("Cao"), "height_cm", "required", "whole", hint="cm"),
        Column("Dangerous Goods", N_("Hàng nguy hiểm"), ""),
        Column("Warranty Type", N_("Bảo hành"), ""),
    ),
    help=(
        N_("Trong Trung tâm Người bán, tải mẫu trống của đúng ngành hàng (mỗi ngành một tệp)."),
        N_("Chép từng cột của bản nháp sang cột cùng tên; giữ nguyên cột tr(s-wb-product@md5key)."),
        N_("Ảnh phải nằm trên máy chủ của Lazada: tải ảnh trong thư mục anh/ lên thư viện ảnh."),
        N_("Kiểm tra ba cạnh gói hàng: Lazada bắt buộc có."),
    ),
)
