"""Zalo."""

from livestream.clubs.policies import Policy
from shop.core.text import N_

POLICY = Policy(
    slug="zalo",
    name="Zalo",
    may_simulcast=True,
    may_show_own_codes=True,
    may_say_contacts=True,
    takes_comment_orders=True,
    shop_requirements=(N_("Tài khoản Zalo OA đã xác thực nếu bán với tên cơ sở."),),
    show=(N_("Mã QR truy xuất được lên hình."),),
    link=(N_("Được gửi đường dẫn đặt hàng trong nhóm và bình luận."),),
    source=N_("Chưa đọc nguồn chính thức: chỉ để nhắc"),
    is_sure=False,
)
