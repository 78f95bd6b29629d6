"""The hand-over sheet for channels without any known upload format: columns of our own.

Staff at the commune or the post office type from it, so it is complete and in Vietnamese. What the
catalogue does not know is asked on the product's own page (``ASKED``); what nobody has answered
stays empty and is marked as such in the sheet and on the printed form.
"""

from typing import Final

from shop.core.text import N_
from shop.marketplaces.rules.facts import AttributeFacts
from shop.marketplaces.rules.profile import Column, Limit, Limits

_OURS: Final = "quy tắc của Chợ Phiên"

CONTACT: Final = "nguoi_lien_he"
WHOLESALE: Final = "gia_si"
FEWEST: Final = "so_luong_toi_thieu"
DECLARED: Final = "cong_bo"

ASKED: Final = (
    AttributeFacts(
        CONTACT, N_("Người liên hệ"), about=N_("Bỏ trống: tên chủ cơ sở trên Chợ Phiên.")
    ),
    AttributeFacts(
        WHOLESALE, N_("Giá sỉ (đ)"), about=N_("Đồng cho mỗi đơn vị, chỉ gõ số, ví dụ 45000.")
    ),
    AttributeFacts(FEWEST, N_("SL tối thiểu"), about=N_("Mua sỉ ít nhất bao nhiêu đơn vị.")),
    AttributeFacts(
        DECLARED,
        N_("Công bố số"),
        about=N_("Số bản tự công bố hoặc đăng ký công bố sản phẩm."),
    ),
)
"""What the sheet asks for and the catalogue cannot answer, by the column's key."""

COLUMNS: Final = (
    Column("stt", N_("STT"), "number", "required", "whole"),
    Column("ma_sku", N_("Mã SKU"), "sku", "required"),
    Column("ten_san_pham", N_("Tên sản phẩm"), "title", "required"),
    Column("loai_hang", N_("Loại hàng"), "group_label"),
    Column("hang_sao_ocop", N_("Hạng sao OCOP"), "stars"),
    Column("so_quyet_dinh_ocop", N_("Số quyết định OCOP"), "decision_no"),
    Column("ngay_cap", N_("Ngày cấp"), "decision_issued"),
    Column("ngay_het_han", N_("Ngày hết hạn"), "decision_until"),
    Column("chu_the", N_("Chủ thể"), "producer", "required"),
    Column("dia_chi", N_("Địa chỉ"), "address"),
    Column(CONTACT, N_("Người liên hệ"), "contact"),
    Column("dien_thoai", N_("Điện thoại"), "phone"),
    Column("mo_ta_ngan", N_("Mô tả ngắn"), "summary"),
    Column("mo_ta_chi_tiet", N_("Mô tả chi tiết"), "description"),
    Column("thanh_phan", N_("Thành phần"), "ingredients"),
    Column("khoi_luong_tinh", N_("Khối lượng tịnh"), "net_content"),
    Column("quy_cach", N_("Quy cách"), "option_or_content"),
    Column("han_su_dung", N_("Hạn sử dụng"), "shelf_life"),
    Column("bao_quan", N_("Bảo quản"), "storage"),
    Column("gia_le", N_("Giá lẻ (đ)"), "price", "required", "whole"),
    Column(WHOLESALE, N_("Giá sỉ (đ)"), "wholesale_price", "optional", "whole"),
    Column(FEWEST, N_("SL tối thiểu"), "fewest_units", "optional", "whole"),
    Column("ton", N_("Tồn"), "stock", "required", "whole"),
    Column("khoi_luong_goi", N_("Khối lượng gói (g)"), "weight_g", "required", "whole"),
    Column("kich_thuoc", N_("D×R×C (cm)"), "size_cm"),
    *(Column(f"anh_{n}", f"Ảnh {n}", f"photo_{n}") for n in range(1, 10)),
    Column("giay_attp", N_("Giấy ATTP (số; ngày cấp; hết hạn)"), "food_safety"),
    Column(DECLARED, N_("Công bố số"), "declaration"),
    Column("ma_truy_xuat", N_("Mã truy xuất (đường dẫn)"), "trace_url"),
)

ANSWERED: Final = frozenset(
    {"address", "contact", "phone", "summary", "ingredients", "net_content", "shelf_life"}
    | {"storage", "wholesale_price", "fewest_units", "size_cm", "food_safety", "declaration"}
    | {"trace_url"}
)
"""Values that every product should have: where one is empty, somebody has to ask."""

LIMITS: Final = Limits(
    photos_advised=Limit(3, "uncertain", _OURS),
    photos_max=Limit(9, "certain", _OURS),
    photo_side_min=Limit(800, "uncertain", _OURS),
)

HELP: Final = (
    N_("In phieu-ban-giao.pdf (khổ A4) hoặc gửi cả tệp nén này cho cán bộ phụ trách."),
    N_("Cán bộ nhập theo phieu_san_pham.xlsx; ảnh ở thư mục anh/, giấy tờ ở thư mục giay-to/."),
    N_("Ô nền vàng, dòng kẻ chấm là điều chưa có: hỏi cơ sở rồi ghi tay."),
    N_("Bổ sung giấy còn thiếu ghi trong phiếu; giữ lại bản này để đối chiếu."),
)
