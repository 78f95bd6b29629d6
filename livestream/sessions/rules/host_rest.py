"""A host who was on air late is not on air early the next day."""

from typing import Final

from livestream.sessions.rules import Plan, Problem, Rule
from livestream.sessions.timing import DAY_SECONDS, Interval
from shop.core.text import N_

REST_HOURS: Final = 10
"""Our own figure: a night's rest. Two sessions of one evening are not meant."""
THREE_IN_THE_MORNING: Final = 20 * 3600
"""Seconds after midnight UTC; Vietnam is at UTC+7 the whole year."""


def check(plan: Plan) -> list[Problem]:
    """A problem for every pause over a night that is shorter than REST_HOURS."""
    found = []
    for host in plan.of_kind("host"):
        for busy in host.busy:
            pause = (
                Interval(busy.session.end, plan.on_air.start)
                if busy.session.start < plan.on_air.start
                else Interval(plan.on_air.end, busy.session.start)
            )
            hours, rest = divmod(pause.end - pause.start, 3600)
            if _is_over_night(pause) and hours < REST_HOURS:
                found.append(
                    Problem(
                        N_("%(host)s chỉ nghỉ %(hours)s giờ %(minutes)s phút giữa hai phiên."),
                        {"host": host.name, "hours": hours, "minutes": rest // 60},
                    )
                )
    return found


def _is_over_night(pause: Interval) -> bool:
    """Whether three in the morning lies within the pause."""
    day = pause.start - pause.start % DAY_SECONDS
    return any(
        pause.start <= day + days * DAY_SECONDS + THREE_IN_THE_MORNING < pause.end
        for days in (0, 1)
    )


RULE = Rule("host_rest", N_("Nghỉ của người dẫn"), "warn", check)
