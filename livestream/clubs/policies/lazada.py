"""LazLive."""

from livestream.clubs.policies import Policy
from shop.core.text import N_

POLICY = Policy(
    slug="lazada",
    name="LazLive",
    may_simulcast=False,
    may_show_own_codes=False,
    may_say_contacts=False,
    takes_comment_orders=False,
    lead_hours=48,
    shop_requirements=(N_("Gian hàng Lazada đang hoạt động; lịch live được sàn duyệt trước."),),
    show=(N_("Nên báo lịch trước 2–3 ngày làm việc; lịch chưa duyệt thì không được hiển thị."),),
    link=(N_("Chỉ đưa sản phẩm của gian hàng Lazada."),),
    say=(N_("Phiên đã duyệt mà không lên sóng đúng giờ có thể bị trừ điểm."),),
    source=N_("lianlianpay: Lazada live notice (nguồn thứ hai, đọc 2026-11)"),
    is_sure=False,
)
