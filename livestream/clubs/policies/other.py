"""A platform nothing is known of."""

from livestream.clubs.policies import Policy
from shop.core.text import N_

POLICY = Policy(
    slug="other",
    name="Nền tảng khác",
    may_simulcast=True,
    may_show_own_codes=True,
    may_say_contacts=True,
    takes_comment_orders=True,
    shop_requirements=(N_("Đọc quy định của nền tảng trước khi bán."),),
    source=N_("Không có nguồn: chỉ để nhắc"),
    is_sure=False,
)
