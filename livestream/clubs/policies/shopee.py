"""Shopee Live."""

from livestream.clubs.policies import Policy
from shop.core.text import N_

POLICY = Policy(
    slug="shopee",
    name="Shopee Live",
    may_simulcast=False,
    may_show_own_codes=False,
    may_say_contacts=False,
    takes_comment_orders=False,
    shop_requirements=(N_("Gian hàng Shopee đang hoạt động và được mở tính năng Shopee Live."),),
    show=(N_("Không đưa mã QR, số điện thoại hay tên sàn khác lên hình."),),
    link=(N_("Chỉ đưa sản phẩm trong giỏ live của gian hàng."),),
    say=(N_("Không mời người xem mua ngoài Shopee."),),
    source=N_("upbase.vn về quy định Shopee Live (nguồn thứ hai, đọc 2026-11)"),
    is_sure=False,
)
