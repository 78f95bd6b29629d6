"""The frame of the editor: which step, what is missing where, whether it can be edited."""

from typing import Any

from flask.typing import ResponseReturnValue

from shop.catalogue import queries, rules
from shop.catalogue.routes.base import show
from shop.catalogue.routes.typed import overlaid, typed
from shop.core import clock


def editor(
    template: str,
    draft: queries.Draft | None,
    step: str,
    status: int = 200,
    **context: Any,
) -> ResponseReturnValue:
    """A page of the editor. Without a draft it is the first step of a product not made yet.

    Findings and marks judge the product with what is typed and not yet saved.
    """
    if draft is None:
        return show(template, status, draft=None, step=step, marks={}, **context)
    drafts = typed(draft.product.id)
    shown = overlaid(draft, drafts)
    findings = shown.findings(clock.today_vn(clock.now()))
    return show(
        template,
        status,
        draft=draft,
        shown=shown,
        step=step,
        findings=findings,
        marks=rules.step_marks(findings, shown.filled_steps()),
        unsaved=[key for key in rules.STEPS if key in drafts],
        **context,
    )
