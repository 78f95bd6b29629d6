"""What the address of a list says, and small figures that public pages show."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Self
from urllib.parse import urlencode

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


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to, in what order, and which page of it. Read from any address:
    what is not understood is left out."""

    q: str = ""
    groups: tuple[str, ...] = ()
    stars: tuple[int, ...] = ()
    provinces: tuple[str, ...] = ()
    """Province codes; the address carries slugs."""
    is_in_season: bool = False
    price_from: int | None = None
    price_to: int | None = None
    is_in_stock: bool = False
    is_live_soon: bool = False
    sort: str = ""
    page: int = 1

    @classmethod
    def read(
        cls,
        args: Mapping[str, Sequence[str]],
        *,
        groups: Iterable[str],
        province_codes: Mapping[str, str],
    ) -> Self:
        """``args``: every value of every argument; ``province_codes``: slug -> code."""

        def first(name: str) -> str:
            return next(iter(args.get(name, ())), "")

        def chosen(name: str) -> frozenset[str]:
            return frozenset(args.get(name, ()))

        price_from, price_to = _price(first("gia_tu")), _price(first("gia_den"))
        if price_from is not None and price_to is not None and price_from > price_to:
            price_from, price_to = price_to, price_from
        slugs = chosen("tinh")
        return cls(
            q=clean(first("q")[: MAX_TYPED * 2])[:MAX_TYPED].replace("\n", " "),
            groups=tuple(group for group in groups if group in chosen("nhom")),
            stars=tuple(n for n in STARS if str(n) in chosen("sao")),
            provinces=tuple(code for slug, code in province_codes.items() if slug in slugs),
            is_in_season=first("mua") == "1",
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
        pairs: list[tuple[str, str | int]] = []
        if other.q:
            pairs.append(("q", other.q))
        pairs += [("nhom", group) for group in other.groups]
        pairs += [("sao", stars) for stars in other.stars]
        pairs += [("tinh", slugs[code]) for code in other.provinces]
        pairs += [("mua", 1)] * other.is_in_season
        if other.price_from is not None:
            pairs.append(("gia_tu", other.price_from))
        if other.price_to is not None:
            pairs.append(("gia_den", other.price_to))
        pairs += [("con_hang", 1)] * other.is_in_stock
        pairs += [("sap_live", 1)] * other.is_live_soon
        if other.sort:
            pairs.append(("sap_xep", other.sort))
        if other.page > 1:
            pairs.append(("trang", other.page))
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


# Counting what each filter would leave.


@dataclass(frozen=True)
class Cell:
    """How many products share all the values that filters look at."""

    group: str
    province: str
    stars: int
    """0 when no certificate counts today."""
    is_in_season: bool
    is_in_stock: bool
    is_live_soon: bool
    products: int


@dataclass(frozen=True)
class Counts:
    """How many products the list has, and how many each value of each filter would give."""

    total: int
    groups: Mapping[str, int]
    provinces: Mapping[str, int]
    stars: Mapping[int, int]
    is_in_season: int
    is_in_stock: int
    is_live_soon: int


def count_facets(cells: Iterable[Cell], filters: Filters) -> Counts:
    """Counts as shops show them: a value counts what all *other* filters leave."""
    total = 0
    groups: dict[str, int] = {}
    provinces: dict[str, int] = {}
    stars: dict[int, int] = {}
    flags = {"season": 0, "stock": 0, "live": 0}
    for cell in cells:
        missed = _missed(cell, filters)
        if len(missed) > 1:
            continue
        n = cell.products
        only = missed[0] if missed else ""
        total += 0 if only else n
        if only in {"", "group"}:
            groups[cell.group] = groups.get(cell.group, 0) + n
        if only in {"", "province"}:
            provinces[cell.province] = provinces.get(cell.province, 0) + n
        if only in {"", "stars"}:
            stars[cell.stars] = stars.get(cell.stars, 0) + n
        for name, holds in (
            ("season", cell.is_in_season),
            ("stock", cell.is_in_stock),
            ("live", cell.is_live_soon),
        ):
            flags[name] += n if holds and only in {"", name} else 0
    return Counts(total, groups, provinces, stars, flags["season"], flags["stock"], flags["live"])


def _missed(cell: Cell, filters: Filters) -> list[str]:
    """Names of the filters that the cell does not pass."""
    judged = (
        ("group", not filters.groups or cell.group in filters.groups),
        ("province", not filters.provinces or cell.province in filters.provinces),
        ("stars", not filters.stars or cell.stars in filters.stars),
        ("season", not filters.is_in_season or cell.is_in_season),
        ("stock", not filters.is_in_stock or cell.is_in_stock),
        ("live", not filters.is_live_soon or cell.is_live_soon),
    )
    return [name for name, passes in judged if not passes]


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


def availability(is_service: bool, available: int) -> str:
    """schema.org's word for what can really be bought now."""
    if is_service or available > 0:
        return "https://schema.org/InStock"
    return "https://schema.org/OutOfStock"


def paragraphs(text: str) -> Sequence[str]:
    """A story's paragraphs."""
    return [line.strip() for line in text.split("\n") if line.strip()]
