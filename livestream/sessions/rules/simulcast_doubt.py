"""A platform that is said to want to be alone: no source of its own was read, so it warns."""

from livestream.clubs.policies import policy_of
from livestream.sessions.rules import Plan, Problem, Rule
from livestream.sessions.rules.simulcast import against
from shop.core.text import N_


def check(plan: Plan) -> list[Problem]:
    """A problem for every channel that probably may not run while another platform does."""
    return [
        Problem(
            N_("%(channel)s có thể không cho phát cùng lúc với nền tảng khác (%(source)s)."),
            {
                "channel": f"{channel.name} ({policy_of(channel.platform).name})",
                "source": policy_of(channel.platform).source,
            },
        )
        for channel in against(plan, is_sure=False)
    ]


RULE = Rule("simulcast_doubt", N_("Phát nhiều nền tảng, chưa chắc"), "warn", check)
