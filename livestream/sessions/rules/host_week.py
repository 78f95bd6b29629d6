"""A host has a week, too."""

from typing import Final

from livestream.sessions.rules import Plan, Problem, Rule
from shop.core.text import N_

MOST_PER_WEEK: Final = 4
"""Our own figure, as in the planner's model: sessions of one host within any seven days."""
WEEK_SECONDS: Final = 7 * 86_400


def check(plan: Plan) -> list[Problem]:
    """A problem for a host with more than MOST_PER_WEEK sessions in seven days around the plan."""
    found = []
    for host in plan.of_kind("host"):
        starts = sorted([plan.on_air.start, *(busy.session.start for busy in host.busy)])
        most = max(
            sum(first <= start < first + WEEK_SECONDS for start in starts)
            for first in starts
            if first <= plan.on_air.start < first + WEEK_SECONDS
        )
        if most > MOST_PER_WEEK:
            found.append(
                Problem(
                    N_("%(host)s sẽ có %(number)s phiên trong bảy ngày (nên tối đa %(most)s)."),
                    {"host": host.name, "number": most, "most": MOST_PER_WEEK},
                )
            )
    return found


RULE = Rule("host_week", N_("Số phiên trong tuần"), "warn", check)
