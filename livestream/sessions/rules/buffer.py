"""Time to set up and to clear away belongs to the booking."""

from livestream.sessions.rules import Plan, Problem, Rule
from shop.core.text import N_


def check(plan: Plan) -> list[Problem]:
    """A problem where holds meet although the sessions themselves do not."""
    return [
        Problem(
            N_(
                "%(resource)s cần %(before)s phút chuẩn bị và %(after)s phút dọn dẹp; "
                "khoảng đó chạm vào một phiên khác%(what)s."
            ),
            {
                "resource": resource.name,
                "before": resource.before_minutes,
                "after": resource.after_minutes,
                "what": f" ({busy.label})" if busy.label else "",
            },
        )
        for resource in plan.resources
        for busy in resource.busy
        if busy.hold.overlaps(plan.hold_of(resource)) and not busy.session.overlaps(plan.on_air)
    ]


RULE = Rule("buffer", N_("Thời gian chuẩn bị"), "block", check, from_stage="propose")
