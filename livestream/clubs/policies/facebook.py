"""Facebook Page Live."""

from livestream.clubs.policies import Policy
from shop.core.text import N_

POLICY = Policy(
    slug="facebook",
    name="Facebook",
    may_simulcast=True,
    may_show_own_codes=True,
    may_say_contacts=True,
    takes_comment_orders=True,
    max_minutes=8 * 60,
    shop_requirements=(N_("Tài khoản đã mở từ 60 ngày và Trang có từ 100 người theo dõi."),),
    show=(N_("Mã QR truy xuất và địa chỉ trang bán của cơ sở được lên hình."),),
    link=(N_("Được dán đường dẫn đặt hàng trong phần mô tả và bình luận ghim."),),
    say=(N_("Nhắc người xem gửi đường dẫn đặt hàng thay cho số điện thoại trong bình luận."),),
    source=N_("Ghi chú nghiên cứu dẫn tài liệu Meta Live Video (nguồn thứ hai, đọc 2026-11)"),
    is_sure=False,
)
