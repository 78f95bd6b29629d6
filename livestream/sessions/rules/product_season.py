"""Fresh goods are shown when they are there."""

from livestream.sessions.rules import Plan, Problem, Rule
from livestream.sessions.timing import VN
from shop.core.text import N_


def check(plan: Plan) -> list[Problem]:
    """A problem for items out of season in the session's month."""
    month = plan.starts_at.astimezone(VN).month
    return [
        Problem(
            N_("%(product)s không vào mùa trong tháng %(month)s."),
            {**item.named, "month": month},
        )
        for item in plan.items
        if item.season_mask and not item.season_mask >> (month - 1) & 1
    ]


RULE = Rule("product_season", N_("Mùa vụ"), "warn", check, fixed_by=N_("người sản xuất"))
