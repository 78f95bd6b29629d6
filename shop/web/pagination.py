"""Pages of a list: the address holds the number, the page knows its neighbours."""

from collections.abc import Callable
from dataclasses import dataclass

MAX_PAGE = 10_000


@dataclass(frozen=True)
class Page:
    """One page of ``total`` rows, ``size`` a page; ``url(n)`` addresses page ``n``."""

    number: int
    size: int
    total: int
    url: Callable[[int], str]

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // self.size))

    @property
    def marks(self) -> list[int | None]:
        """Page numbers to show: first, last and the neighbours; None where some are left out."""
        shown = sorted({1, *range(self.number - 1, self.number + 2), self.pages})
        marks: list[int | None] = []
        for number in shown:
            if not 1 <= number <= self.pages:
                continue
            if marks and number - (marks[-1] or 0) > 1:
                marks.append(None)
            marks.append(number)
        return marks

    @property
    def offset(self) -> int:
        return (self.number - 1) * self.size


def page_number(raw: str | None) -> int:
    """The page asked for; 1 for anything that is not a number between 1 and MAX_PAGE."""
    if raw is None or not raw.isascii() or not raw.isdigit() or len(raw) > 6:
        return 1
    return min(max(int(raw), 1), MAX_PAGE)
