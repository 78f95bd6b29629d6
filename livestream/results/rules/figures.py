"""Figures of a session: ratios, rankings with shrinkage, plan against actual.

See docs/algorithms/live-rankings.md. What is not known is None, never zero.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

PRIOR_HOURS: Final = 3.0
"""How many hours on air the average of all counts for in everyone's own average."""
LEAST_SESSIONS: Final = 3
"""Below this a rank is not shown, only the figures."""


def ratio(part: int | None, whole: int | None) -> float | None:
    """``part / whole``; None when one is unknown or there is nothing to divide by."""
    if part is None or not whole:
        return None
    return part / whole


def pooled(pairs: Iterable[tuple[int | None, int | None]]) -> float | None:
    """Sum over sum of the pairs where both are known: never the mean of ratios."""
    known = [(part, whole) for part, whole in pairs if part is not None and whole is not None]
    return ratio(sum(part for part, _ in known), sum(whole for _, whole in known))


def summed(values: Iterable[int | None]) -> int | None:
    """The sum of what is known; None when nothing is."""
    known = [value for value in values if value is not None]
    return sum(known) if known else None


@dataclass(frozen=True)
class Outcome:
    """One closed session, as rankings see it."""

    key: str
    """What is ranked: a host, a slot of the week, a channel."""
    label: str
    gross_vnd: int
    seconds: int
    """On air."""


@dataclass(frozen=True)
class Ranked:
    """One line of a ranking."""

    label: str
    sessions: int
    seconds: int
    gross_vnd: int
    raw_vnd: int
    """Takings per hour on air, as they were."""
    fair_vnd: int
    """The same, drawn towards the average of all as if everyone had PRIOR_HOURS more of it."""
    is_enough: bool
    rank: int
    """From 1; 0 while there are too few sessions."""


def rank(outcomes: Sequence[Outcome]) -> list[Ranked]:
    """Takings per hour, shrunk: the fewer hours, the nearer the average of all.

    fair = (gross + prior x mean) / (hours + prior), with mean = all gross / all hours.
    """
    all_seconds = sum(one.seconds for one in outcomes)
    if not all_seconds:
        return []
    mean = sum(one.gross_vnd for one in outcomes) * 3600 / all_seconds
    groups: dict[str, list[Outcome]] = {}
    for one in outcomes:
        groups.setdefault(one.key, []).append(one)
    rows = [_row(group, mean) for group in groups.values()]
    rows.sort(key=lambda row: (not row.is_enough, -row.fair_vnd, row.label))
    return [
        Ranked(**{**row.__dict__, "rank": place if row.is_enough else 0})
        for place, row in enumerate(rows, start=1)
    ]


def _row(group: Sequence[Outcome], mean: float) -> Ranked:
    gross = sum(one.gross_vnd for one in group)
    seconds = sum(one.seconds for one in group)
    hours = seconds / 3600
    return Ranked(
        label=group[0].label,
        sessions=len(group),
        seconds=seconds,
        gross_vnd=gross,
        raw_vnd=round(gross / hours) if hours else 0,
        fair_vnd=round((gross + PRIOR_HOURS * mean) / (hours + PRIOR_HOURS)),
        is_enough=len(group) >= LEAST_SESSIONS,
        rank=0,
    )
