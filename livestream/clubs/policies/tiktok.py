"""TikTok LIVE with TikTok Shop."""

from livestream.clubs.policies import Policy
from shop.core.text import N_

POLICY = Policy(
    slug="tiktok",
    name="TikTok",
    may_simulcast=False,
    may_show_own_codes=False,
    may_say_contacts=False,
    takes_comment_orders=False,
    min_minutes=30,
    max_products=100,
    max_flash_minutes=20,
    is_time_fixed=True,
    shop_requirements=(
        N_("Tài khoản đã gắn TikTok Shop và sản phẩm đã được duyệt trong giỏ live."),
    ),
    show=(
        N_("Người dẫn phải có mặt: không phát ảnh tĩnh hay bản ghi sẵn."),
        N_("Không đưa mã QR hay số điện thoại dẫn ra ngoài TikTok lên hình."),
    ),
    link=(N_("Chỉ ghim sản phẩm trong giỏ TikTok Shop; không dẫn sang nơi bán khác."),),
    say=(
        N_("Không nói quá công dụng, không gọi tên sàn khác."),
        N_("Đơn đi qua giỏ hàng của TikTok, không chốt bằng bình luận."),
    ),
    source=(
        "TikTok Shop Academy: LIVE Manager, LIVE Selling, LIVE Flash Sale, LIVE Content Policies "
        "(2026-11)"
    ),
)
