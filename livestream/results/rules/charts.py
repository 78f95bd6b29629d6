"""Bars of a chart as numbers; the template draws them, with labels that are text at every width."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

WHOLE: Final = 100
LEAST: Final = 1
"""Of WHOLE: a bar that stands for nothing is still seen to be there."""


@dataclass(frozen=True)
class Bar:
    """One bar: its length of WHOLE, and what it stands for."""

    label: str
    value: int
    length: float


def bars(values: Sequence[tuple[str, int]]) -> list[Bar]:
    """The longest stands for the highest value, the others in proportion."""
    top = max((value for _label, value in values), default=0)
    return [
        Bar(label, value, round(max(WHOLE * value / top, LEAST), 1) if top > 0 else LEAST)
        for label, value in values
    ]
