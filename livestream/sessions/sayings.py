"""What a rule found, as a page says it."""

from livestream.sessions.rules import Problem
from shop.notifications.rules import payload_in
from shop.web.i18n import gettext, language


def problem_said(problem: Problem) -> str:
    """The sentence in the page's language, with English names of products that have one."""
    told = payload_in(problem.params, language())
    told |= {name: gettext(str(told[name])) for name in problem.terms}
    return gettext(problem.text, **told)
