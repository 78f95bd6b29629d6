"""The document gate: a paper on the quality of what people eat, valid to the end of the session.

E-commerce Law 122/2025/QH15 art. 23 asks the seller for proof of quality before the stream (known
to us from the press only, so this warns; staff pass it with the number of the paper they saw).
"""

from livestream.sessions.rules import Plan, Problem, Rule
from shop.core.text import N_


def check(plan: Plan) -> list[Problem]:
    """A problem for every product to eat or drink without such a paper."""
    return [
        Problem(
            N_("%(product)s chưa có giấy chất lượng hoặc an toàn thực phẩm còn hạn đến hết phiên."),
            item.named,
        )
        for item in plan.items
        if item.needs_quality_paper and not item.has_quality_paper_until(plan.ends_at)
    ]


RULE = Rule(
    "quality_papers",
    N_("Giấy chất lượng"),
    "warn",
    check,
    fixed_by=N_("người sản xuất"),
    is_paper=True,
)
