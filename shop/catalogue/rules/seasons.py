"""Season months as a mask of twelve bits: bit ``m-1`` is month ``m``; 0 means all year."""

import re
from collections.abc import Iterable
from typing import Final

ALL_YEAR: Final = 4095

_SEASON: Final = re.compile(r"^(\d{1,2})-(\d{1,2})$")


def season_mask(months: Iterable[int]) -> int:
    """The mask of months 1 to 12. All twelve are the same as none: no season at all.

    Raises ValueError for a month that does not exist.
    """
    mask = 0
    for month in months:
        if not 1 <= month <= 12:
            raise ValueError(f"not a month: {month}")
        mask |= 1 << (month - 1)
    return 0 if mask == ALL_YEAR else mask


def season_months(mask: int) -> list[int]:
    """The months of a mask, in calendar order; empty for goods of all year."""
    return [month for month in range(1, 13) if mask >> (month - 1) & 1]


def parse_season(text: str) -> int:
    """``11-2`` (November to February) as a mask; empty text is all year. Raises ValueError."""
    if not text:
        return 0
    found = _SEASON.match(text)
    if found is None:
        raise ValueError(f"not a season: {text}")
    first, last = int(found[1]), int(found[2])
    if not (1 <= first <= 12 and 1 <= last <= 12):
        raise ValueError(f"not a season: {text}")
    return season_mask((first - 1 + step) % 12 + 1 for step in range((last - first) % 12 + 1))


def season_spans(mask: int) -> list[tuple[int, int]]:
    """Runs of months as (first, last), wrapping the year: 11, 12, 1, 2 is ``[(11, 2)]``."""
    months = season_months(mask)
    if not months or len(months) == 12:
        return []
    spans = []
    for month in months:
        before = (month - 2) % 12 + 1
        if before in months:
            continue
        last = month
        while last % 12 + 1 in months:
            last = last % 12 + 1
        spans.append((month, last))
    return spans


def is_in_season(mask: int, month: int) -> bool:
    """Whether the month lies in a declared season; goods of all year have none."""
    return bool(mask >> (month - 1) & 1)
