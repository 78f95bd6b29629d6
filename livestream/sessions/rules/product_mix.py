"""What is shown together: time for each product, and alcohol apart from the rest."""

from typing import Final

from livestream.sessions.rules import Plan, Problem, Rule
from shop.core.text import N_

LEAST_MINUTES: Final = 3
"""Below this nobody hears what a product is; our own figure."""


def check(plan: Plan) -> list[Problem]:
    """A problem for too many products in the time, and for alcohol shown beside other goods."""
    found = []
    length = (plan.on_air.end - plan.on_air.start) // 60
    if len(plan.items) * LEAST_MINUTES > length:
        found.append(
            Problem(
                N_("%(count)s sản phẩm trong %(length)s phút: mỗi sản phẩm chưa được 3 phút."),
                {"count": len(plan.items), "length": length},
            )
        )
    alcohol = [item for item in plan.items if item.regulated_class == "alcohol"]
    if alcohol and len(alcohol) < len(plan.items):
        found.append(
            Problem(
                N_("%(products)s là đồ uống có cồn: nên để ở phiên riêng, có nhắc tuổi người xem."),
                {
                    "products": ", ".join(item.name for item in alcohol),
                    "products_en": ", ".join(item.name_en or item.name for item in alcohol),
                },
            )
        )
    return found


RULE = Rule("product_mix", N_("Cách ghép sản phẩm"), "warn", check)
