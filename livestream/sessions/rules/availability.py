"""People and rooms are booked within the hours they have given."""

from livestream.sessions.rules import Plan, Problem, Rule
from livestream.sessions.timing import covers
from shop.core.text import N_


def check(plan: Plan) -> list[Problem]:
    """A problem for a resource out of use, or one whose kept hours do not hold the session."""
    found = [
        Problem(N_("%(resource)s đang tạm ngừng dùng."), {"resource": resource.name})
        for resource in plan.resources
        if not resource.is_active
    ]
    found += [
        Problem(N_("%(resource)s không rảnh trọn phiên này."), {"resource": resource.name})
        for resource in plan.resources
        if resource.hours is not None and not covers(resource.hours, plan.on_air)
    ]
    return found


RULE = Rule("availability", N_("Lịch rảnh"), "block", check, from_stage="propose")
