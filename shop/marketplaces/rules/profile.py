"""What a channel is: a declarative profile with the date, source and certainty of every rule.

A rule whose source was read is *certain* and may refuse; what one seller or one web page says is
*uncertain* and only ever warns. Facts and marks: the notes on marketplaces, sections 1-12:
each profile names the public source itself. Staff may lay data of theirs over it (``overrides``).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from types import MappingProxyType
from typing import Final, Literal

from shop.core.text import N_
from shop.marketplaces.rules.facts import AttributeFacts
from shop.marketplaces.rules.sheet_layout import Delivery, Layout, Unit
from shop.marketplaces.rules.standing import Certainty, ProfileFault, Severity, severity_of

Level = Literal["draft", "hand_over", "feed", "archive"]
Fidelity = Literal["A", "B", "C", "D"]
PayloadKind = Literal["shopee", "lazada", "tiktok", "tiki"]
WordList = Literal["contact", "url", "other_market", "promo", "superlative", "health"]
Need = Literal["required", "conditional", "optional"]
CellKind = Literal["text", "whole", "decimal", "address"]
LifecycleState = Literal["active", "declining", "renamed", "reported_closed", "closed", "unknown"]

LEVELS: Final[dict[Level, str]] = {
    "draft": N_("Bảng nháp theo cột đã biết"),
    "hand_over": N_("Hồ sơ bàn giao"),
    "feed": N_("Tệp dữ liệu theo quy cách công khai"),
    "archive": N_("Chỉ để lưu, đối chiếu"),
}
FIDELITIES: Final[dict[Fidelity, str]] = {
    "A": N_("điền mẫu của gian hàng"),
    "B": N_("gói dữ liệu theo API công khai, không tự gửi đi"),
    "C": N_("tệp dữ liệu theo quy cách công khai"),
    "D": N_("hồ sơ bàn giao in được"),
}
WORD_LISTS: Final[dict[WordList, str]] = {
    "contact": N_("Thông tin liên hệ"),
    "url": N_("Đường dẫn"),
    "other_market": N_("Tên sàn khác"),
    "promo": N_("Từ khuyến mãi"),
    "superlative": N_("Lời so sánh nhất"),
    "health": N_("Lời dễ hiểu là chữa bệnh"),
}
LIFECYCLES: Final[dict[LifecycleState, str]] = {
    "active": N_("Đang hoạt động"),
    "declining": N_("Đang thu hẹp"),
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
_RESERVED: Final = frozenset(
    {"xuat", "kiem-tra", "mau", "ket-qua", "don-hang", "anh", "bang-chung", "bang", "tuan"}
)
_OURS: Final = N_("quy tắc của Chợ Phiên")
_SELLERS: Final = N_("kinh nghiệm người bán ghi trên mạng")


@dataclass(frozen=True)
class Limit:
    """A number of the channel with how sure we are of it. Only a certain one may refuse."""

    value: int
    certainty: Certainty
    source: str
    as_of: date | None = None
    """When the source said so; None: the day on which the profile was checked."""

    def __post_init__(self) -> None:
        if self.value < 1 or not self.source:
            raise ProfileFault(f"a limit needs a positive number and a source: {self}")

    @property
    def severity(self) -> Severity:
        return severity_of(self.certainty)


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
    price_step_vnd: Limit | None = None
    """Prices are multiples of this."""
    price_spread: Limit | None = None
    """Dearest variant at most so many times the cheapest."""
    variants_advised: Limit | None = None
    variants_max: Limit | None = None
    axes_max: Limit | None = None
    """Kinds of choice a product may have, such as taste and size."""
    option_name_max: Limit | None = None
    option_max: Limit | None = None
    weight_min_g: Limit | None = None
    weight_max_g: Limit | None = None
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


@dataclass(frozen=True)
class WordRule:
    """Whether words of a list are looked for here, how sure that is, and what staff changed."""

    certainty: Certainty = "uncertain"
    source: str = _SELLERS
    is_used: bool = True
    more: tuple[str, ...] = ()
    """Words and phrases that count besides the list."""
    fewer: tuple[str, ...] = ()
    """Words of the list that do not count."""


USUAL_WORDS: Final[Mapping[WordList, WordRule]] = MappingProxyType(
    {name: WordRule() for name in WORD_LISTS}
)


@dataclass(frozen=True)
class PaperRule:
    """A paper that a channel asks for with goods of a group or of a regulated class."""

    group: str
    """Code of an OCOP group, or ``class:`` and a regulated class."""
    kind: str
    """One of catalogue's kinds of certificates."""
    certainty: Certainty = "uncertain"
    source: str = _SELLERS


