"""Goods with rules of their own: alcohol, supplements, herbs, essential oils.

Decree 342/2025/NĐ-CP on advertising food (named to us by lsvn.vn, one source) asks for a
confirmation of the advertisement for some classes. Which ones is not sure, so a verified paper
settles it and without one it warns: staff judge.
"""

from livestream.sessions.rules import Plan, Problem, Rule
from shop.core.text import N_


def check(plan: Plan) -> list[Problem]:
    """A problem for every item of a regulated class without a confirmed advertisement."""
    return [
        Problem(
            N_(
                "%(product)s thuộc nhóm có quy định riêng mà chưa có giấy xác nhận nội dung quảng "
                "cáo còn hạn đến hết phiên."
            ),
            item.named,
        )
        for item in plan.items
        if item.is_regulated and not item.has_advert_paper_until(plan.ends_at)
    ]


RULE = Rule(
    "regulated",
    N_("Hàng có quy định riêng"),
    "warn",
    check,
    fixed_by=N_("người sản xuất"),
    is_paper=True,
)
