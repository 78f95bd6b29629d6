"""A platform that is known to forbid it is not shared with another at the same time."""

from livestream.clubs.policies import policy_of
from livestream.sessions.rules import Plan, PlanResource, Problem, Rule
from shop.core.text import N_


def against(plan: Plan, *, is_sure: bool) -> list[PlanResource]:
    """Channels whose platform wants to be alone, by policies that are (or are not) sure."""
    channels = plan.of_kind("channel")
    if len({channel.platform for channel in channels}) < 2:
        return []
    policies = [(channel, policy_of(channel.platform)) for channel in channels]
    return [
        channel
        for channel, policy in policies
        if not policy.may_simulcast and policy.is_sure == is_sure
    ]


def check(plan: Plan) -> list[Problem]:
    """A problem for every channel that may not run while another platform does."""
    return [
        Problem(
            N_(
                "%(channel)s không cho phát cùng lúc với nền tảng khác. Hãy tách thành phiên riêng."
            ),
            {"channel": f"{channel.name} ({policy_of(channel.platform).name})"},
        )
        for channel in against(plan, is_sure=True)
    ]


RULE = Rule("simulcast", N_("Phát nhiều nền tảng"), "block", check)
