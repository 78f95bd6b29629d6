"""Parts of the run sheet between products (opening, questions, games), planned and as they went.

The console is pressed for products only, so what lies between two of them is one stretch: from the
press that ended the first to the press that showed the next. See docs/algorithms/run-of-show.md.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from livestream.onair.rules.cues import SHOW
from livestream.runsheets.rules.sheet import Part

Pressed = tuple[int | None, str, datetime]
"""Item, kind (SHOW, DONE, SKIP), when."""


@dataclass(frozen=True)
class Stretch:
    """Parts with no product of their own that follow one another."""

    after: int | None
    """The product before them; None: they open the session."""
    parts: tuple[Part, ...]

    @property
    def minutes(self) -> int:
        """As planned."""
        return sum(part.minutes for part in self.parts)


def planned(parts: Iterable[Part]) -> list[Stretch]:
    """The stretches of a sheet in their order; a repeated product ends none."""
    found: dict[int | None, list[Part]] = {}
    after: int | None = None
    for part in parts:
        if part.item_id is None:
            found.setdefault(after, []).append(part)
        elif part.kind == "product":
            after = part.item_id
    return [Stretch(item_id, tuple(of)) for item_id, of in found.items()]


def actual(
    presses: Sequence[Pressed], *, began: datetime | None, ended: datetime | None
) -> dict[int | None, int]:
    """Product before -> minutes in which none was shown, rounded.

    Where one product followed the other without a press that ended the first, nothing is known of
    what lay between, and it is left out.
    """
    seconds: dict[int | None, float] = {}
    current: int | None = None
    after: int | None = None
    since = began
    for item_id, kind, at in presses:
        if kind == SHOW:
            if current is None and since is not None:
                seconds[after] = seconds.get(after, 0.0) + max((at - since).total_seconds(), 0.0)
            current, since = item_id, None
        elif item_id == current:
            current, after, since = None, item_id, at
    if since is not None and ended is not None and presses:
        seconds[after] = seconds.get(after, 0.0) + max((ended - since).total_seconds(), 0.0)
    return {item_id: round(total / 60) for item_id, total in seconds.items()}
