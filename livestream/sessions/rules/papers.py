"""The document gate: a verified seller, a product that staff have published.

E-commerce Law 122/2025/QH15 (in force since 1 July 2026, known to us from the press only) makes
the seller's papers a condition of a livestream; here they stand behind verification.
"""

from livestream.sessions.rules import Plan, Problem, Rule
from shop.core.text import N_


def check(plan: Plan) -> list[Problem]:
    """A problem for every item without a published product or a verified producer."""
    found = [
        Problem(N_("%(product)s chưa được duyệt đăng bán."), item.named)
        for item in plan.items
        if not item.is_published
    ]
    found += [
        Problem(
            N_("%(producer)s (%(product)s) chưa được xác minh giấy tờ."),
            {"producer": item.producer_name, **item.named},
        )
        for item in plan.items
        if not item.is_producer_verified
    ]
    found += [
        Problem(N_("%(product)s đang ngừng bán."), item.named)
        for item in plan.items
        if item.is_published and item.is_producer_verified and not item.is_for_sale
    ]
    return found


RULE = Rule(
    "papers",
    N_("Giấy tờ sản phẩm"),
    "block",
    check,
    fixed_by=N_("người sản xuất và cán bộ"),
    is_paper=True,
)
