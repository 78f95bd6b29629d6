"""Nobody and nothing is on air twice at once."""

from livestream.sessions.rules import Plan, Problem, Rule
from shop.core.text import N_


def check(plan: Plan) -> list[Problem]:
    """A problem for every other session that shares time on air and a resource with the plan."""
    return [
        Problem(
            N_("%(resource)s đã có phiên khác vào giờ này%(what)s."),
            {"resource": resource.name, "what": f" ({busy.label})" if busy.label else ""},
        )
        for resource in plan.resources
        for busy in resource.busy
        if busy.session.overlaps(plan.on_air)
    ]


RULE = Rule("overlap", N_("Trùng giờ"), "block", check, from_stage="propose")