USUAL_PAPERS: Final = (
    PaperRule("food", "food_safety"),
    PaperRule("beverage", "food_safety"),
    PaperRule("medicinal", "food_safety"),
    PaperRule("class:alcohol", "other"),
    PaperRule("class:supplement", "other"),
    PaperRule("class:herbal_check", "other"),
)
"""What is usually asked for. Nobody has verified it, so a missing paper only warns until staff say
that the channel refuses without it."""


_GRAMS: Final = Unit("g", "certain", _OURS)
_KILOGRAMS: Final = Unit("kg", "certain", _OURS)


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
    order: int
    """Where it stands among the channels: those that sell most come first."""
    aliases: tuple[str, ...] = ()
    """Older slugs that lead here."""
    fidelity: tuple[Fidelity, ...] = ()
    """What can be made for it; empty for an archive."""
    layout: Layout | None = None
    """How the seller's own mass-upload workbook is recognised; None: none is known."""
    payload: PayloadKind | None = None
    """Which open API's payload is written (level B)."""
    sheet_weight: Unit = _GRAMS
    payload_weight: Unit = _KILOGRAMS
    deliveries: tuple[Delivery, ...] = ()
    """Ways of delivery known by id; a seller's template names those of the shop."""
    photo_formats: tuple[str, ...] = ("JPEG", "PNG")
    words: Mapping[WordList, WordRule] = field(default_factory=lambda: USUAL_WORDS)
    papers: tuple[PaperRule, ...] = USUAL_PAPERS
    needs_delivery: bool = False
    """Whether a listing must name at least one way of delivery."""
    edition: int = 0
    """How many revisions of staff are laid over the file."""
    help: tuple[str, ...] = ()
    """What the seller does with the bundle, step by step."""
    asks: tuple[AttributeFacts, ...] = ()
    """What the sheet wants to know of a product and the catalogue does not: asked on its page."""

    def __post_init__(self) -> None:
        if not _SLUG.match(self.slug) or self.slug in _RESERVED:
            raise ProfileFault(f"{self.slug!r} cannot be a channel's slug")
        if (self.payload is not None) != ("B" in self.fidelity):
            raise ProfileFault(f"{self.slug}: level B and a payload go together")
        keys = [column.key for column in self.columns]
        if not keys or len(keys) != len(set(keys)):
            raise ProfileFault(f"{self.slug}: columns must exist and have different keys")

    @property
    def version(self) -> str:
        """Kept with every export."""
        day = self.checked_on.isoformat()
        return f"{day}+{self.edition}" if self.edition else day

    @property
    def is_active(self) -> bool:
        return self.lifecycle.state == "active"

    @property
    def called(self) -> tuple[str, ...]:
        """Every slug that leads here."""
        return (self.slug, *self.aliases)

    @property
    def has_addresses(self) -> bool:
        """Whether the sheet asks for web addresses of the photos."""
        return any(column.kind == "address" for column in self.columns)


__all__ = [
    "CERTAINTIES",
    "DRAFT_MARK",
    "FIDELITIES",
    "LEVELS",
    "LIFECYCLES",
    "USUAL_PAPERS",
    "USUAL_WORDS",
    "WORD_LISTS",
    "Certainty",
    "Column",
    "Delivery",
    "Fidelity",
    "Layout",
    "Level",
    "Lifecycle",
    "Limit",
    "Limits",
    "PaperRule",
    "PayloadKind",
    "Profile",
    "ProfileFault",
    "Severity",
    "Unit",
    "WordList",
    "WordRule",
    "severity_of",
]
