"""What the platform of a channel asks of a session: its length, notice, number of products."""

from datetime import timedelta

from livestream.clubs.policies import Policy, policy_of
from livestream.sessions.rules import Plan, Problem, Rule
from shop.core.text import N_


def check(plan: Plan) -> list[Problem]:
    """Problems of the session with every platform it runs on; people judge, so they warn."""
    policies = {
        channel.platform: policy_of(channel.platform) for channel in plan.of_kind("channel")
    }
    return [problem for policy in policies.values() for problem in _of_one(plan, policy)]


def _of_one(plan: Plan, policy: Policy) -> list[Problem]:
    length = (plan.on_air.end - plan.on_air.start) // 60
    found = []
    if not policy.min_minutes <= length <= policy.max_minutes:
        found.append(
            Problem(
                N_("%(platform)s nhận phiên từ %(least)s đến %(most)s phút; phiên này %(length)s."),
                {
                    "platform": policy.name,
                    "least": policy.min_minutes,
                    "most": policy.max_minutes,
                    "length": length,
                },
            )
        )
    if policy.max_products is not None and len(plan.items) > policy.max_products:
        found.append(
            Problem(
                N_("%(platform)s nhận nhiều nhất %(most)s sản phẩm một phiên."),
                {"platform": policy.name, "most": policy.max_products},
            )
        )
    if policy.lead_hours and plan.starts_at < plan.now + timedelta(hours=policy.lead_hours):
        found.append(
            Problem(
                N_("%(platform)s muốn được báo trước %(hours)s giờ."),
                {"platform": policy.name, "hours": policy.lead_hours},
            )
        )
    return found


RULE = Rule("platform_policy", N_("Quy định của nền tảng"), "warn", check)
