"""In the small hours hardly anyone watches, and neighbours sleep."""

from datetime import time
from typing import Final

from livestream.sessions.rules import Plan, Problem, Rule
from livestream.sessions.timing import VN, day_interval
from shop.core.text import N_

FROM: Final = time(1)
UNTIL: Final = time(5)
"""Sessions that end after midnight are usual; from one to five is not."""


def check(plan: Plan) -> list[Problem]:
    """A problem when any minute on air lies between one and five in the morning in Vietnam."""
    days = {plan.starts_at.astimezone(VN).date(), plan.ends_at.astimezone(VN).date()}
    for day in sorted(days):
        midnight = day_interval(day).start
        if plan.on_air.start < midnight + UNTIL.hour * 3600 and (
            midnight + FROM.hour * 3600 < plan.on_air.end
        ):
            return [Problem(N_("Phiên nằm trong khoảng 1–5 giờ sáng."))]
    return []


RULE = Rule("quiet_hours", N_("Giờ khuya"), "warn", check)
