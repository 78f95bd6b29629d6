"""Goods must still be good when they reach the buyer."""

from datetime import timedelta
from typing import Final

from livestream.sessions.rules import Plan, Problem, Rule
from shop.core.text import N_

ON_THE_WAY: Final = timedelta(days=5)
"""How long a parcel may be on its way; our own figure."""


def check(plan: Plan) -> list[Problem]:
    """A problem for items past their date by the session, or too short of it for a parcel."""
    found = []
    for item in plan.items:
        if item.sold_until is None:
            continue
        if item.sold_until < plan.ends_at:
            text = N_("%(product)s: lô còn trong kho hết hạn trước phiên này.")
        elif item.sold_until < plan.ends_at + ON_THE_WAY:
            text = N_("%(product)s: lô còn trong kho chỉ còn vài ngày hạn khi tới tay người mua.")
        else:
            continue
        found.append(Problem(text, item.named))
    return found


RULE = Rule("shelf_life", N_("Hạn dùng"), "warn", check, fixed_by=N_("người sản xuất"))
