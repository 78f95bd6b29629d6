"""A star or certificate that ends before the session must not be spoken of in it."""

from livestream.sessions.rules import Plan, Problem, Rule
from livestream.sessions.timing import VN
from shop.core.text import N_


def check(plan: Plan) -> list[Problem]:
    """A problem for every paper shown today that ends before the session does."""
    return [
        Problem(
            N_("%(product)s: %(paper)s hết hạn ngày %(day)s, không được nhắc khi lên sóng."),
            {
                **item.named,
                "paper": paper,
                "day": ends_at.astimezone(VN).strftime("%d/%m/%Y"),
            },
            terms=("paper",),
        )
        for item in plan.items
        for paper, ends_at in item.paper_lapses
        if ends_at < plan.ends_at
    ]


RULE = Rule("claims", N_("Chứng nhận sắp hết hạn"), "warn", check, fixed_by=N_("người sản xuất"))
