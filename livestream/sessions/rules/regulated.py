"""Goods with rules of their own: alcohol, supplements, herbs, essential oils.

Decree 342/2025/NĐ-CP on advertising food (named to us by lsvn.vn, one source) asks for a
confirmation of the advertisement for some classes; staff judge it, so this warns.
"""

from livestream.sessions.rules import Plan, Problem, Rule
from shop.core.text import N_


def check(plan: Plan) -> list[Problem]:
    """A problem for every item of a regulated class."""
    return [
        Problem(
            N_("%(product)s thuộc nhóm có quy định riêng; cần cán bộ xem giấy xác nhận quảng cáo."),
            {"product": item.name},
        )
        for item in plan.items
        if item.regulated_class != "none"
    ]


RULE = Rule("regulated", N_("Hàng có quy định riêng"), "warn", check, fixed_by=N_("cán bộ"))
