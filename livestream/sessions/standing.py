"""What a proposal still waits for before somebody may confirm it, and who that may be."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from livestream.sessions.models import LiveSession, SessionItem
from livestream.sessions.rules import Finding, Plan, open_warnings, refusals


@dataclass(frozen=True)
class Standing:
    """Where a proposal stands."""

    unanswered: tuple[str, ...]
    """Short codes of products whose producer has not agreed."""
    refused_by: tuple[Finding, ...]
    """What nobody can let pass."""
    warned_by: tuple[Finding, ...]
    """What staff of the province may let pass by name."""
    is_staffs: bool
    """Whether only staff of the province may confirm it."""

    @property
    def is_ready(self) -> bool:
        """Whether somebody with the right to it can confirm it now."""
        return not (self.unanswered or self.refused_by or self.warned_by)


def needs_staff(
    plan: Plan, findings: Collection[Finding], passed: Collection[str], *, is_campaign: bool
) -> bool:
    """Whether only staff of the province make it firm: a campaign, regulated goods, a warning that
    stands or was let pass.
    """
    is_regulated = any(item.is_regulated for item in plan.items)
    return bool(is_campaign or passed or is_regulated or open_warnings(findings, set()))


def standing_of(
    live: LiveSession,
    items: Sequence[SessionItem],
    plan: Plan,
    findings: Sequence[Finding],
    passed: set[str],
) -> Standing:
    """``items``: the line-up; ``findings``: what the rules say of ``plan``; ``passed``: warnings
    that somebody let pass.
    """
    return Standing(
        unanswered=tuple(
            item.short_code
            for item in items
            if item.consent != "agreed" and item.withdrawn_at is None
        ),
        refused_by=tuple(refusals(findings, "confirm")),
        warned_by=tuple(open_warnings(findings, passed)),
        is_staffs=needs_staff(plan, findings, passed, is_campaign=live.campaign_id is not None),
    )
