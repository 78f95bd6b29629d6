"""What is said of a template and of products in it: code, why, how to mend it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from shop.core.text import N_

WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "TEMPLATE_STALE": (
        N_("Mẫu tải lên đã %(days)s ngày; sàn có thể đã đổi mẫu."),
        N_("Tải mẫu trống mới nhất từ gian hàng rồi tải lên lại."),
    ),
    "TEMPLATE_OTHER_SHOP": (
        N_("Mẫu này mang mã gian hàng khác với mẫu trước của “%(shop)s”."),
        N_("Nếu đây là gian hàng khác, hãy đặt tên gian hàng riêng khi tải lên."),
    ),
    "TEMPLATE_CHANGED": (
        N_("Mẫu đã đổi so với lần trước: vài cột nhận giá trị khác hoặc đổi mức bắt buộc."),
        N_("Xem lại các cột bên dưới trước khi điền."),
    ),
    "TEMPLATE_NEW_COLUMNS": (
        N_("So với mẫu trước, mẫu có thêm cột: %(what)s."),
        N_("Xem lại các cột bên dưới trước khi điền."),
    ),
    "TEMPLATE_LOST_COLUMNS": (
        N_("So với mẫu trước, mẫu bỏ cột: %(what)s."),
        N_("Không cần làm gì; giá trị của các cột ấy không còn được ghi."),
    ),
    "TEMPLATE_NOW_REQUIRED": (
        N_("So với mẫu trước, cột nay thành bắt buộc: %(what)s."),
        N_("Xem lại các cột bên dưới trước khi điền."),
    ),
    "TEMPLATE_CATEGORIES": (
        N_("So với mẫu trước, mẫu thêm %(new)s ngành và bỏ %(lost)s ngành."),
        N_("Chọn lại ngành cho sản phẩm nào không còn ngành cũ."),
    ),
    "TEMPLATE_UNIT": (
        N_("So với mẫu trước, đơn vị cân nặng đổi từ %(before)s sang %(after)s."),
        N_("Nếu sàn hiểu khác, hãy chọn đơn vị bên dưới."),
    ),
    "TEMPLATE_UNKNOWN_REQUIRED": (
        N_("Cột bắt buộc “%(label)s” (%(key)s) không có dữ liệu ở Chợ Phiên."),
        N_("Điền một giá trị dùng cho mọi dòng ở mục “Cột cần bạn điền”."),
    ),
    "TEMPLATE_NO_NEED_ROW": (
        N_("Không thấy dòng “bắt buộc / không bắt buộc” nên dòng dữ liệu đầu là ước đoán."),
        N_("Mở tệp đã điền, kiểm tra dòng dữ liệu đầu trước khi tải lên sàn."),
    ),
    "TEMPLATE_PRIVATE": (
        N_("Mẫu có trang ẩn chứa dữ liệu riêng của gian hàng (%(sheets)s)."),
        N_("Tệp chỉ thành viên cơ sở của bạn xem được; đừng gửi mẫu cho người khác."),
    ),
    "TEMPLATE_SAMPLES": (
        N_("Mẫu có %(count)s dòng mẫu hoặc dòng đã điền; các dòng này sẽ bị xóa trong tệp điền."),
        N_("Tệp bạn tải lên không bị đổi."),
    ),
    "TEMPLATE_SHEETS": (
        N_("Mẫu còn các trang ngành khác chưa điền: %(sheets)s."),
        N_("Tải mẫu riêng cho các trang ấy rồi tải lên."),
    ),
    "WEIGHT_UNIT_CONFLICT": (
        N_("Mẫu ghi đơn vị cân nặng khác với hồ sơ kênh, không đoán được là gam hay ki-lô-gam."),
        N_("Xem cột cân nặng trong mẫu rồi chọn đơn vị bên dưới."),
    ),
    "WEIGHT_UNIT_UNTOLD": (
        N_("Mẫu không ghi đơn vị cân nặng; đang dùng %(unit)s theo hồ sơ kênh (chưa kiểm chứng)."),
        N_("Nếu sàn hiểu khác, hãy chọn đơn vị bên dưới."),
    ),
    "SHIP_NONE": (
        N_("Chưa bật đơn vị giao hàng nào của gian hàng."),
        N_("Chọn ít nhất một kênh giao ở mục “Giao hàng”."),
    ),
    "SHIP_PRICE_LIMIT": (
        N_("Giá %(price)s đ cao hơn mức %(limit)s đ mà kênh giao “%(label)s” nhận."),
        N_("Tắt kênh giao này hoặc hạ giá trên kênh."),
    ),
    "ATTR_REQUIRED": (
        N_("Ngành “%(path)s” bắt buộc cột “%(label)s” mà chưa có giá trị."),
        N_("Điền giá trị cho cột ở mục “Cột cần bạn điền”."),
    ),
    "CELL_EMPTY": (
        N_("Cột bắt buộc “%(label)s” còn trống."),
        N_("Bổ sung thông tin này của sản phẩm, hoặc điền một giá trị dùng chung cho cột."),
    ),
    "PICTURES_EMPTY": (
        N_("Cột ảnh “%(label)s” để trống vì địa chỉ ảnh chưa mở được từ Internet, hoặc thiếu ảnh."),
        N_("Sau khi tải tệp lên sàn, kéo ảnh trong gói xuất vào từng sản phẩm."),
    ),
}
"""Code -> why, how to mend it."""
_REFUSING: Final = frozenset(
    {"TEMPLATE_UNKNOWN_REQUIRED", "WEIGHT_UNIT_CONFLICT", "SHIP_NONE", "SHIP_PRICE_LIMIT"}
    | {"ATTR_REQUIRED", "CELL_EMPTY"}
)


@dataclass(frozen=True)
class Remark:
    """Something about a template or a product in it. ``field`` names the place on the page."""

    code: str
    params: Mapping[str, Any]
    field: str = ""

    @property
    def severity(self) -> Literal["refuse", "warn"]:
        return "refuse" if self.code in _REFUSING else "warn"

    @property
    def why(self) -> str:
        """Msgid of the reason."""
        return WORDS[self.code][0]

    @property
    def fix(self) -> str:
        """Msgid of what to do."""
        return WORDS[self.code][1]
