"""What a channel is: a declarative profile with the date, source and certainty of every rule.

A rule whose source was read is *certain* and may refuse; what one seller or one web page says is
*uncertain* and only ever warns. Facts and marks: the project's notes on marketplaces, sections 1-6
and 11; each profile names the public source itself.
"""

import re
from dataclasses import dataclass, fields
from datetime import date
from typing import Final, Literal

from shop.core.text import N_

Certainty = Literal["certain", "uncertain"]
Severity = Literal["refuse", "warn"]
Level = Literal["draft", "hand_over"]
Need = Literal["required", "conditional", "optional"]
CellKind = Literal["text", "whole", "decimal", "address"]
LifecycleState = Literal["active", "renamed", "reported_closed", "closed", "unknown"]

LEVELS: Final[dict[Level, str]] = {
    "draft": N_("Bảng nháp theo cột đã biết"),
    "hand_over": N_("Hồ sơ bàn giao"),
}
LIFECYCLES: Final[dict[LifecycleState, str]] = {
    "active": N_("Đang hoạt động"),
    "renamed": N_("Được cho là đã đổi tên"),
    "reported_closed": N_("Được cho là đã ngừng"),
    "closed": N_("Đã đóng"),
    "unknown": N_("Chưa rõ còn hoạt động không"),
}
CERTAINTIES: Final[dict[Certainty, str]] = {
    "certain": N_("Chắc chắn"),
    "uncertain": N_("Chưa kiểm chứng"),
}
DRAFT_MARK: Final = N_("bản nháp – chưa khớp mẫu của gian hàng")
"""Stands in the first line of every sheet that was not made from the seller's own template."""

_SLUG: Final = re.compile(r"^[a-z][a-z0-9-]{1,19}$")
_RESERVED: Final = frozenset({"xuat"})


class ProfileFault(ValueError):
    """A profile that contradicts itself; raised when it is imported."""


@dataclass(frozen=True)
class Limit:
    """A number of the channel with how sure we are of it. Only a certain one may refuse."""

    value: int
    certainty: Certainty
    source: str

    def __post_init__(self) -> None:
        if self.value < 1 or not self.source:
            raise ProfileFault(f"a limit needs a positive number and a source: {self}")

    @property
    def severity(self) -> Severity:
        return severity_of(self.certainty)


def severity_of(certainty: Certainty) -> Severity:
    """How hard a rule of this certainty may be."""
    return "refuse" if certainty == "certain" else "warn"


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a channel takes; None: nothing is known. Texts in NFC characters, sides in pixels."""

    title_min: Limit | None = None
    title_advised: Limit | None = None
    title_max: Limit | None = None
    description_min: Limit | None = None
    description_max: Limit | None = None
    hashtags_max: Limit | None = None
    photos_advised: Limit | None = None
    photos_max: Limit
    photo_side_min: Limit | None = None
    photo_side_max: Limit | None = None
    photo_bytes_max: Limit | None = None
    photo_square: Limit | None = None
    """Largest difference of the sides in percent of the longer one."""
    price_min_vnd: Limit | None = None
    price_max_vnd: Limit | None = None
    price_spread: Limit | None = None
    """Dearest variant at most so many times the cheapest."""
    variants_advised: Limit | None = None
    variants_max: Limit | None = None
    option_max: Limit | None = None
    sku_max: Limit | None = None

    def given(self) -> dict[str, Limit]:
        """The limits that are known, by name."""
        found = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: limit for name, limit in found.items() if limit is not None}


@dataclass(frozen=True)
class Column:
    """A column of the sheet: the channel's own key, our label, and which value goes in."""

    key: str
    label: str
    value: str
    """Name of a function in ``rules.cells``; empty: the column stays blank for the seller."""
    need: Need = "optional"
    kind: CellKind = "text"
    certainty: Certainty = "certain"
    hint: str = ""


@dataclass(frozen=True)
class Lifecycle:
    """Whether the channel still takes goods, as far as a source says, and when that was."""

    state: LifecycleState
    as_of: date
    source: str
    certainty: Certainty
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Profile:
    """A channel. Adding one is adding a file with ``PROFILE = Profile(...)``."""

    slug: str
    label: str
    lifecycle: Lifecycle
    checked_on: date
    source: str
    level: Level
    file_name: str
    """Name of the sheet in the bundle, without its ending."""
    columns: tuple[Column, ...]
    limits: Limits
    market_words: tuple[str, ...]
    """Folded names of the channel; other channels' listings must not hold them."""
    description_format: Literal["plain", "html"] = "plain"
    brand_when_none: str = ""
    needs_category: bool = False
    help: tuple[str, ...] = ()
    """What the seller does with the bundle, step by step."""

    def __post_init__(self) -> None:
        if not _SLUG.match(self.slug) or self.slug in _RESERVED:
            raise ProfileFault(f"{self.slug!r} cannot be a channel's slug")
        keys = [column.key for column in self.columns]
        if not keys or len(keys) != len(set(keys)):
            raise ProfileFault(f"{self.slug}: columns must exist and have different keys")

    @property
    def version(self) -> str:
        """Kept with every export."""
        return self.checked_on.isoformat()

    @property
    def is_active(self) -> bool:
        return self.lifecycle.state == "active"

    @property
    def has_addresses(self) -> bool:
        """Whether the sheet asks for web addresses of the photos."""
        return any(column.kind == "address" for column in self.columns)
