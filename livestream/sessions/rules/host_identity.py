"""A host's identity has been checked by someone.

E-commerce Law 122/2025/QH15 asks a host for identity (known to us from the press only, so this
warns and does not refuse).
"""

from livestream.sessions.rules import Plan, Problem, Rule
from shop.core.text import N_


def check(plan: Plan) -> list[Problem]:
    """A problem for every host whose identity nobody has confirmed."""
    return [
        Problem(N_("Chưa xác nhận danh tính người dẫn %(host)s."), {"host": host.name})
        for host in plan.of_kind("host")
        if not host.is_identity_checked
    ]


RULE = Rule(
    "host_identity",
    N_("Danh tính người dẫn"),
    "warn",
    check,
    fixed_by=N_("cán bộ"),
    is_paper=True,
)
