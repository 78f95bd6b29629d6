"""When a code may have been copied: judged from daily counts alone.

A unit code sits on one jar, which is scanned a few times and then eaten. A lot code sits on every
jar of the lot: its count proves nothing and no count rule looks at it. Thresholds after facts §7.1;
see docs/algorithms/copied-codes.md.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from shop.core.errors import Conflict, NotAllowed, NotFound
from shop.core.text import N_

Level = Literal["amber", "red"]

MANY_SCANS: Final = "many_scans"
AFTER_OPENING: Final = "after_opening"
REPORTED: Final = "reported"
VOID: Final = "void"
NEVER_PRINTED: Final = "never_printed"


@dataclass(frozen=True)
class Rule:
    """What may be wrong, how bad it is, and what a person reads; ``number`` is what was counted."""

    slug: str
    level: Level
    label: str
    unit: str


RULES: Final = {
    rule.slug: rule
    for rule in (
        Rule(MANY_SCANS, "amber", N_("Quét quá nhiều lần trong một ngày"), N_("lần")),
        Rule(AFTER_OPENING, "amber", N_("Vẫn được quét sau khi có người báo đã mở"), N_("ngày")),
        Rule(REPORTED, "red", N_("Người mua báo nghi ngờ"), N_("lời báo")),
        Rule(VOID, "red", N_("Mã đã hủy mà có người quét"), N_("lần")),
        Rule(NEVER_PRINTED, "red", N_("Mã chưa in mà có người quét"), N_("lần")),
    )
}


class UnknownAlert(NotFound):
    message = N_("Không tìm thấy cảnh báo này.")


class OnlyStaffClose(NotAllowed):
    message = N_("Cảnh báo đỏ do cán bộ phụ trách đóng.")


class AlertOpen(Conflict):
    message = N_("Mã này đang có một cảnh báo cùng loại chưa đóng.")


@dataclass(frozen=True)
class Thresholds:
    """From how many on; operators may set them."""

    scans_a_day: int = 10
    days_after_opening: int = 3
    """So many days of scans after the first "đã mở hàng" are usual; more are not."""


@dataclass(frozen=True)
class Seen:
    """What is known of a unit's or box's code: its state, its scans by day, when it was opened."""

    state: str
    by_day: tuple[tuple[date, int], ...]
    opened_on: date | None = None

    def after(self, day: date | None) -> "Seen":
        """Without the days up to ``day``: those an earlier alert settled."""
        if day is None:
            return self
        return Seen(self.state, tuple(d for d in self.by_day if d[0] > day), self.opened_on)


def most_in_a_day(seen: Seen) -> int:
    """The largest count of one day."""
    return max((count for _day, count in seen.by_day), default=0)


def days_after_opening(seen: Seen) -> int:
    """On how many days after that of the first opening the code was scanned."""
    opened = seen.opened_on
    return 0 if opened is None else sum(day > opened for day, _count in seen.by_day)


def struck(seen: Seen, limits: Thresholds) -> Iterable[tuple[str, int]]:
    """(rule, number) of each rule that the counts of a unit's or box's code strike."""
    total = sum(count for _day, count in seen.by_day)
    if seen.state == "void" and total:
        yield VOID, total
    if seen.state == "unprinted" and total:
        yield NEVER_PRINTED, total
    if (most := most_in_a_day(seen)) >= limits.scans_a_day:
        yield MANY_SCANS, most
    if (days := days_after_opening(seen)) > limits.days_after_opening:
        yield AFTER_OPENING, days
