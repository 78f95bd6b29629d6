"""YouTube Live."""

from livestream.clubs.policies import Policy
from shop.core.text import N_

POLICY = Policy(
    slug="youtube",
    name="YouTube",
    may_simulcast=True,
    may_show_own_codes=True,
    may_say_contacts=True,
    takes_comment_orders=True,
    max_minutes=12 * 60,
    shop_requirements=(N_("Kênh đã xác minh số điện thoại và không bị khóa phát trực tiếp."),),
    show=(N_("Mã QR truy xuất được lên hình."),),
    link=(N_("Được dán đường dẫn đặt hàng trong phần mô tả."),),
    source=N_("Chưa đọc nguồn chính thức: chỉ để nhắc"),
    is_sure=False,
)
