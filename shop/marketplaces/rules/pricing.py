"""The price on a channel: a percentage of the shop's price, an amount on top, rounded up.

How it is worked out, with a table: docs/algorithms/channel-prices.md.
"""

from dataclasses import dataclass
from typing import Final

MIN_PERCENT: Final = 50
MAX_PERCENT: Final = 300
MAX_FIXED_VND: Final = 10_000_000
STEPS_VND: Final = (1, 100, 500, 1_000, 5_000, 10_000)
"""Multiples a price may be rounded up to."""


@dataclass(frozen=True)
class PriceRule:
    """``percent`` of the shop's price plus ``fixed_vnd``, up to a multiple of ``step_vnd``."""

    percent: int = 100
    fixed_vnd: int = 0
    step_vnd: int = 1_000

    @property
    def is_identity(self) -> bool:
        """Whether the shop's own price goes out as it is."""
        return self.percent == 100 and self.fixed_vnd == 0

    @property
    def is_within_bounds(self) -> bool:
        return (
            MIN_PERCENT <= self.percent <= MAX_PERCENT
            and 0 <= self.fixed_vnd <= MAX_FIXED_VND
            and self.step_vnd in STEPS_VND
        )


def channel_price(base_vnd: int, rule: PriceRule) -> int:
    """Whole đồng. A rule that changes nothing does not round either.

    Whole numbers all the way: hundredths of a đồng are counted, so nothing is lost before rounding.
    """
    if rule.is_identity:
        return base_vnd
    hundredths = base_vnd * rule.percent + rule.fixed_vnd * 100
    return -(-hundredths // (rule.step_vnd * 100)) * rule.step_vnd
