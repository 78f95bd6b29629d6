"""Months of Vietnam, and what sales here and elsewhere come to."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

_VN: Final = ZoneInfo("Asia/Ho_Chi_Minh")
HERE: Final = ""
"""The channel of orders that were placed here."""


@dataclass(frozen=True)
class Month:
    """``2026-11`` with its first instant and the first one after it."""

    name: str
    starts_at: datetime
    ends_at: datetime


def last_months(today: date, count: int) -> list[Month]:
    """So many months up to the one of ``today``, newest first."""
    found = []
    first = today.replace(day=1)
    for _ in range(count):
        following = (first + timedelta(days=32)).replace(day=1)
        found.append(Month(f"{first:%Y-%m}", _begins(first), _begins(following)))
        first = (first - timedelta(days=1)).replace(day=1)
    return found


def _begins(day: date) -> datetime:
    return datetime.combine(day, time(), _VN)


@dataclass(frozen=True)
class Brought:
    """Orders that stand, and đồng for goods, of a channel in a month."""

    month: str
    channel: str
    orders: int
    revenue_vnd: int


@dataclass(frozen=True)
class SalesTable:
    """Months by channels: only channels that brought something, here first."""

    channels: tuple[str, ...]
    rows: tuple[tuple[str, Mapping[str, Brought], int, int], ...]
    """(month, by channel, orders in all, đồng in all), newest first."""
    totals: Mapping[str, Brought]
    orders: int
    revenue_vnd: int


def sales_table(months: Sequence[Month], brought: Iterable[Brought]) -> SalesTable:
    """The table; what lies outside of the months is left out, and so are months before the first
    sale."""
    names = [month.name for month in months]
    cells = {(one.month, one.channel): one for one in brought if one.month in names and one.orders}
    channels = sorted({channel for _month, channel in cells} | {HERE})
    rows = []
    for name in names:
        line = {channel: cells[name, channel] for channel in channels if (name, channel) in cells}
        orders = sum(one.orders for one in line.values())
        rows.append((name, line, orders, sum(one.revenue_vnd for one in line.values())))
    while len(rows) > 1 and not rows[-1][1]:
        rows.pop()
    totals = {
        channel: Brought(
            "",
            channel,
            sum(cells[name, channel].orders for name in names if (name, channel) in cells),
            sum(cells[name, channel].revenue_vnd for name in names if (name, channel) in cells),
        )
        for channel in channels
    }
    return SalesTable(
        channels=tuple(channels),
        rows=tuple(rows),
        totals=totals,
        orders=sum(row[2] for row in rows),
        revenue_vnd=sum(row[3] for row in rows),
    )


@dataclass(frozen=True)
class ListingRate:
    """Published goods, and how many of them stand on at least one other channel."""

    products: int
    listed: int

    @property
    def percent(self) -> int:
        return self.listed * 100 // self.products if self.products else 0


@dataclass(frozen=True)
class Word:
    """What was last known of a product on a channel: a person saw it, or the channel said it."""

    product_id: int
    channel: str
    at: datetime
    is_listed: bool


def listed_by_channel(words: Iterable[Word]) -> dict[str, set[int]]:
    """Channel -> products that stand there by the newest word on each."""
    newest: dict[tuple[int, str], Word] = {}
    for word in words:
        key = (word.product_id, word.channel)
        if key not in newest or word.at > newest[key].at:
            newest[key] = word
    found: dict[str, set[int]] = {}
    for word in newest.values():
        if word.is_listed:
            found.setdefault(word.channel, set()).add(word.product_id)
    return found
