"""Bars of a chart as numbers; the template draws them as SVG on the server."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 640
HEIGHT: Final = 200
FOOT: Final = 24


@dataclass(frozen=True)
class Bar:
    """One bar: left, top, width, height in the chart's own units, and what it stands for."""

    x: float
    y: float
    width: float
    height: float
    label: str
    value: int


def bars(values: Sequence[tuple[str, int]]) -> list[Bar]:
    """Bars side by side, the highest as high as the chart; zero is a hair above the foot."""
    if not values:
        return []
    step = WIDTH / len(values)
    width = min(step * 0.7, 56)
    top = max(*(value for _label, value in values), 1)
    room = HEIGHT - FOOT
    found = []
    for place, (label, value) in enumerate(values):
        height = max(room * value / top, 1)
        x = place * step + (step - width) / 2
        found.append(
            Bar(
                round(x, 1),
                round(room - height, 1),
                round(width, 1),
                round(height, 1),
                label,
                value,
            )
        )
    return found
