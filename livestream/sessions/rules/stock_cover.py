"""What is promised on air must be there."""

from livestream.sessions.rules import Plan, Problem, Rule
from shop.core.text import N_


def check(plan: Plan) -> list[Problem]:
    """A problem for every item that wants more units set aside than are free."""
    return [
        Problem(
            N_("%(product)s: muốn để riêng %(wanted)s nhưng kho chỉ còn %(left)s."),
            {**item.named, "wanted": item.set_aside, "left": item.available},
        )
        for item in plan.items
        if item.set_aside > item.available
    ]


RULE = Rule("stock_cover", N_("Đủ hàng"), "block", check, fixed_by=N_("người sản xuất"))
