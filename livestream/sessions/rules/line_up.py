"""The line-up fits into the session."""

from livestream.sessions.rules import Plan, Problem, Rule
from shop.core.text import N_


def check(plan: Plan) -> list[Problem]:
    """A problem when the products' minutes exceed the session's."""
    planned = sum(item.minutes for item in plan.items)
    length = (plan.on_air.end - plan.on_air.start) // 60
    if planned <= length:
        return []
    return [
        Problem(
            N_("Các sản phẩm cần %(planned)s phút, phiên chỉ dài %(length)s phút."),
            {"planned": planned, "length": length},
        )
    ]


RULE = Rule("line_up", N_("Thời lượng"), "warn", check)
