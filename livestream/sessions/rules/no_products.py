"""A session shows something that a producer agreed to.

Without a product nobody's consent is asked, so a manager or a commune officer cannot confirm it;
staff of the province may let it pass by name, as for a talk without sales (decision 0038).
"""

from livestream.sessions.rules import Plan, Problem, Rule
from shop.core.text import N_


def check(plan: Plan) -> list[Problem]:
    """A problem when there is no product."""
    if plan.items:
        return []
    return [Problem(N_("Phiên chưa có sản phẩm nào nên chưa người sản xuất nào đồng ý."))]


RULE = Rule("no_products", N_("Chưa có sản phẩm"), "warn", check)
