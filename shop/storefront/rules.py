"""What the address of a list says, and small figures that public pages show."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, Self
from urllib.parse import urlencode

from shop.catalogue.rules import CERTIFICATE_KINDS, GROUPS, SUBGROUPS
from shop.core.money import MAX_VND
from shop.core.text import N_, clean

PAGE_SIZE: Final = 24
MAX_PAGE: Final = 10_000
MAX_TYPED: Final = 100
"""Characters of a typed query that are kept."""

LIVE_SOON_DAYS: Final = 7
"""A product is "on air soon" when its next session starts within so many days."""

NEW_DAYS: Final = 14

SORTS: Final = {
    "phu-hop": N_("Phù hợp nhất"),
    "moi": N_("Mới nhất"),
    "gia-tang": N_("Giá thấp đến cao"),
    "gia-giam": N_("Giá cao đến thấp"),
    "sao": N_("Nhiều sao nhất"),
    "ban-chay": N_("Bán nhiều nhất"),
}
"""Values of ``sap_xep``. Without a query nothing is more relevant, and the newest comes first."""

STARS: Final = (5, 4, 3)
MAX_COMMUNES: Final = 50

_SILENT: Final = frozenset({"ocop", "ad_content", "other"})
PAPERS: Final = tuple(kind for kind in CERTIFICATE_KINDS if kind not in _SILENT)
"""Kinds of certificate one may filter by: OCOP has its stars; a confirmed advertisement and "other"
say nothing about the goods."""

EXACT_UP_TO: Final = 10_000
"""Lists of more products than this are counted now and then, not at every change."""


@dataclass(frozen=True)
class Vocabulary:
    """The places that filters may name."""

    province_codes: Mapping[str, str]
    """Slug, as the address carries it -> code."""
    communes: Mapping[str, str]
    """Code -> the code of its province."""


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to, in what order, and which page of it. Read from any address:
    what is not understood is left out."""

    q: str = ""
    groups: tuple[str, ...] = ()
    subgroups: tuple[str, ...] = ()
    stars: tuple[int, ...] = ()
    provinces: tuple[str, ...] = ()
    """Province codes; the address carries slugs."""
    communes: tuple[tuple[str, str], ...] = ()
    """Codes of communes, each with the code of its province, which is chosen too."""
    papers: tuple[str, ...] = ()
    is_in_season: bool = False
    is_youth_led: bool = False
    price_from: int | None = None
    price_to: int | None = None
    is_in_stock: bool = False
    is_live_soon: bool = False
    sort: str = ""
    page: int = 1

    @classmethod
    def read(cls, args: Mapping[str, Sequence[str]], known: Vocabulary) -> Self:
        """``args``: every value of every argument. A commune counts only within its province."""

        def first(name: str) -> str:
            return next(iter(args.get(name, ())), "")

        def chosen(name: str) -> frozenset[str]:
            return frozenset(args.get(name, ()))

        price_from, price_to = _price(first("gia_tu")), _price(first("gia_den"))
        if price_from is not None and price_to is not None and price_from > price_to:
            price_from, price_to = price_to, price_from
        slugs, kinds, papers = chosen("tinh"), chosen("phan_nhom"), chosen("giay")
        provinces = tuple(code for slug, code in known.province_codes.items() if slug in slugs)
        return cls(
            q=clean(first("q")[: MAX_TYPED * 2])[:MAX_TYPED].replace("\n", " "),
            groups=tuple(group for group in GROUPS if group in chosen("nhom")),
            subgroups=tuple(code for code in SUBGROUPS if code in kinds),
            stars=tuple(n for n in STARS if str(n) in chosen("sao")),
            provinces=provinces,
            communes=tuple(
                (code, known.communes[code])
                for code in sorted(chosen("xa"))
                if known.communes.get(code) in provinces
            )[:MAX_COMMUNES],
            papers=tuple(kind for kind in PAPERS if kind in papers),
            is_in_season=first("mua") == "1",
            is_youth_led=first("thanh_nien") == "1",
            price_from=price_from,
            price_to=price_to,
            is_in_stock=first("con_hang") == "1",
            is_live_soon=first("sap_live") == "1",
            sort=sort if (sort := first("sap_xep")) in SORTS else "",
            page=_page(first("trang")),
        )

    @property
    def order(self) -> str:
        """The order that holds: the one asked for, else relevance for a query, else the newest."""
        if self.sort and (self.q or self.sort != "phu-hop"):
            return self.sort
        return "phu-hop" if self.q else "moi"

    @property
    def whole_groups(self) -> tuple[str, ...]:
        """The chosen groups of which no subgroup is chosen: all of them is let through."""
        refined = {SUBGROUPS[code].group for code in self.subgroups}
        return tuple(group for group in self.groups if group not in refined)

    @property
    def whole_provinces(self) -> tuple[str, ...]:
        """The chosen provinces of which no commune is chosen."""
        refined = {province for _commune, province in self.communes}
        return tuple(code for code in self.provinces if code not in refined)

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the query narrows the list."""
        return self.everything() != replace(self, sort="", page=1)

    def everything(self) -> Self:
        """The same query with no filter."""
        return type(self)(q=self.q)

    def query(self, slugs: Mapping[str, str], **changes: Any) -> str:
        """The query string of this list with some fields changed, always on page 1 unless said.

        ``slugs``: province code -> slug. The same list always has the same query string.
        """
        other = replace(self, **({"page": 1} | changes))
        pairs: list[tuple[str, str | int]] = [("q", other.q)] if other.q else []
        pairs += [("nhom", group) for group in other.groups]
        pairs += [("phan_nhom", code) for code in other.subgroups]
        pairs += [("sao", stars) for stars in other.stars]
        pairs += [("tinh", slugs[code]) for code in other.provinces]
        pairs += [("xa", code) for code, _province in other.communes]
        pairs += [("giay", kind) for kind in other.papers]
        pairs += [("mua", 1)] * other.is_in_season
        pairs += [("thanh_nien", 1)] * other.is_youth_led
        prices = (("gia_tu", other.price_from), ("gia_den", other.price_to))
        pairs += [(name, price) for name, price in prices if price is not None]
        pairs += [("con_hang", 1)] * other.is_in_stock
        pairs += [("sap_live", 1)] * other.is_live_soon
        pairs += [("sap_xep", other.sort)] * bool(other.sort)
        pairs += [("trang", other.page)] * (other.page > 1)
        return urlencode(pairs)


def _price(typed: str) -> int | None:
    """``125000``, ``125.000`` or ``125 000 ₫`` in đồng; None for anything else."""
    digits = typed[:40].translate({ord(c): None for c in "., \u00a0\u202f₫đ"})
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 12):
        return None
    return min(int(digits), MAX_VND)


def _page(typed: str) -> int:
    if not (typed.isascii() and typed.isdigit() and len(typed) <= 6):
        return 1
    return min(max(int(typed), 1), MAX_PAGE)


_SLUG: Final = re.compile(r"[a-z0-9-]{1,120}")


def is_slug(typed: str) -> bool:
    """Whether the text may be a slug of ours at all."""
    return bool(_SLUG.fullmatch(typed))


# Figures of a product page.


@dataclass(frozen=True)
class UnitPrice:
    """A price made comparable. ``per`` is ``100 g`` or ``1 l``."""

    price_vnd: int
    per: str


def unit_price(
    price_vnd: int, net_weight_g: int | None, net_volume_ml: int | None
) -> UnitPrice | None:
    """The price for 100 g or 1 litre, rounded half up to the đồng; None for piece goods."""
    if net_weight_g:
        return UnitPrice((price_vnd * 200 + net_weight_g) // (2 * net_weight_g), "100 g")
    if net_volume_ml:
        return UnitPrice((price_vnd * 2000 + net_volume_ml) // (2 * net_volume_ml), "1 l")
    return None


OUT_OF_STOCK: Final = "https://schema.org/OutOfStock"


def availability(is_service: bool, available: int) -> str:
    """schema.org's word for what can really be bought now."""
    if is_service or available > 0:
        return "https://schema.org/InStock"
    return OUT_OF_STOCK


def holds(paper: Any, today: date) -> bool:
    """Whether staff have verified the paper and its last day is not over."""
    return bool(paper.state == "verified" and paper.issued_on <= today <= paper.expires_on)


def paragraphs(text: str) -> Sequence[str]:
    """A story's paragraphs."""
    return [line.strip() for line in text.split("\n") if line.strip()]
